import type { Finding, NamedLayer } from './findings.ts';
import { metricWords, translateEngineText, type TextLanguage } from './engine-texts.ts';
import { describeSlowCause } from './slow-cause-texts.ts';
import { targetWords } from './target-texts.ts';
import { formatDecibels, formatMetric, formatMs, formatShare, formatSmallShare } from './units.ts';

/** Findings in words, the same in window, terminal and reports. */

export interface FindingText {
  readonly title: string;
  /** What was measured, and what to do where no experiment can. */
  readonly evidence: string;
}

type Texts<Kind extends Finding['kind']> = (finding: Extract<Finding, { kind: Kind }>) => FindingText;
type AllTexts = { readonly [Kind in Finding['kind']]: Texts<Kind> };

const listLayers = (
  layers: readonly NamedLayer[],
  format: (value: number) => string,
  language: TextLanguage = 'en',
): string =>
  layers
    .map(({ name, value, cause }) => {
      const why = cause === undefined ? '' : `: ${describeSlowCause(cause, language).name}`;
      return `${name} (${format(value)}${why})`;
    })
    .join(', ');

const formatP = (value: number): string => (value < 0.001 ? '< 0.001' : `= ${value.toFixed(3)}`);
const plus = (ms: number): string => `+${formatMs(ms)}`;
/** Figures of samples that nobody counted are round. */
const round = (count: number): string => Number(count.toPrecision(2)).toLocaleString('en-US');

const agreementOf = ({ sqnrDb, top1 }: { readonly sqnrDb: number | null; readonly top1: number | null }): string =>
  `SQNR ${formatDecibels(sqnrDb)}${top1 === null ? '' : `, ${formatShare(top1)}`}`;

/** What agreement means for the task, before what outputs as such are like. */
function ownAgreementOf(finding: Extract<Finding, { kind: 'noTargets' }>, language: TextLanguage): string {
  const { row } = finding;
  if (row === null) return agreementOf(finding);
  const own = `${metricWords(row, language).label} ${formatMetric(row.after, row.unit)}`;
  return `${own}${language === 'en' ? ', ' : '，'}${agreementOf({ ...finding, top1: null })}`;
}

