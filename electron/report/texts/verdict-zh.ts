import { countsPositions, typicalSqnrDb } from '../../../shared/agreement.ts';
import { adviceOf, isSpeedUnclear, type Advice, type Cause, type Disagreement } from '../../../shared/advice.ts';
import { assertNever } from '../../../shared/app-error.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import { top1 } from '../../../shared/class-metrics.ts';
import { mainRow, type MetricRow } from '../../../shared/metric-row.ts';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import { isAboutOne, timesOfSpeedup } from '../../../shared/paired-times.ts';
import { speedPartsOf, type SpeedPart } from '../../../shared/speed-parts.ts';
import type { Gate, RunDocument } from '../../../shared/run.ts';
import { targetKindOf, taskAgreement } from '../../../shared/target-kinds.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import {
  formatDecibels,
  formatMetric,
  formatSampleDecibels,
  formatShare,
  formatTimePair,
  signMetric,
} from '../../../shared/units.ts';
import {
  formatGateValue,
  formatMetricDifference,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  nameGate,
} from './report-figures.ts';
import type { ReportTexts } from './report-texts.ts';

/** The verdict in Chinese, from the same facts as the engine's (engine/7-judge/verdict.ts). */
export function writeChineseVerdict(document: RunDocument, texts: ReportTexts): string[] {
  const { ledger, latency, accuracy, data, gates } = document;
  const size = ledger.find((row) => row.claim === 'storedBytes');
  const sizeRatio = size?.ratio ?? document.model.original.sizeBytes / document.model.compressed.sizeBytes;
  const sizeText =
    sizeRatio >= 1 ? `体积缩小为原来的 1/${sizeRatio.toFixed(2)}` : `体积增大为原来的 ${(1 / sizeRatio).toFixed(2)} 倍`;
  const { ratio, ci95 } = latency.speedup;
  const { firstMs, secondMs, isEvened } = timesOfSpeedup(latency);
  const times = `${isEvened ? '约 ' : ''}${formatTimePair(firstMs, secondMs, ' → ')}，${latency.threads} 线程`;
  const parts = describeParts(document);
  const busy = isMachineBusy(latency) ? '；测量时机器繁忙，请重新测量' : '';
  const speedText = isSpeedUnclear(latency)
    ? isAboutOne(ratio)
      ? `速度与原来相当（${times}；未测出差异${parts}${busy}）`
      : `未测出速度差异（${times}；比值的 95 % 区间 ${ci95[0].toFixed(2)}–${ci95[1].toFixed(2)}${parts}${busy}）`
    : `${ratio >= 1 ? `速度为原来的 ${ratio.toFixed(2)} 倍` : `速度降为原来的 ${ratio.toFixed(2)} 倍`}（${times}；比值的 95 % 区间 ${ci95[0].toFixed(2)}–${ci95[1].toFixed(2)}${parts}${busy}）`;
  const { agreement } = accuracy;
  const row = mainRow(accuracy);
  const accuracyText = data.random
    ? '准确率未知，因为数据为随机噪声'
    : row === null
      ? agreement.top1 === null || taskAgreement(accuracy) !== null
        ? `在 ${accuracy.count} 个样本上${describeOwn(accuracy, texts)}与原模型${describeCloseness(agreement)}（是一致程度，不是准确率）`
        : `在 ${accuracy.count} 个${targetKindOf(accuracy) === 'labels' ? '无标签' : ''}样本${countsPositions(agreement) ? '的各位置' : ''}上首选类别一致率 ${formatShare(agreement.top1)}（是一致率，不是准确率）`
      : `${row.metric === top1.metric ? 'top-1' : texts.metricWords(row).label} ${formatMetric(row.before, row.unit)} → ${formatMetric(row.after, row.unit)}（${formatMetricDifference(row.difference!, row.unit, texts)}，n=${row.count}）`;
  const first = `${sizeText}，${speedText}，${accuracyText}。${describeLoop(accuracy)}`;
  const { decision } = decisionOf(document);
  return [first, `${decisionWords['zh-CN'][decision]}。${describeAdvice(adviceOf(document), gates, texts)}`];
}

const describeDisagreement = ({ share, low, high }: Disagreement): string =>
  `首选类别与原模型不同的占 ${formatShare(share)}（95 % 区间 ${formatShare(low)} 至 ${formatShare(high)}）`;

function describeLoop({ closedLoop }: RunDocument['accuracy']): string {
  if (closedLoop === null) return '';
  const { steps, sqnrDb, decisionShare } = closedLoop;
  const closeness = sqnrDb === null ? '完全相同' : formatDecibels(sqnrDb);
  const decisions = decisionShare === null ? '' : `，决策一致率 ${formatShare(decisionShare)}`;
  return `闭环运行 ${steps} 步：${closeness}${decisions}。`;
}

/** What agreement means for the task: the neighbours kept of vectors. */
function describeOwn(accuracy: RunDocument['accuracy'], texts: ReportTexts): string {
  const own = taskAgreement(accuracy);
  return own === null ? '' : `${texts.metricWords(own).label} ${formatMetric(own.after, own.unit)}，`;
}

