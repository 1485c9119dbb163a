import type { NetworkStrip } from './charts/network-strip.ts';
import type { TextLanguage } from './engine-texts.ts';
import type { Layer } from './run.ts';
import { formatDecibels, formatMs, formatShare } from './units.ts';

/** The strip of a network in words, the same in window and reports. */
interface StripWords {
  readonly title: string;
  readonly definition: string;
  readonly layerMs: string;
  readonly float: string;
  readonly noError: string;
  readonly inNoLayer: string;
  readonly more: (count: number) => string;
  readonly colour: Readonly<Record<'introduced' | 'inherited' | 'none', string>>;
  readonly times: (count: number, before: string, after: string) => string;
  readonly widest: (name: string, time: string, share: string) => string;
  readonly worst: (name: string, decibels: string) => string;
}

export const stripWords: Readonly<Record<TextLanguage, StripWords>> = {
  en: {
    title: 'Time and error along the network',
    definition:
      'Every layer in the order of the graph, as wide as the time it took under profiling, the original above the compressed model. Colour is its error, hatching means computed in float.',
    layerMs: 'time under profiling, layer after layer',
    float: 'float',
    noError: 'no error measured',
    inNoLayer: 'traced to no layer',
    more: (count) => `and ${count} more`,
    colour: {
      introduced: 'Colour: SQNR of the layer alone.',
      inherited: 'Colour: SQNR of the layer’s output, everything before it compressed.',
      none: 'No layer’s error was measured.',
    },
    times: (count, before, after) => `${before} before, ${after} in ${count} layers after.`,
    widest: (name, time, share) => `Most of it: ${name} (${time}, ${share}).`,
    worst: (name, decibels) => `Largest error: ${name} (${decibels}).`,
  },
  'zh-CN': {
    title: '全网络的时间与误差',
    definition:
      '按图中顺序列出每一层，宽度为剖析时所用时间，上方为原模型，下方为压缩模型。颜色表示误差，斜线表示以浮点计算。',
    layerMs: '剖析所得时间，逐层累加',
    float: '浮点',
    noError: '未测量误差',
    inNoLayer: '未归属任何层',
    more: (count) => `以及另外 ${count} 层`,
    colour: {
      introduced: '颜色：仅该层压缩时的 SQNR。',
      inherited: '颜色：此前各层均已压缩时该层输出的 SQNR。',
      none: '没有测量各层误差。',
    },
    times: (count, before, after) => `压缩前 ${before}，压缩后 ${count} 层共 ${after}。`,
    widest: (name, time, share) => `耗时最多：${name}（${time}，${share}）。`,
    worst: (name, decibels) => `误差最大：${name}（${decibels}）。`,
  },
};

/** What the strip shows, for who cannot see it or point at it. */
export function describeStrip(strip: NetworkStrip, layers: readonly Layer[], language: TextLanguage): string {
  const words = stripWords[language];
  const after = layers.flatMap((layer) =>
    layer.latencyAfterMs === null || layer.latencyAfterMs === 0 ? [] : [{ layer, ms: layer.latencyAfterMs }],
  );
  const widest = after.reduce((most, one) => (one.ms > most.ms ? one : most), after[0]!);
  const errorOf = ({ introducedSqnrDb, sqnrDb }: Layer): number =>
    (strip.error === 'introduced' ? introducedSqnrDb : sqnrDb) ?? Infinity;
  const worst = after.reduce((least, { layer }) => (errorOf(layer) < errorOf(least) ? layer : least), after[0]!.layer);
  return [
    words.times(after.length, formatMs(strip.beforeMs), formatMs(strip.afterMs)),
    words.widest(widest.layer.name, formatMs(widest.ms), formatShare(widest.ms / strip.afterMs)),
    ...(errorOf(worst) === Infinity ? [] : [words.worst(worst.name, formatDecibels(errorOf(worst)))]),
    words.colour[strip.error ?? 'none'],
  ].join(language === 'en' ? ' ' : '');
}
