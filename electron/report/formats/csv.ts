import { stringify } from 'csv-stringify/sync';
import { timedVariants } from '../../../shared/events.ts';
import type { Interval95, Layer, RunDocument } from '../../../shared/run.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { mainRow } from '../../../shared/metric-row.ts';

type Value = string | number | boolean | null;

/** One table of one or more runs. Every row names its run, so that tables of several exports can be put together. */
export interface CsvTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/**
 * Names come from model files, which strangers may have made: a spreadsheet must not run them. An apostrophe in front is
 * what spreadsheets themselves use for "this is text"; full-width signs are taken for the plain ones by some of them.
 */
function neutralizeFormula(text: string): string {
  return /^\s*[=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
}

function toCell(value: Value): string | number {
  if (value === null) return '';
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  // A control character inside a cell is a trap for readers that split lines first.
  return neutralizeFormula(makeVisible(value));
}

/** RFC 4180: commas, CRLF, quotes doubled inside quoted cells; unknown values are empty. */
export function renderCsv(table: CsvTable, options: { readonly byteOrderMark: boolean }): string {
  return stringify(
    table.rows.map((row) => row.map(toCell)),
    { header: true, columns: [...table.columns], record_delimiter: 'windows', bom: options.byteOrderMark },
  );
}

const layerColumns = [
  'name',
  'opType',
  'inputShape',
  'outputShape',
  'parameters',
  'macs',
  'weightBits',
  'activationBits',
  'quantized',
  'reason',
  'bytesBefore',
  'bytesAfter',
  'latencyBeforeMs',
  'latencyAfterMs',
  'sqnrDb',
  'outputTensor',
] as const satisfies readonly (keyof Layer)[];

function layerValue(value: Layer[(typeof layerColumns)[number]]): Value {
  return Array.isArray(value) ? value.join('x') : (value ?? null);
}

/** One row per layer of the original model, in the order of the graph. */
export function buildLayersTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'layers',
    columns: ['runId', 'position', ...layerColumns],
    rows: documents.flatMap(({ runId, layers }) =>
      layers.map((layer, index) => [runId, index, ...layerColumns.map((column) => layerValue(layer[column]))]),
    ),
  };
}

/** Empty cells where the float model as prepared is the given one. */
function ratioCells(part: { readonly ratio: number; readonly ci95: Interval95 } | undefined): Value[] {
  return part === undefined ? [null, null, null] : [part.ratio, ...part.ci95];
}

function buildRunsTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'runs',
    columns: [
      'runId',
      'startedUtc',
      'durationMs',
      'recipe',
      'threads',
      'modelPath',
      'modelSha256',
      'compressedPath',
      'compressedSha256',
      'dataPath',
      'dataSha256',
      'randomData',
      'sizeBytesBefore',
      'sizeBytesAfter',
      'speedupRatio',
      'speedupLow',
      'speedupHigh',
      'accuracyMetric',
      'accuracyBefore',
      'accuracyAfter',
      'top1Agreement',
      'outputSqnrDb',
      'gatesMet',
      'cpuModel',
      'onnxRuntimeVersion',
      'vernierVersion',
      'sizeBytesPrepared',
      'foldingRatio',
      'foldingLow',
      'foldingHigh',
      'compressionRatio',
      'compressionLow',
      'compressionHigh',
    ],
    rows: documents.map((document) => {
      const { model, data, latency, accuracy, environment, gates } = document;
      return [
        document.runId,
        new Date(document.startedTimestampMs).toISOString(),
        document.durationMs,
        document.recipe.name,
        document.threads,
        model.original.path,
        model.original.sha256,
        model.compressed.path,
        model.compressed.sha256,
        data.path,
        data.sha256,
        data.random,
        model.original.sizeBytes,
        model.compressed.sizeBytes,
        latency.speedup.ratio,
        ...latency.speedup.ci95,
        mainRow(accuracy)?.metric ?? 'agreement',
        mainRow(accuracy)?.before ?? null,
        mainRow(accuracy)?.after ?? null,
        accuracy.agreement.top1,
        accuracy.agreement.sqnrDb,
        gates.length === 0 ? null : gates.every((gate) => gate.met),
        environment.cpuModel,
        environment.onnxRuntimeVersion,
        environment.vernierVersion,
        model.prepared?.sizeBytes ?? null,
        ...ratioCells(latency.speedupParts?.folding),
        ...ratioCells(latency.speedupParts?.compression),
      ];
    }),
  };
}

function buildLedgerTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'ledger',
    columns: [
      'runId',
      'claim',
      'unit',
      'before',
      'after',
      'ratio',
      'ratioLow',
      'ratioHigh',
      'definition',
      'basis',
      'prepared',
    ],
    rows: documents.flatMap(({ runId, ledger }) =>
      ledger.map((row) => [
        runId,
        row.claim,
        row.unit,
        row.before,
        row.after,
        row.ratio,
        ...(row.ratioCi95 ?? [null, null]),
        row.definition,
        row.basis,
        row.prepared,
      ]),
    ),
  };
}

function buildLatencyTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'latency-samples',
    columns: ['runId', 'variant', 'iteration', 'latencyMs'],
    rows: documents.flatMap(({ runId, latency }) =>
      timedVariants.flatMap((variant) =>
        (latency[variant]?.samplesMs ?? []).map((sample, index) => [runId, variant, index, sample]),
      ),
    ),
  };
}

function buildAccuracyTable(documents: readonly RunDocument[]): CsvTable {
  const row = (
    document: RunDocument,
    measure: string,
    estimate: { value: number; ci95: readonly [number, number] | null } | null,
    count: number,
  ): Value[][] =>
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
function buildMetricsTable(documents: readonly RunDocument[]): CsvTable {
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

function buildDiagnosticsTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'diagnostics',
    columns: ['runId', 'severity', 'code', 'message', 'node'],
    rows: documents.flatMap(({ runId, diagnostics }) =>
      diagnostics.map(({ severity, code, message, node }) => [runId, severity, code, message, node]),
    ),
  };
}

function buildCandidatesTable(documents: readonly RunDocument[]): CsvTable {
  return {
    name: 'candidates',
    columns: [
      'runId',
      'name',
      'chosen',
      'sqnrDb',
      'top1Agreement',
      'latencyRatio',
      'note',
      'worstTenthSqnrDb',
      'sizeBytes',
    ],
    rows: documents.flatMap(({ runId, candidates }) =>
      candidates.map(({ name, chosen, sqnrDb, top1Agreement, latencyRatio, note, worstTenthSqnrDb, sizeBytes }) => [
        runId,
        name,
        chosen,
        sqnrDb,
        top1Agreement,
        latencyRatio,
        note,
        worstTenthSqnrDb,
        sizeBytes ?? null,
      ]),
    ),
  };
}

/** All tables of the given runs. */
export function buildCsvTables(documents: readonly RunDocument[]): CsvTable[] {
  return [
    buildRunsTable(documents),
    buildLedgerTable(documents),
    buildLayersTable(documents),
    buildLatencyTable(documents),
    buildAccuracyTable(documents),
    buildMetricsTable(documents),
    buildDiagnosticsTable(documents),
    buildCandidatesTable(documents),
  ];
}