function describeCloseness(agreement: RunDocument['accuracy']['agreement']): string {
  const typical = typicalSqnrDb(agreement);
  if (typical === null) return '完全相同';
  const worst =
    agreement.samples === null ? '' : `，最差 10 % 为 ${formatSampleDecibels(agreement.samples.worstTenthSqnrDb)}`;
  return `相比，每个样本的 SQNR 为 ${formatSampleDecibels(typical)}${worst}`;
}

const nameLoss = (row: MetricRow, texts: ReportTexts): string =>
  row.metric === top1.metric ? '准确率下降' : `${texts.metricWords(row).label}变差`;

const remedies: Readonly<Record<Cause, string>> = {
  saturation: '求和在此 CPU 上会饱和：请使用不会饱和的 --reduced-range pairs。',
  unknown: '请用更多数据校准，或使用方案 int8-static。',
};

/** What of the speed is that of folding: empty where nothing that runs was folded. */
function describeParts({ latency, layers }: RunDocument): string {
  const parts = speedPartsOf(latency);
  if (parts === null) return '';
  const effect = ({ kind, ratio }: SpeedPart): string =>
    kind === 'unclear'
      ? `未测出差异（${ratio.toFixed(2)} 倍）`
      : kind === 'faster'
        ? `为 ${ratio.toFixed(2)} 倍`
        : `降为 ${ratio.toFixed(2)} 倍`;
  return `；仅折叠${effect(parts.folding)}，再加上 ${nameCompression(layers, 'zh-CN')} ${effect(parts.compression)}`;
}

function describeAdvice(advice: Advice, gates: readonly Gate[], texts: ReportTexts): string {
  switch (advice.kind) {
    case 'gatesNotMet': {
      const reasons = gates
        .filter((gate) => !gate.met)
        .map((gate) =>
          gate.actual === null
            ? `${nameGate(gate, texts)}无法检查`
            : `${nameGate(gate, texts)}实测 ${formatGateValue(gate, gate.actual)}，限值 ${formatGateValue(gate, gate.limit)}`,
        );
      return `未达标：${reasons.join('；')}。`;
    }
    case 'randomData':
      return '请先用真实数据校准和评估。';
    case 'farOff':
      return `输出与原模型的偏差达到输出大小的 ${formatShare(advice.share)}。${remedies[advice.cause]}`;
    case 'larger':
      return '比原模型大：只有速度最重要时才值得采用。';
    case 'slower':
      return '在此 CPU 上比原模型慢：只有体积最重要时才值得采用。';
    case 'slowerThanPrepared':
      return '比折叠后的浮点模型慢，提速全部来自折叠：只有体积最重要时才值得采用。--keep-prepared 可写出该浮点模型。';
    case 'realLoss':
      return `${nameLoss(advice.row, texts)}并非偶然（${texts.engineText(advice.row.test!.name)} p = ${formatPValue(advice.pValue)}）：请权衡是否值得。`;
    case 'noVisibleLoss': {
      const passed = advice.gatesMet ? '全部限值达标。' : '';
      const { row, count, low, high } = advice;
      const [from, to] = [low, high].map((limit) => signMetric(limit, row.unit));
      const unit = row.unit === 'share' ? ' 个百分点' : row.unit === 'dB' ? ' dB' : '';
      return `${passed}${count} 个样本未显示${nameLoss(row, texts)}；变化的 95 % 区间为 [${from}, ${to}]${unit}。`;
    }
    case 'expectedLoss': {
      const passed = advice.gatesMet ? '全部限值达标。' : '';
      return `${passed}预期准确率变化 ${formatPoints(advice.expected, texts)}（这种幅度的得分变化平均造成的影响）；仅凭 ${advice.count} 个样本，变化的 95 % 区间为 ${formatPointsInterval([advice.low, advice.high])} 个百分点。`;
    }
    case 'farOffInLoop':
      return `两个模型各自使用自己的状态运行 ${advice.steps} 步后，输出与原模型的偏差达到输出大小的 ${formatShare(advice.share)}。请让产生状态的层保留浮点（--exclude-nodes）。`;
    case 'disagreesInLoop':
      return `两个模型各自使用自己的状态运行 ${advice.steps} 步，决策与原模型不同的占 ${formatShare(advice.share)}（95 % 区间 ${formatShare(advice.low)} 至 ${formatShare(advice.high)}）。请让产生状态的层保留浮点（--exclude-nodes）。`;
    case 'worseInLoop':
      return `发布前请以 ${advice.steps} 步闭环运行的结果评判：误差会在状态中累积，单步比较看不出来。`;
    case 'farOffForSome':
      return `在最差 10 % 的样本中，输出与原模型的偏差达到输出大小的 ${formatShare(advice.share)}。请查看这些样本，或使用方案 int8-static。`;
    case 'disagrees':
      return `${describeDisagreement(advice)}。${remedies[advice.cause]}`;
    case 'unlabelled':
      return `${advice.disagreement === null ? '' : `${describeDisagreement(advice.disagreement)}。`}${targetWords(advice.targetKind, 'zh-CN').check}：与原模型一致不等于准确率。`;
    default:
      return assertNever(advice);
  }
}
