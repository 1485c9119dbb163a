import { writeSettings } from '../../../shared/name-recipe.ts';
import { pathToFileURL } from 'node:url';
import { isCommonAgreement } from '../../../shared/class-metrics.ts';
import { timedVariants } from '../../../shared/events.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { shortId } from '../../../shared/run-id.ts';
import { withoutPictures } from '../../../shared/sample-evidence.ts';
import { renderMarkdown } from './markdown.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { baseNameOf } from '../texts/report-figures.ts';
import { nameOf, noNames, type RunNames } from '../sections/run-names.ts';
import { buildRunReport } from '../sections/run-report.ts';
import type { ExportedFile } from './exported-file.ts';

/**
 * A run in the layout of MLflow's file store: <experiment>/<run>/{meta.yaml,params,metrics,tags,artifacts}, one small file
 * per value. `mlflow ui --backend-store-uri FOLDER` shows it; copied into an existing `mlruns` it joins what is there.
 */

/** Numbers of mlflow.entities. */
const statusFinished = 3;
const sourceTypeLocal = 4;

/** MLflow's own experiment 0 is "Default"; ours needs a number that a store does not hand out by counting. */
const experimentId = '86017317';
const experimentName = 'vernier';

/** YAML's double-quoted form takes what JSON writes. */
function renderYaml(values: Readonly<Record<string, string | number | readonly string[]>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Newer versions take 6,000 characters, older ones 500. */
const maxParameterLength = 500;

function listParameters(document: RunDocument): Record<string, string> {
  const { recipe, data, model, latency } = document;
  return {
    recipe: recipe.name,
    ...Object.fromEntries(writeSettings(recipe).map(([option, text]) => [`recipe.${option}`, text])),
    model: baseNameOf(model.original.path),
    opset: String(model.original.opset),
    threads: String(document.threads),
    batch_size: String(latency.batchSize),
    seed: String(data.seed),
    data_kind: data.kind,
    calibration_samples: String(data.calibrationCount),
    evaluation_samples: String(data.evaluationCount),
  };
}

/** As MLflow names them; agreement has but one figure. */
function namedFigures({ metric, before, after, difference }: MetricRow): [string, number | null][] {
  return before === null
    ? [[metric, after]]
    : [
        [`${metric}.before`, before],
        [`${metric}.after`, after],
        [`${metric}.difference`, difference],
      ];
}

function listMetrics(document: RunDocument): Record<string, number> {
  const { accuracy, latency, ledger, model } = document;
  const metrics: Record<string, number | null | undefined> = {
    speedup: latency.speedup.ratio,
    'speedup.low': latency.speedup.ci95[0],
    'speedup.high': latency.speedup.ci95[1],
    'speedup.folding': latency.speedupParts?.folding.ratio,
    'speedup.compression': latency.speedupParts?.compression.ratio,
    'latency_median_ms.before': latency.before.medianMs,
    'latency_median_ms.prepared': latency.prepared?.medianMs,
    'latency_median_ms.after': latency.after.medianMs,
    'latency_p95_ms.before': latency.before.p95Ms,
    'latency_p95_ms.prepared': latency.prepared?.p95Ms,
    'latency_p95_ms.after': latency.after.p95Ms,
    'size_bytes.before': model.original.sizeBytes,
    'size_bytes.prepared': model.prepared?.sizeBytes,
    'size_bytes.after': model.compressed.sizeBytes,
    ...Object.fromEntries(accuracy.metrics.filter((row) => !isCommonAgreement(row)).flatMap(namedFigures)),
    top1_agreement: accuracy.agreement.top1,
    output_sqnr_db: accuracy.agreement.sqnrDb,
    output_cosine: accuracy.agreement.cosine,
    ...Object.fromEntries(ledger.map((row) => [`ratio.${row.claim}`, row.ratio])),
    ...Object.fromEntries(
      document.gates.map((gate) => [
        `gate_met.${gate.name}${gate.metric === null ? '' : `.${gate.metric}`}`,
        gate.met ? 1 : 0,
      ]),
    ),
  };
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function listTags(document: RunDocument, names: RunNames, note: string): Record<string, string> {
  const { model, data, environment } = document;
  return {
    'mlflow.runName': nameRun(document, names),
    'mlflow.source.name': 'vernier',
    'mlflow.source.type': 'LOCAL',
    'mlflow.user': 'vernier',
    'mlflow.note.content': note,
    'vernier.runId': document.runId,
    'vernier.version': environment.vernierVersion,
    'vernier.randomData': String(data.random),
    'onnxruntime.version': environment.onnxRuntimeVersion,
    cpu: makeVisible(environment.cpuModel),
    'model.sha256': model.original.sha256,
    'compressed.sha256': model.compressed.sha256,
    ...(data.sha256 !== null && { 'data.sha256': data.sha256 }),
  };
}

function nameRun(document: RunDocument, names: RunNames): string {
  const { runId, model, recipe } = document;
  return nameOf(runId, names) ?? makeVisible(`${baseNameOf(model.original.path)} ${recipe.name} ${shortId(runId)}`);
}

/** Stands for the place of the store until that is known. */
const unknownFolder = 'file:///unknown-folder';

/** MLflow finds artifacts by absolute addresses: writes where the store lies into the files that say so. */
export function placeMlflowRuns<T extends { readonly file: ExportedFile }>(places: readonly T[], folder: string): T[] {
  const address = pathToFileURL(folder).href;
  return places.map((place) => {
    const { path, content } = place.file;
    if (!path.endsWith('/meta.yaml') || typeof content !== 'string') return place;
    return { ...place, file: { path, content: content.replaceAll(unknownFolder, address) } };
  });
}

export function renderMlflowRun(document: RunDocument, names = noNames): ExportedFile[] {
  const mlflowRunId = document.runId.replaceAll('-', '');
  const runPath = `${experimentId}/${mlflowRunId}`;
  const locate = (path: string) => `${unknownFolder}/${path}`;
  const start = document.startedTimestampMs;
  const end = start + Math.round(document.durationMs);
  const report = renderMarkdown(buildRunReport(document, 'en', 'A4', names));
  const files: ExportedFile[] = [
    {
      path: `${experimentId}/meta.yaml`,
      content: renderYaml({
        artifact_location: locate(experimentId),
        creation_time: start,
        experiment_id: experimentId,
        last_update_time: start,
        lifecycle_stage: 'active',
        name: experimentName,
      }),
    },
    {
      path: `${runPath}/meta.yaml`,
      content: renderYaml({
        artifact_uri: locate(`${runPath}/artifacts`),
        end_time: end,
        entry_point_name: '',
        experiment_id: experimentId,
        lifecycle_stage: 'active',
        run_id: mlflowRunId,
        run_name: nameRun(document, names),
        run_uuid: mlflowRunId,
        source_name: '',
        source_type: sourceTypeLocal,
        source_version: '',
        start_time: start,
        status: statusFinished,
        tags: [],
        user_id: 'vernier',
      }),
    },
  ];
  for (const [name, value] of Object.entries(listParameters(document))) {
    files.push({ path: `${runPath}/params/${name}`, content: makeVisible(value).slice(0, maxParameterLength) });
  }
  for (const [name, value] of Object.entries(listMetrics(document))) {
    files.push({ path: `${runPath}/metrics/${name}`, content: `${end} ${value} 0\n` });
  }
  for (const side of timedVariants) {
    // One step per iteration: MLflow draws the history of a metric.
    const lines = (document.latency[side]?.samplesMs ?? []).map((sample, step) => `${end} ${sample} ${step}\n`);
    if (lines.length > 0) files.push({ path: `${runPath}/metrics/latency_ms.${side}`, content: lines.join('') });
  }
  for (const [name, value] of Object.entries(
    listTags(document, names, document.verdict.map(makeVisible).join('\n\n')),
  )) {
    files.push({ path: `${runPath}/tags/${name}`, content: value });
  }
  files.push(
    {
      path: `${runPath}/artifacts/run-document.json`,
      content: `${JSON.stringify(withoutPictures(document), null, 2)}\n`,
    },
    { path: `${runPath}/artifacts/report.md`, content: report },
  );
  return files;
}
