import { assertNever } from '../../shared/app-error.ts';
import type { Accuracy, Estimate, Gate, Interval95, LedgerRow, RunDocument } from '../../shared/run.ts';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatInterval,
  formatMs,
  formatRatio,
  formatShare,
} from '../../shared/units.ts';
import type { ReportTexts } from './report-texts.ts';

/** How much of a run id is shown, as on the command line. */
export const shownIdLength = 8;

export function shortId(runId: string): string {
  return runId.slice(0, shownIdLength);
}

export function formatTimestamp(timestampMs: number): string {
  return new Date(timestampMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** The last part of a path of any platform. */
export function baseNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

export function formatLedgerValue(value: number, unit: LedgerRow['unit']): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'ms':
      return formatMs(value);
    case 'count':
    case 'bit-operations':
    case 'MACs':
      return formatCount(value);
    default:
      return assertNever(unit);
  }
}

function signed(points: number): string {
  const text = points.toFixed(1);
  return Number(text) === 0 ? '0.0' : `${points > 0 ? '+' : ''}${text}`;
}

/** A difference of shares in percentage points. */
export function formatPoints(difference: number, texts: ReportTexts): string {
  return texts.points(signed(100 * difference));
}

export function formatPointsInterval([low, high]: Interval95): string {
  return `[${signed(100 * low)}, ${signed(100 * high)}]`;
}

export function formatSqnr(decibels: number | null, texts: ReportTexts): string {
  return decibels === null ? texts.words.identical : formatDecibels(decibels);
}

export function formatPValue(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

export function formatShareWithInterval({ value, ci95 }: Estimate): string {
  return `${formatShare(value)} ${formatInterval(ci95, formatShare)}`;
}

export function formatGateValue(gate: Gate, value: number | null): string {
  if (value === null) return '–';
  switch (gate.name) {
    case 'maxAccuracyDrop':
      return value.toFixed(2);
    case 'minSpeedup':
      return formatRatio(value);
    case 'maxSizeRatio':
      return value.toFixed(3);
    default:
      return assertNever(gate.name);
  }
}

/** True when the interval of the speed-up has 1x in it. */
export function isSpeedUnclear({ latency }: RunDocument): boolean {
  const [low, high] = latency.speedup.ci95;
  return low <= 1 && high >= 1;
}

/** An accuracy loss that chance does not explain. */
export function isLossReal({ difference, mcnemar }: Accuracy): boolean {
  return difference !== null && mcnemar !== null && difference.value < 0 && mcnemar.pValue < 0.05;
}

/** What colour the run deserves: bad for what was not accepted, warning for what needs a decision. */
export function judgeTone(document: RunDocument): 'good' | 'bad' | 'warning' {
  if (document.data.random || document.gates.some((gate) => !gate.met)) return 'bad';
  if (document.latency.speedup.ci95[1] < 1 || isLossReal(document.accuracy)) return 'warning';
  return document.accuracy.difference === null ? 'warning' : 'good';
}

/** The verdict in Chinese, from the same facts and by the same rules as the engine's (engine/5-judge/verdict.ts). */
function writeChineseVerdict(document: RunDocument, texts: ReportTexts): string[] {
  const { ledger, latency, accuracy, data, gates } = document;
  const size = ledger.find((row) => row.claim === 'storedBytes');
  const sizeRatio = size?.ratio ?? document.model.original.sizeBytes / document.model.compressed.sizeBytes;
  const sizeText =
    sizeRatio >= 1 ? `体积缩小为原来的 1/${sizeRatio.toFixed(2)}` : `体积增大为原来的 ${(1 / sizeRatio).toFixed(2)} 倍`;
  const { ratio, ci95 } = latency.speedup;
  const times = `${latency.before.medianMs.toFixed(2)} → ${latency.after.medianMs.toFixed(2)} ms，${latency.threads} 线程`;
  const speedText = isSpeedUnclear(document)
    ? `速度与原来相当（${times}；本次测量无法分辨差异）`
    : `${ratio >= 1 ? `速度为原来的 ${ratio.toFixed(2)} 倍` : `速度降为原来的 ${ratio.toFixed(2)} 倍`}（${times}；比值的 95% 区间 ${ci95[0].toFixed(2)}–${ci95[1].toFixed(2)}）`;
  const { before, after, difference, agreement, mcnemar } = accuracy;
  const accuracyText = data.random
    ? '精度未知，因为以随机噪声代替了数据'
    : before === null || after === null || difference === null
      ? `在 ${accuracy.count} 个无标签样本上首选类别一致率 ${formatShare(agreement.top1)}（是一致率，不是精度）`
      : `top-1 ${formatShare(before.value)} → ${formatShare(after.value)}（${formatPoints(difference.value, texts)}，n=${accuracy.count}）`;
  const first = `${sizeText}，${speedText}，${accuracyText}。`;
  const failed = gates.filter((gate) => !gate.met);
  if (failed.length > 0) {
    const reasons = failed.map((gate) =>
      gate.actual === null
        ? `${texts.gates[gate.name]}无法检查`
        : `${texts.gates[gate.name]}实测 ${formatGateValue(gate, gate.actual)}，限值 ${formatGateValue(gate, gate.limit)}`,
    );
    return [first, `不予接受：${reasons.join('；')}。`];
  }
  if (data.random) return [first, '不要发布：请先用真实数据校准和评估。'];
  if (ci95[1] < 1) return [first, '在此 CPU 上比原模型慢：只有体积最重要时才值得采用。'];
  if (isLossReal(accuracy) && mcnemar !== null) {
    return [first, `精度损失是真实的（McNemar p = ${formatPValue(mcnemar.pValue)}）：请权衡是否值得换取速度。`];
  }
  if (difference !== null) {
    const passed = gates.length > 0 ? '全部门限达标。' : '';
    return [
      first,
      `${passed}${accuracy.count} 个样本未能显示精度损失；变化的 95% 区间为 ${formatPointsInterval(difference.ci95)} 个百分点。`,
    ];
  }
  return [first, '发布前请用有标签的数据检查：与原模型一致不等于精度。'];
}

/** The two lines for the person who decides, in the reader's language. */
export function writeVerdict(document: RunDocument, texts: ReportTexts): readonly string[] {
  // The engine wrote the English one; a translation is made from the figures, for sentences cannot be.
  return texts.engineLanguageNote === null ? document.verdict : writeChineseVerdict(document, texts);
}
