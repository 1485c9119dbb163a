import type { RunDocument } from '../../../shared/run.ts';
import type { CsvTable, CsvValue } from './csv.ts';

export function buildAccuracyTable(documents: readonly RunDocument[]): CsvTable {
  const row = (
    document: RunDocument,
    measure: string,
    estimate: { value: number; ci95: readonly [number, number] | null } | null,
    count: number,
  ): CsvValue[][] =>
    estimate === null
      ? []
      : [[document.runId, measure, estimate.value, ...(estimate.ci95 ?? [null, null]), count, document.data.random]];
  return {
    name: 'accuracy',
    columns: ['runId', 'measure', 'value', 'low', 'high', 'count', 'randomData'],
    rows: documents.flatMap((document) => {
      const { before, after, difference, top5, mcnemar, expectedDifference, agreement, count } = document.accuracy;
      const plain = (value: number | null) => (value === null ? null : { value, ci95: null });
      return [
        ...row(document, 'top1Before', before, count),
        ...row(document, 'top1After', after, count),
        ...row(document, 'top1Difference', difference, count),
        ...row(document, 'top5Before', top5?.before ?? null, count),
        ...row(document, 'top5After', top5?.after ?? null, count),
        ...row(document, 'top5Difference', top5?.difference ?? null, count),
        ...row(document, 'mcnemarOnlyBefore', plain(mcnemar?.onlyBefore ?? null), count),
        ...row(document, 'mcnemarOnlyAfter', plain(mcnemar?.onlyAfter ?? null), count),
        ...row(document, 'mcnemarPValue', plain(mcnemar?.pValue ?? null), count),
        ...row(document, 'expectedTop1Difference', plain(expectedDifference), count),
        ...row(document, 'top1Agreement', plain(agreement.top1), agreement.count),
        ...row(document, 'outputSqnrDb', plain(agreement.sqnrDb), agreement.count),
        ...row(document, 'outputCosine', plain(agreement.cosine), agreement.count),
      ];
    }),
  };
}

/** One row for every figure of the task and of agreement. */
export function buildMetricsTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'metrics',
    columns: [
      'runId',
      'metric',
      'label',
      'unit',
      'higherIsBetter',
      'against',
      'before',
      'beforeLow',
      'beforeHigh',
      'after',
      'afterLow',
      'afterHigh',
      'difference',
      'differenceLow',
      'differenceHigh',
      'test',
      'pValue',
      'count',
      'randomData',
    ],
    rows: documents.flatMap(({ runId, accuracy, data }) =>
      accuracy.metrics.map((row) => [
        runId,
        row.metric,
        row.label,
        row.unit,
        row.higherIsBetter,
        row.against,
        row.before,
        ...(row.beforeCi95 ?? [null, null]),
        row.after,
        ...(row.afterCi95 ?? [null, null]),
        row.difference,
        ...(row.ci95 ?? [null, null]),
        row.test?.name ?? null,
        row.test?.pValue ?? null,
        row.count,
        data.random,
      ]),
    ),
  };
}
