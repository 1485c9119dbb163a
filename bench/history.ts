/**
 * `npm run bench:history`: a history of 100,000 runs, and what a page of 100 of it costs: listed, sorted by every column,
 * filtered and searched, the first page and the one furthest from both ends. Exits with 1 when a page takes 50 ms or more (median of 9).
 * `npm run bench:history -- --runs 10000 --keep FILE` for a smaller one, and to keep it.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSortColumns } from '../shared/contract/requests.ts';
import type { RunRow } from '../shared/contract/results.ts';
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
        ...base.model,
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

/** A change by someone else, so that nothing is answered from memory. */
function changeHistory(): void {
  writeStore(other, (database) =>
    database.prepare(`insert or replace into facts (name, value) values ('changed', random())`).run(),
  );
}

interface Cost {
  readonly wallMs: number;
  readonly processorMs: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2]!;
}

function measure(work: () => unknown, prepare: () => void = () => undefined): Cost {
  work();
  const costs = Array.from({ length: repetitions }, (): Cost => {
    prepare();
    const cpu = process.cpuUsage();
    const started = performance.now();
    work();
    const wallMs = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs, processorMs: (user + system) / 1000 };
  });
  return {
    wallMs: median(costs.map((cost) => cost.wallMs)),
    processorMs: median(costs.map((cost) => cost.processorMs)),
  };
}

/** Other programs make everything here wait; then the processor's time is what can be told. */
const isBusy = loadavg()[0]! > availableParallelism();
const judgedMs = (cost: Cost) => (isBusy ? cost.processorMs : cost.wallMs);
const tell = (cost: Cost) => `${cost.wallMs.toFixed(1).padStart(7)} ${cost.processorMs.toFixed(1).padStart(6)}`;

const folder = mkdtempSync(join(tmpdir(), 'vernier-bench-history-'));
const path = values.keep ?? join(folder, 'history.db');
let store = openStore(path);
let other = store;
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
  other = openStore(path);
  const { total } = listRunRows(store, { limit: 1 });
  process.stdout.write(
    `${total} runs, ${(statSync(path).size / 1e6).toFixed(0)} MB, made in ${fillingSeconds.toFixed(0)} s, opened in ${openingMs.toFixed(0)} ms\n` +
      `Medians of ${repetitions} in ms, as time and as processor time, for a page of ${pageSize} runs: the first, asked anew; ` +
      `the one in the middle, scrolled to; and how many runs fit.\n` +
      (isBusy
        ? `Other programs keep this machine busy (load ${loadavg()[0]!.toFixed(1)}): judged by processor time.\n\n`
        : '\n'),
  );
  const slow: string[] = [];
  for (const [name, filter] of questions) {
    let result: { total: number; rows: readonly RunRow[] } = { total: 0, rows: [] };
    const top = measure(() => (result = listRunRows(store, { ...filter, limit: pageSize })), changeHistory);
    const deep = measure(() =>
      listRunRows(store, { ...filter, limit: pageSize, offset: Math.floor(result.total / 2) }),
    );
    if (Math.max(judgedMs(top), judgedMs(deep)) >= limitMs) slow.push(name);
    process.stdout.write(`${tell(top)}   ${tell(deep)}  ${String(result.total).padStart(7)}  ${name}\n`);
  }
  const someRunId = listRunRows(store, { limit: 1, offset: Math.floor(total / 2) }).rows[0]!.runId;
  for (const reference of ['latest', someRunId.slice(0, 8)]) {
    const cost = measure(() => findRun(store, reference));
    if (judgedMs(cost) >= limitMs) slow.push(reference);
    process.stdout.write(
      `${tell(cost)}                            show ${reference === 'latest' ? reference : 'by 8 characters'}\n`,
    );
  }
  if (slow.length > 0) {
    process.stdout.write(`\nFELL SHORT of ${limitMs} ms: ${slow.join('; ')}\n`);
    process.exitCode = 1;
  } else process.stdout.write(`\nEvery page took less than ${limitMs} ms.\n`);
} finally {
  if (other !== store) closeStore(other);
  closeStore(store);
  rmSync(folder, { recursive: true, force: true });
}
