import type { MetricName } from './metric-row.ts';

/** Metrics that documents of versions 1 and 2 have as fields of their own: known to the engine and to what reads those. */
export const top1: MetricName = {
  metric: 'top1',
  label: 'top-1 accuracy',
  definition: 'Share of samples whose right class is ranked first.',
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

export const top5: MetricName = {
  ...top1,
  metric: 'top5',
  label: 'top-5 accuracy',
  definition: 'Share of samples whose right class is among the first five.',
};

export const agreement: MetricName = {
  metric: 'agreement',
  label: 'same first class',
  definition:
    'Share of samples for which both models rank the same class first. Agreement with the original, not accuracy.',
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** Where an output decides more than once a sample. */
export const positionAgreement: MetricName = {
  ...agreement,
  label: 'same first class, of positions',
  definition:
    'Share of positions (steps, pixels) at which both models rank the same class first, mean over samples. Agreement with the original, not accuracy.',
};

export const outputSqnr: MetricName = {
  metric: 'sqnrDb',
  label: 'output SQNR',
  definition: "The original's outputs over their change, in decibels: 20 dB is a change of a tenth of their size.",
  unit: 'dB',
  higherIsBetter: true,
  against: 'original',
};

export const outputCosine: MetricName = {
  metric: 'cosine',
  label: 'output cosine',
  definition: 'Cosine of the angle between the outputs of both models: 1 when they point the same way.',
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

/** True for the figures that every run has, whatever its task: they are told in sentences of their own. */
export function isCommonAgreement({ metric }: { readonly metric: string }): boolean {
  return [agreement, outputSqnr, outputCosine].some((name) => name.metric === metric);
}
