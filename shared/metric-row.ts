import { z } from 'zod';

/** [low, high] of a 95 % interval. */
export const interval95Schema = z.tuple([z.number(), z.number()]);
export type Interval95 = z.infer<typeof interval95Schema>;

const count = z.number().int().nonnegative();

export const classFigureSchema = z.object({
  /** The number that the data knows the class by, and its name where it has one. */
  class: z.number().int(),
  name: z.string().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** What there is of it in the targets: boxes, pixels, samples. */
  count,
});
/** What both models make of one class. */
export type ClassFigure = z.infer<typeof classFigureSchema>;

export const metricRowSchema = z.object({
  /** Its short name, as in `top1` or `mae`; unique among the rows of a run. */
  metric: z.string(),
  /** Its name and what it is, for people. */
  label: z.string(),
  definition: z.string(),
  /** Both in Chinese; null in documents of versions that kept the English alone. */
  zh: z.object({ label: z.string(), definition: z.string() }).nullable().default(null),
  /** `share` of one, `dB`, or empty for a plain number, also one in the unit of the output. */
  unit: z.enum(['share', 'dB', '']),
  higherIsBetter: z.boolean(),
  /** `targets`: both models against what is right. `original`: the compressed model against the original, which is agreement. */
  against: z.enum(['targets', 'original']),
  /** Of the original model; null where the row compares with it. */
  before: z.number().nullable(),
  /** Of the compressed model; null is the SQNR of outputs that are identical. */
  after: z.number().nullable(),
  beforeCi95: interval95Schema.nullable(),
  afterCi95: interval95Schema.nullable(),
  /** after - before on the same samples, and its interval. */
  difference: z.number().nullable(),
  ci95: interval95Schema.nullable(),
  /** Could chance alone make such a difference? `betterBefore`: samples on which the original did better. */
  test: z.object({ name: z.string(), pValue: z.number(), betterBefore: count, betterAfter: count }).nullable(),
  /** Samples. */
  count,
  /** The same figure of single classes, where it is a mean over them; empty in documents of versions that kept the mean alone. */
  classes: z.array(classFigureSchema).default([]),
});
/** One figure of what a model is for, as the ledger's rows are figures of what it costs. */
export type MetricRow = z.infer<typeof metricRowSchema>;

/** Its name and what it is. */
export type MetricWords = Pick<MetricRow, 'label' | 'definition'>;

/** All that is told of a metric before anything was measured, in each language: rows bring it wherever they go. */
export type MetricName = Pick<MetricRow, 'metric' | 'label' | 'definition' | 'unit' | 'higherIsBetter' | 'against'> & {
  readonly zh: MetricWords;
};

/** A row of agreement: one figure, and nothing of the original's own. */
export function agreementRowOf(
  name: MetricName,
  after: number | null,
  count: number,
  afterCi95: Interval95 | null = null,
) {
  const nothing = { before: null, beforeCi95: null, difference: null, ci95: null, test: null, classes: [] };
  return { ...name, ...nothing, after, afterCi95, count };
}

/** The row that a run is judged by: the first against targets. Null where there were none, and nothing but agreement is known. */
export function mainRow({ metrics }: { readonly metrics: readonly MetricRow[] }): MetricRow | null {
  return (
    metrics.find(({ against, difference, ci95 }) => against === 'targets' && difference !== null && ci95 !== null) ??
    null
  );
}

export function findRow({ metrics }: { readonly metrics: readonly MetricRow[] }, metric: string): MetricRow | null {
  return metrics.find((row) => row.metric === metric) ?? null;
}

/** By how much the compressed model is worse, in the metric's own unit; negative where it is better. */
export function lossOf({
  difference,
  higherIsBetter,
}: Pick<MetricRow, 'difference' | 'higherIsBetter'>): number | null {
  return difference === null ? null : higherIsBetter ? -difference : difference;
}
