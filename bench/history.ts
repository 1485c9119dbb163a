/**
 * `npm run bench:history`: a history of 100,000 runs, and what a page of 100 of it costs: listed, sorted by every column,
 * filtered and searched, at the top and 90,000 runs down. Exits with 1 when a page takes 50 ms or more (median of 9).
 * `npm run bench:history -- --runs 10000 --keep FILE` for a smaller one, and to keep it.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSortColumns, type RunRow } from '../shared/contract.ts';
import { writeStore, type Store } from '../electron/store/database.ts';
import { hideRuns } from '../electron/store/delete-runs.ts';
import { createRandom } from '../electron/engine/tensor/random.ts';
import { findRun } from '../electron/store/find-run.ts';
import { importRun } from '../electron/store/import-runs.ts';
import { closeStore, openStore } from '../electron/store/open.ts';
import { listRunRows, type RunFilter } from '../electron/store/run-rows.ts';
import { describeEndedRun } from '../electron/store/runs.ts';
import { makeDocument, makeRequest } from '../test/store/run-fixture.ts';

const limitMs = 50;
const pageSize = 100;
const repetitions = 9;
/** Beside the runs that are there. */
const deletedCount = 500;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, keep: { type: 'string' } } });
const runCount = Number(values.runs);

/** Five years of runs, one after the other. */
const firstStartMs = Date.UTC(2021, 0, 1);
const spanMs = 5 * 365 * 24 * 60 * 60 * 1000;
const betweenStartsMs = spanMs / (runCount + deletedCount);

const models = ['mobilenetv2', 'resnet50', 'resnet18', 'efficientnet-lite4', 'squeezenet1.1', 'yolov8n', 'bert-tiny'];
const families = ['shop', 'line-3', 'edge', 'camera', 'gate'];
const tags = ['edge', 'baseline', '基线', 'release-2026', 'keep', 'nightly', '产线', 'flaky'];
const notes = [
  '第一次量化实验，产线三号相机',
  'before the new calibration set',
  '精度下降，需要复查',
  'ok for release',
];

