import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { measureRunAgain, prepareMeasuring } from '../../electron/host/measure-again.ts';
import { RunQueue, type QueuedRun } from '../../electron/host/run-queue.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { describeEndedRun, endRun, finishRun, startRun } from '../../electron/store/runs.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { CancelledError } from '../../shared/app-error.ts';
import type { Latency, RunDocument } from '../../shared/run.ts';
import { buildModel, op } from '../engine/build-model.ts';
import { makeDocument, makeFolder, makeRequest } from '../store/run-fixture.ts';

/** A finished run whose two models lie there. */
function finishedRun(context: TestContext, share: number | null) {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const [modelPath, outPath] = [join(folder, 'net.onnx'), join(folder, 'net.int8.onnx')];
  const model = buildModel({ inputs: { x: [1, 4] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')], weights: {} });
  for (const path of [modelPath, outPath]) writeFileSync(path, encodeModel(model));
  const gates = { maxAccuracyDrop: null, maxDrops: {}, minSpeedup: 1.5, maxSizeRatio: null };
  const request = makeRequest({ modelPath, outPath, gates });
  const document = makeDocument(request);
  const compressed = { ...document.model.compressed, path: outPath };
  // As an earlier version wrote it: what it did not know is left out.
  const { effects: _effects, ...known } = request;
  const asked = { ...known, data: { path: '/data/images' } } as unknown as CompressRequest;
  const lock = startRun(store, asked, 1);
  finishRun(
    store,
    {
      ...document,
      model: { ...document.model, compressed },
      latency: { ...document.latency, processorShare: share },
    },
    [],
  );
  lock.release();
  const runId = request.runId;
  const measure = async (speedup: number, processorShare: number): Promise<RunDocument> => {
    const { before, after } = document.latency;
    const latency: Latency = {
      ...document.latency,
      processorShare,
      speedup: { ratio: speedup, ci95: [speedup - 0.1, speedup + 0.1] },
      after: { ...after, medianMs: before.medianMs / speedup },
    };
    return measureRunAgain(store, await prepareMeasuring(store, runId), () =>
      Promise.resolve({ measuredTimestampMs: 1000 + Math.round(speedup * 100), latency }),
    );
  };
  return { store, runId, outPath, modelPath, measure };
}

const marked = ({ measurements }: RunDocument): string =>
  measurements.map(({ speedup, decides }) => `${speedup.ratio}${decides ? '!' : ''}`).join(' ');

void test('the latest quiet measurement decides, and everything that follows from it is made anew', async (context) => {
  const { store, runId, measure } = finishedRun(context, 0.5);
  const before = findRun(store, runId);
  // While none is quiet the latest counts; then none but another quiet one, better or worse.
  assert.match(marked(await measure(1.2, 0.6)), /^\S+ 1.2!$/);
  assert.match(marked(await measure(2.4, 0.98)), /^\S+ 1.2 2.4!$/);
  const renewed = await measure(3, 0.7);
  assert.match(marked(renewed), /^\S+ 1.2 2.4! 3$/);

  const { document, summary } = findRun(store, runId);
  assert.deepEqual(document, renewed, 'the history holds what was answered');
  assert.equal(summary.speedupRatio, 2.4);
  assert.equal(renewed.latency.speedup.ratio, 2.4);
  const row = renewed.ledger.find(({ claim }) => claim === 'latencyMedianMs')!;
  assert.deepEqual([row.ratio, row.ratioCi95], [2.4, renewed.latency.speedup.ci95]);
  assert.match(renewed.verdict[0]!, /2\.40x faster/);
  const stored = (before.document as RunDocument).ledger;
  const isOfTime = ({ claim }: { readonly claim: string }) => claim === 'latencyMedianMs';
  assert.deepEqual(
    renewed.ledger.filter((one) => !isOfTime(one)),
    stored.filter((one) => !isOfTime(one)),
    'size and the like stay',
  );
  assert.deepEqual(renewed.gates.map(({ name, met }) => `${name} ${met}`), ['minSpeedup true']); // prettier-ignore
  assert.equal(summary.gatesMet, true);
  // A worse one that is quiet takes its place: nobody measures until it pleases.
  assert.match(marked(await measure(1.1, 0.99)), / 2.4 3 1.1!$/);
  assert.equal(findRun(store, runId).summary.gatesMet, false);
});

void test('what an earlier version asked for is asked for as this one does', async (context) => {
  const { store, runId } = finishedRun(context, 0.99);
  const { request, job } = await prepareMeasuring(store, runId);
  assert.deepEqual(compressRequestSchema.parse(request), request, 'nothing is missing');
  assert.equal(request.data.labelsPath, null);
  assert.deepEqual(job.request, request);
});

void test('what cannot be measured again is said before anything starts', async (context) => {
  const { store, runId, outPath, modelPath } = finishedRun(context, 0.99);
  const failed = makeRequest();
  const lock = startRun(store, failed, 2);
  const error = { code: 'internal', message: 'no' };
  endRun(store, describeEndedRun(failed, { status: 'failed', startedTimestampMs: 2, durationMs: 1, error }));
  lock.release();
  await assert.rejects(prepareMeasuring(store, failed.runId), { code: 'run-not-found' });
  await assert.rejects(prepareMeasuring(store, 'no-such-run'), { code: 'run-not-found' });
  rmSync(outPath);
  await assert.rejects(prepareMeasuring(store, runId), /compressed model .* is gone/);
  writeFileSync(outPath, 'here again');
  rmSync(modelPath);
  await assert.rejects(prepareMeasuring(store, runId), { code: 'file-not-found' });
  assert.ok(!existsSync(modelPath));
});

void test('whoever waits for a place in the queue learns how it ended', async () => {
  const queue = new RunQueue({
    perform: () => Promise.resolve(),
    onEvents: () => undefined,
    onStatus: () => undefined,
    onChange: () => undefined,
  });
  const run = (runId: string, task?: QueuedRun['task']) =>
    ({ request: { runId, data: {}, recipe: {} }, marks: {}, ...(task && { task }) }) as unknown as QueuedRun;
  const first = queue.add(run('first', () => Promise.reject(new Error('the model is gone'))));
  const waiting = queue.add(run('waiting', () => Promise.resolve()));
  assert.throws(() => queue.add(run('first')), { code: 'options-invalid' });
  assert.deepEqual(queue.list().map(({ work }) => work), ['measure', 'measure']); // prettier-ignore
  assert.ok(queue.cancel('waiting'));
  await assert.rejects(waiting, CancelledError);
  await assert.rejects(first, /the model is gone/);
  await queue.add(run('last'));
});
