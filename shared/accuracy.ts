import { z } from 'zod';
import { countsPositions } from './agreement.ts';
import { agreement, outputCosine, outputSqnr, positionAgreement, top1, top5 } from './class-metrics.ts';
import { agreementRowOf, interval95Schema, metricRowSchema, type MetricName, type MetricRow } from './metric-row.ts';
import { targetKindSchema } from './target-kinds.ts';
import { wilsonInterval } from './wilson-interval.ts';

const count = z.number().int().nonnegative();

export const estimateSchema = z.object({ value: z.number(), ci95: interval95Schema });
/** A measured value with its 95 % interval. */
export type Estimate = z.infer<typeof estimateSchema>;

export const agreementSchema = z.object({
  /**
   * Share of evaluation samples where both models give the same first-ranked class. Null where no compared output ranks
   * classes, as in a model that was compared before a selection.
   */
  top1: z.number().nullable(),
  /**
   * One output: 20*log10(norm(x)/norm(x-y)) over all evaluation samples. Several, from version 2 on: the mean over samples of
   * -10*log10(mean over outputs of norm(x-y)^2/norm(x)^2). Null when both are identical.
   */
  sqnrDb: z.number().nullable(),
  /** One output: of all samples as one long vector. Several, from version 2 on: the mean over samples and outputs. */
  cosine: z.number(),
  count,
  /** Decisions behind `top1`: samples, or all their positions. Null where there is none, and in older documents. */
  decisions: count.nullable().default(null),
  /**
   * SQNR of each sample, at most 60 dB either way, probabilities compared as the scores they were made of: its mean over samples, and
   * over the worst tenth of them. Null in older documents.
   */
  samples: z.object({ meanSqnrDb: z.number(), worstTenthSqnrDb: z.number() }).nullable().default(null),
});
export type Agreement = z.infer<typeof agreementSchema>;

export const closedLoopSchema = z.object({
  /** Outputs that feed inputs. */
  states: z.array(z.object({ output: z.string(), input: z.string() })),
  steps: count,
  /** As that of agreement, over the outputs that are no states. Null when both are identical. */
  sqnrDb: z.number().nullable(),
  /** As that of `agreement.samples`. */
  worstTenthSqnrDb: z.number(),
  /** Share of equal decisions: first classes, or single probabilities on the same side of a half. Null where nothing decides. */
  decisionShare: z.number().nullable(),
});
/** Both models over one sequence, each fed with its own states. */
export type ClosedLoop = z.infer<typeof closedLoopSchema>;

const accuracyFields = z.object({
  /** `top1` with labels of classes; `agreement` without: then before/after/difference are null, for agreement is not accuracy. */
  metric: z.enum(['top1', 'agreement']),
  count,
  /** Shares 0–1 with Wilson intervals. */
  before: estimateSchema.nullable(),
  after: estimateSchema.nullable(),
  /** after - before, paired interval. Negative means accuracy was lost. */
  difference: estimateSchema.nullable(),
  top5: z.object({ before: estimateSchema, after: estimateSchema, difference: estimateSchema }).nullable(),
  /** Samples only the original got right, only the compressed one got right, exact two-sided p-value. */
  mcnemar: z.object({ onlyBefore: count, onlyAfter: count, pValue: z.number() }).nullable(),
  /**
   * The difference that the changes of the scores make on average, from how far the labelled class leads or trails the best other one
   * in both models: what was measured is this and chance. Null without labels or with few samples.
   */
  expectedDifference: z.number().nullable().default(null),
  /** Bootstrap. Null in documents of versions that did not estimate it. */
  expectedDifferenceCi95: interval95Schema.nullable().default(null),
  agreement: agreementSchema,
  /** Null without states, where it could not be measured, and in older documents. */
  closedLoop: closedLoopSchema.nullable().default(null),
});
type AccuracyFields = z.infer<typeof accuracyFields>;

const accuracyWithRows = accuracyFields.extend({
  /** What says of such outputs how right they are, whether the data has it or not. Null in documents of versions that did not tell. */
  targetKind: targetKindSchema.nullable().default(null),
  /** Every figure of it: those against targets first, the one that counts most before the others. */
  metrics: z.array(metricRowSchema),
});

/** Documents of versions 1 and 2 have no rows: these are made of their fields. */
export const accuracySchema = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null || 'metrics' in value) return value;
  const fields = accuracyFields.safeParse(value);
  return fields.success ? { ...value, metrics: rowsOfFields(fields.data) } : value;
}, accuracyWithRows);
export type Accuracy = z.infer<typeof accuracyWithRows>;

type Sides = NonNullable<AccuracyFields['top5']>;

function shareRow(name: MetricName, { before, after, difference }: Sides, test: MetricRow['test'], samples: number) {
  return {
    ...name,
    before: before.value,
    after: after.value,
    beforeCi95: before.ci95,
    afterCi95: after.ci95,
    difference: difference.value,
    ci95: difference.ci95,
    test,
    count: samples,
    classes: [],
  };
}

/** The rows that the fields of version 2 stand for. */
export function rowsOfFields({
  before,
  after,
  difference,
  top5: five,
  mcnemar,
  agreement: agreed,
  count: samples,
}: Omit<AccuracyFields, 'metric'>): MetricRow[] {
  const rows: MetricRow[] = [];
  if (before !== null && after !== null && difference !== null) {
    const test =
      mcnemar === null
        ? null
        : { name: 'McNemar', pValue: mcnemar.pValue, betterBefore: mcnemar.onlyBefore, betterAfter: mcnemar.onlyAfter };
    rows.push(shareRow(top1, { before, after, difference }, test, samples));
  }
  if (five !== null) rows.push(shareRow(top5, five, null, samples));
  if (agreed.top1 !== null) {
    const name = countsPositions(agreed) ? positionAgreement : agreement;
    const interval = wilsonInterval(agreed.top1 * agreed.count, agreed.count);
    rows.push(agreementRowOf(name, agreed.top1, agreed.count, interval));
  }
  return [
    ...rows,
    agreementRowOf(outputSqnr, agreed.sqnrDb, agreed.count),
    agreementRowOf(outputCosine, agreed.cosine, agreed.count),
  ];
}
