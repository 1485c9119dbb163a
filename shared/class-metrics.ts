import type { MetricName } from './metric-row.ts';

/** Metrics that documents of versions 1 and 2 have as fields of their own: known to the engine and to what reads those. */
export const top1: MetricName = {
  metric: 'top1',
  label: 'top-1 accuracy',
  definition: 'Share of samples whose right class is ranked first.',
  zh: { label: 'top-1 准确率', definition: '正确类别排在第一的样本比例。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

export const top5: MetricName = {
  ...top1,
  metric: 'top5',
  label: 'top-5 accuracy',
  definition: 'Share of samples whose right class is among the first five.',
  zh: { label: 'top-5 准确率', definition: '正确类别排在前五的样本比例。' },
};

export const agreement: MetricName = {
  metric: 'agreement',
  label: 'same first class',
  definition:
    'Share of samples for which both models rank the same class first. This is agreement with the original, not accuracy.',
  zh: { label: '首选类别一致', definition: '两个模型首选类别一致的样本比例。这是一致率，不是准确率。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** Where an output decides more than once a sample. */
export const positionAgreement: MetricName = {
  ...agreement,
  label: 'same first class, of positions',
  definition:
    'Share of positions (steps, pixels) at which both models rank the same class first, mean over samples. This is agreement with the original, not accuracy.',
  zh: {
    label: '首选类别一致（按位置）',
    definition: '两个模型首选类别一致的位置（时间步、像素）比例，取样本均值。这是一致率，不是准确率。',
  },
};

export const outputSqnr: MetricName = {
  metric: 'sqnrDb',
  label: 'output SQNR',
  definition:
    "Size of the original's outputs over the size of their change, in decibels. At 20 dB the change is a tenth of the outputs.",
  zh: { label: '输出 SQNR', definition: '原模型的输出与其变化之比，以分贝计：20 dB 表示变化为输出大小的十分之一。' },
  unit: 'dB',
  higherIsBetter: true,
  against: 'original',
};

export const outputCosine: MetricName = {
  metric: 'cosine',
  label: 'output cosine',
  definition: "Cosine of the angle between the two models' outputs. 1 means that they point the same way.",
  zh: { label: '输出余弦相似度', definition: '两个模型输出之间夹角的余弦：方向相同时为 1。' },
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

/** True for the figures that every run has, whatever its task: they are told in sentences of their own. */
export function isCommonAgreement({ metric }: { readonly metric: string }): boolean {
  return [agreement, outputSqnr, outputCosine].some((name) => name.metric === metric);
}