const english: AllTexts = {
  noiseData: () => ({
    title: 'The data is random noise',
    evidence: 'Ranges, agreement and accuracy mean nothing. Calibrate and evaluate on real data.',
  }),
  notFinite: ({ message }) => ({ title: 'An output is not finite', evidence: message }),
  saturation: ({ message }) => ({ title: 'Sums saturate on this CPU', evidence: message }),
  saturates: ({ isHere, exactDb, saturatingDb, layers, count }) => {
    const where = `${listLayers(layers, formatSmallShare)}${count > layers.length ? ', …' : ''}`;
    return isHere
      ? {
          title: 'Sums saturate on this CPU',
          evidence: `The outputs come to ${formatDecibels(saturatingDb)} here. On a CPU with VNNI, whose sums are exact, they would come to ${formatDecibels(exactDb)}. Pair sums are cut off in ${where}.`,
        }
      : {
          title: `Loses ${formatDecibels(exactDb - saturatingDb)} on CPUs without VNNI`,
          evidence: `The outputs come to ${formatDecibels(exactDb)} here. Where sums saturate at 16 bits they come to ${formatDecibels(saturatingDb)}. Pair sums are cut off in ${where}.`,
        };
  },
  ruinedOutput: (finding) => ({
    title: 'The outputs are ruined',
    evidence: `${agreementOf(finding)}${finding.top1 === null ? '' : ' of first classes alike'}: it no longer behaves like the original.`,
  }),
  loss: ({ isBeyondLimit, pValue }) => ({
    title: isBeyondLimit ? 'The loss exceeds the limit' : 'It loses accuracy',
    evidence: pValue === null ? 'See Accuracy.' : `Not by chance: p ${formatP(pValue)}.`,
  }),
  closedLoop: ({ message }) => ({ title: 'Errors add up in a closed loop', evidence: message }),
  ruinedLayers: ({ layers, count }) => ({
    title: `Quantization ruins ${count === 1 ? 'a layer' : `${count} layers`}`,
    evidence: `Outputs fall below 20 dB, worst in ${listLayers(layers, formatDecibels)}.`,
  }),
  foldingOnly: () => ({
    title: 'The speed-up comes from folding, not from compression',
    evidence: 'The prepared float model is faster than the compressed one and loses nothing.',
  }),
  slowerLayers: ({ layers, count, lostMs, lostShare }) => ({
    title: `${count === 1 ? 'One low-bit layer is' : `${count} low-bit layers are`} slower than in float`,
    evidence: `${count === 1 ? 'It loses' : 'They lose'} ${formatMs(lostMs)}, ${formatShare(lostShare)} of the time: ${listLayers(layers, plus)}${count > layers.length ? ', …' : '.'}`,
  }),
  conversions: ({ ms, share }) => ({
    title: 'Conversions cancel the gain',
    evidence: `They take ${formatMs(ms)}, ${formatShare(share)} of the time. Quantize more neighbouring layers, or fewer isolated ones.`,
  }),
  notFused: ({ message }) => ({ title: 'ONNX Runtime did not fuse some layers', evidence: message }),
  slower: () => ({
    title: 'It is slower than the original',
    evidence: 'No single layer explains it. Ship it only if size matters most.',
  }),
  larger: () => ({
    title: 'The size exceeds the limit',
    evidence:
      'Scales and conversions take more space than the weights save. Quantize more weights, or keep the original.',
  }),
  aboveLimit: () => ({
    title: 'The size exceeds the limit',
    evidence:
      'It is smaller than the original, but not small enough. Store more layers in fewer bits, allow more loss with --within, or raise the limit.',
  }),
  clipping: ({ message }) => ({ title: 'Calibrated ranges clip values', evidence: message }),
  busyMachine: ({ processorShare }) => ({
    title: 'The machine was busy',
    evidence: `A model got ${formatShare(processorShare)} of a processor. Close other programs and measure again.`,
  }),
  speedUnclear: () => ({
    title: 'The speed is not proven',
    evidence: 'The interval of the speed-up contains 1x. Measure again on a quiet machine.',
  }),
  fewSamples: ({ count, needed }) => ({
    title: 'Too few samples',
    evidence:
      needed === null
        ? `On ${count} samples the loss is as large as the limit. More samples would not settle it.`
        : `${count} samples cannot settle it. About ${round(needed)} could, if the loss stays the same.`,
  }),
  sameAnswers: ({ message }) => ({ title: 'The data says little', evidence: message }),
  noTargets: (finding) => {
    const { name, add } = targetWords(finding.targetKind, 'en');
    return {
      title: 'Accuracy was not measured',
      evidence: `Without ${name}, there is only agreement with the original (${ownAgreementOf(finding, 'en')}). ${add}`,
    };
  },
};

