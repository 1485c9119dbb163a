import type { Phrase } from './phrase.ts';

/** Names of metrics and what they are. */
export const metricTexts: readonly Phrase[] = [
  ['top-1 accuracy', 'top-1 准确率'],
  ['Share of samples whose right class is ranked first.', '正确类别排在第一的样本比例。'],
  ['top-5 accuracy', 'top-5 准确率'],
  ['Share of samples whose right class is among the first five.', '正确类别排在前五的样本比例。'],
  ['same first class', '首位类别相同'],
  [
    'Share of samples for which both models rank the same class first. Agreement with the original, not accuracy.',
    '两个模型首位类别相同的样本比例。这是与原模型的一致性，不是准确率。',
  ],
  ['same first class, of positions', '首位类别相同（按位置）'],
  [
    'Share of positions (steps, pixels) at which both models rank the same class first, mean over samples. Agreement with the original, not accuracy.',
    '两个模型首位类别相同的位置（时间步、像素）比例，取样本均值。这是与原模型的一致性，不是准确率。',
  ],
  ['output SQNR', '输出 SQNR'],
  [
    "The original's outputs over their change, in decibels: 20 dB is a change of a tenth of their size.",
    '原模型的输出与其变化之比，以分贝计：20 dB 表示变化为输出大小的十分之一。',
  ],
  ['output cosine', '输出余弦相似度'],
  [
    'Cosine of the angle between the outputs of both models: 1 when they point the same way.',
    '两个模型输出之间夹角的余弦：方向相同时为 1。',
  ],
];