function fill(store: Store): void {
  const random = createRandom(20_261_126);
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)]!;
  const base = makeDocument(makeRequest());
  for (let index = 0; index < runCount + deletedCount; index += 1) {
    const model = pick(models);
    const modelPath = `/home/ada/models/${pick(families)}/${model}-${Math.floor(random() * 40)}.onnx`;
    const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
    const runId = `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    const request = makeRequest({ runId, modelPath, threads: 1 + Math.floor(random() * 4) });
    request.recipe = { ...request.recipe, name: pick(['int8-static', 'int8-static-minmax', 'int8-static-entropy']) };
    const startedTimestampMs = firstStartMs + Math.floor((index + random()) * betweenStartsMs);
    const marks = {
      name: random() < 0.2 ? `${pick(['try', 'trial', '实验'])} ${index}` : '',
      notes: random() < 0.2 ? pick(notes) : '',
      tags: random() < 0.3 ? [pick(tags), pick(tags)] : [],
      starred: random() < 0.03,
    };
    const fate = random();
    if (fate < 0.1) {
      const error = { code: 'calibration-failed', message: `Tensor "conv_${index % 97}" had no finite value.` };
      const status = fate < 0.07 ? 'failed' : 'cancelled';
      importRun(
        store,
        describeEndedRun(request, { status, startedTimestampMs, durationMs: 1000 * random(), error }),
        marks,
      );
      continue;
    }
    const speedup = 0.8 + 2 * random();
    const top1 = 0.5 + 0.5 * random();
    const document = {
      ...base,
      runId,
      startedTimestampMs,
      durationMs: 60_000 * random(),
      recipe: request.recipe,
      threads: request.threads,
      model: {
        original: { ...base.model.original, path: modelPath, sha256: hex(64) },
        compressed: { ...base.model.compressed, sha256: hex(64), sizeBytes: Math.floor(1e7 * random()) },
      },
      latency: {
        ...base.latency,
        after: { ...base.latency.after, medianMs: 20 * random() },
        speedup: { ...base.latency.speedup, ratio: speedup },
      },
      accuracy: {
        ...base.accuracy,
        after: { value: top1, ci95: base.accuracy.after!.ci95 },
        agreement: { ...base.accuracy.agreement, top1: 0.9 + 0.1 * random() },
      },
      verdict: [
        `${(3 + random()).toFixed(2)}x smaller, ${speedup.toFixed(2)}x faster, top-1 ${(100 * top1).toFixed(1)} %.`,
        'No loss of accuracy that 900 samples could show.',
      ],
    };
    importRun(store, document, marks);
  }
}

const questions: readonly (readonly [string, RunFilter])[] = [
  ['newest first', {}],
  ...runSortColumns.flatMap((column): [string, RunFilter][] =>
    [true, false].map((descending) => [
      `by ${column}, ${descending ? 'descending' : 'ascending'}`,
      { sort: { column, descending } },
    ]),
  ),
  ['status failed', { status: 'failed' }],
  ['status done, by speed-up', { status: 'done', sort: { column: 'speedupRatio', descending: true } }],
  ['starred, by accuracy', { starred: true, sort: { column: 'accuracyAfter', descending: true } }],
  ['tag 基线, by size', { tag: '基线', sort: { column: 'sizeBytesAfter', descending: false } }],
  [
    'starred, tag edge, status done, by name',
    { starred: true, tag: 'edge', status: 'done', sort: { column: 'name', descending: false } },
  ],
  [
    'started in a twentieth of the time',
    { sinceTimestampMs: firstStartMs + 0.4 * spanMs, untilTimestampMs: firstStartMs + 0.45 * spanMs },
  ],
  ['model resnet', { model: 'resnet' }],
  ['model resnet50-17, by duration', { model: 'resnet50-17', sort: { column: 'durationMs', descending: true } }],
  ['search "onnx" (every run)', { text: 'onnx' }],
  ['search "onnx", by speed-up', { text: 'onnx', sort: { column: 'speedupRatio', descending: true } }],
  ['search "faster resnet"', { text: 'faster resnet' }],
  ['search "camera lite4" by name', { text: 'camera lite4', sort: { column: 'name', descending: false } }],
  ['search "conv_13 finite"', { text: 'conv_13 finite' }],
  ['search "实验"', { text: '实验' }],
  ['search "产线三号"', { text: '产线三号' }],
  ['search "线"', { text: '线' }],
  ['search "re" (the beginning of words)', { text: 're' }],
  ['search "ok" and "edge", starred', { text: 'ok edge', starred: true, status: 'done' }],
  [
    'search "smaller", status done, by accuracy',
    { text: 'smaller', status: 'done', sort: { column: 'accuracyAfter', descending: false } },
  ],
  ['search without a hit', { text: 'nowhere-to-be-found' }],
];

function measure(work: () => unknown): number {
  work();
  const times = Array.from({ length: repetitions }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }).toSorted((a, b) => a - b);
  return times[(repetitions - 1) / 2]!;
}

const folder = mkdtempSync(join(tmpdir(), 'vernier-bench-history-'));
const path = values.keep ?? join(folder, 'history.db');
let store = openStore(path);
try {
  const filling = performance.now();
  if (listRunRows(store, { limit: 1 }).total === 0) {
    // One transaction, for a hundred thousand of them would only measure the disk's fsync.
    writeStore(store, () => fill(store));
    hideRuns(
      store,
      listRunRows(store, { limit: deletedCount, offset: Math.floor(runCount / 10) }).rows.map((row) => row.runId),
      Date.now(),
    );
  }
  const fillingSeconds = (performance.now() - filling) / 1000;
  closeStore(store);
  const opening = performance.now();
  store = openStore(path);
  const openingMs = performance.now() - opening;
  const { total } = listRunRows(store, { limit: 1 });
  process.stdout.write(
    `${total} runs, ${(statSync(path).size / 1e6).toFixed(0)} MB, made in ${fillingSeconds.toFixed(0)} s, opened in ${openingMs.toFixed(0)} ms\n` +
      `a page of ${pageSize}, median of ${repetitions} in ms: at the top, and 90 % down; runs that fit\n\n`,
  );
  const slow: string[] = [];
  for (const [name, filter] of questions) {
    let result: { total: number; rows: readonly RunRow[] } = { total: 0, rows: [] };
    const top = measure(() => (result = listRunRows(store, { ...filter, limit: pageSize })));
    const offset = Math.floor(result.total * 0.9);
    const deep = measure(() => listRunRows(store, { ...filter, limit: pageSize, offset }));
    if (Math.max(top, deep) >= limitMs) slow.push(name);
    process.stdout.write(
      `${top.toFixed(1).padStart(6)} ${deep.toFixed(1).padStart(6)}  ${String(result.total).padStart(7)}  ${name}\n`,
    );
  }
  const someRunId = listRunRows(store, { limit: 1, offset: Math.floor(total / 2) }).rows[0]!.runId;
  for (const reference of ['latest', someRunId.slice(0, 8)]) {
    const ms = measure(() => findRun(store, reference));
    if (ms >= limitMs) slow.push(reference);
    process.stdout.write(
      `${ms.toFixed(1).padStart(6)}                  show ${reference === 'latest' ? reference : 'by 8 characters'}\n`,
    );
  }
  if (slow.length > 0) {
    process.stdout.write(`\nFELL SHORT of ${limitMs} ms: ${slow.join('; ')}\n`);
    process.exitCode = 1;
  } else process.stdout.write(`\nEvery page took less than ${limitMs} ms.\n`);
} finally {
  closeStore(store);
  rmSync(folder, { recursive: true, force: true });
}
