import { timedVariants } from '../../../shared/events.ts';
import { mainRow } from '../../../shared/metric-row.ts';
import type { Interval95, Layer, RunDocument } from '../../../shared/run.ts';
import { buildAccuracyTable, buildMetricsTable } from './csv-accuracy-tables.ts';
import type { CsvTable, CsvValue } from './csv.ts';

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

function layerValue(value: Layer[(typeof layerColumns)[number]]): CsvValue {
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
function ratioCells(part: { readonly ratio: number; readonly ci95: Interval95 } | undefined): CsvValue[] {
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