const chinese: AllTexts = {
  noiseData: () => ({
    title: '数据为随机噪声',
    evidence: '范围、一致率和准确率都没有意义。请用真实数据校准和评估。',
  }),
  notFinite: ({ message }) => ({ title: '输出不是有限数值', evidence: message }),
  saturation: ({ message }) => ({ title: '求和在此 CPU 上饱和', evidence: message }),
  saturates: ({ isHere, exactDb, saturatingDb, layers, count }) => {
    const where = `${listLayers(layers, formatSmallShare)}${count > layers.length ? ' 等' : ''}`;
    return isHere
      ? {
          title: '求和在此 CPU 上饱和',
          evidence: `输出在此为 ${formatDecibels(saturatingDb)}；在求和精确的 VNNI CPU 上为 ${formatDecibels(exactDb)}。成对乘积之和被截断的层：${where}。`,
        }
      : {
          title: `在没有 VNNI 的 CPU 上损失 ${formatDecibels(exactDb - saturatingDb)}`,
          evidence: `输出在此为 ${formatDecibels(exactDb)}；在 16 位求和会饱和的 CPU 上为 ${formatDecibels(saturatingDb)}。成对乘积之和被截断的层：${where}。`,
        };
  },
  ruinedOutput: (finding) => ({
    title: '输出已失真',
    evidence: `${agreementOf(finding)}${finding.top1 === null ? '' : ' 的首选类别一致'}：行为已与原模型不同。`,
  }),
  loss: ({ isBeyondLimit, pValue }) => ({
    title: isBeyondLimit ? '损失超出限值' : '准确率下降',
    evidence: pValue === null ? '见“准确率”。' : `并非偶然：p ${formatP(pValue)}。`,
  }),
  closedLoop: ({ message }) => ({ title: '闭环运行时误差累积', evidence: message }),
  ruinedLayers: ({ layers, count }) => ({
    title: `量化使 ${count} 层失真`,
    evidence: `输出低于 20 dB，下降最多的是 ${listLayers(layers, formatDecibels)}。`,
  }),
  foldingOnly: () => ({
    title: '提速来自折叠，而非压缩',
    evidence: '折叠后的浮点模型比压缩模型快，且没有任何损失。',
  }),
  slowerLayers: ({ layers, count, lostMs, lostShare }) => ({
    title: `${count} 个低比特层比浮点慢`,
    evidence: `共多用 ${formatMs(lostMs)}，占总耗时 ${formatShare(lostShare)}：${listLayers(layers, plus, 'zh-CN')}${count > layers.length ? ' 等' : ''}。`,
  }),
  conversions: ({ ms, share }) => ({
    title: '转换抵消了收益',
    evidence: `转换耗时 ${formatMs(ms)}，占总耗时 ${formatShare(share)}。请量化更多相邻层，或减少孤立的量化层。`,
  }),
  notFused: ({ message }) => ({ title: 'ONNX Runtime 未能融合部分层', evidence: message }),
  slower: () => ({ title: '比原模型慢', evidence: '不是某一层造成的。只有体积最重要时才值得采用。' }),
  larger: () => ({
    title: '体积超出限值',
    evidence: '缩放因子和转换占用的空间多于权重节省的空间。请量化更多权重，或保留原模型。',
  }),
  aboveLimit: () => ({
    title: '体积超出限值',
    evidence: '比原模型小，但仍不够小。请让更多层使用更少的位数，用 --within 允许更大的损失，或提高限值。',
  }),
  clipping: ({ message }) => ({ title: '校准范围截断了数值', evidence: message }),
  busyMachine: ({ processorShare }) => ({
    title: '测量时机器繁忙',
    evidence: `模型只得到一个处理器的 ${formatShare(processorShare)}。请关闭其他程序后重新测量。`,
  }),
  speedUnclear: () => ({
    title: '速度差异未得到证实',
    evidence: '加速比的区间包含 1x。请在空闲的机器上重新测量。',
  }),
  fewSamples: ({ count, needed }) => ({
    title: '样本太少，无法判断',
    evidence:
      needed === null
        ? `${count} 个样本，且损失与限值相当，增加样本也无法判断。`
        : `${count} 个样本不足以判断；若损失不变，约需 ${round(needed)} 个。`,
  }),
  sameAnswers: ({ message }) => ({ title: '数据不足以说明问题', evidence: message }),
  noTargets: (finding) => {
    const { name, add } = targetWords(finding.targetKind, 'zh-CN');
    return {
      title: '没有测量准确率',
      evidence: `没有${name}，只能得到与原模型的一致程度（${ownAgreementOf(finding, 'zh-CN')}）。${add}`,
    };
  },
};

export function describeFinding(finding: Finding, language: TextLanguage): FindingText {
  const translated =
    'message' in finding ? { ...finding, message: translateEngineText(finding.message, language) } : finding;
  const texts = language === 'en' ? english : chinese;
  // Each text takes the finding of its own kind.
  return (texts[finding.kind] as (finding: Finding) => FindingText)(translated);
}

export const findingWords = {
  en: { title: 'Findings', evidence: 'Evidence', none: 'No findings.', try: 'Try' },
  'zh-CN': { title: '发现的问题', evidence: '依据', none: '没有发现问题。', try: '尝试' },
} as const satisfies Record<TextLanguage, unknown>;
