import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describeArtifact, isOwnArtifact, listArtifacts } from '../../electron/store/artifacts.ts';
import type { Store } from '../../electron/store/database.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { acquireRunLock, isRunAlive } from '../../electron/store/run-lock.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { describeEndedRun, endRun, finishRun, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeFolder, makeRequest } from './run-fixture.ts';

function makeStore(context: TestContext): Store {
  const store = openStore(join(makeFolder(context), 'vernier.db'));
  context.after(() => closeStore(store));
  return store;
}

/** Starts a process that owns a running run, and waits until it is recorded. */
async function startHangingRun(
  context: TestContext,
  path: string,
): Promise<{ runId: string; kill: () => Promise<void> }> {
  const writer = new URL('./writer-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [writer, path, 'hang'], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const runId = await new Promise<string>((resolve) =>
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim())),
  );
  return {
    runId,
    kill: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

void test('a run is running from the start and comes back whole when it is done', (context) => {
  const store = makeStore(context);
  const request = makeRequest();
  const lock = startRun(store, request, 1_700_000_000_000);
  assert.equal(findRun(store, request.runId).summary.status, 'running');
  assert.equal(findRun(store, request.runId).document, null);

  const model = join(store.path, '..', 'net.int8.onnx');
  writeFileSync(model, 'weights');
  const document = makeDocument(request);
  finishRun(store, document, [describeArtifact('model', model)]);
  lock.release();

  const run = findRun(store, 'latest');
  assert.deepEqual(run.document, document);
  assert.equal(run.summary.status, 'done');
  assert.equal(run.summary.speedupRatio, 2);
  assert.equal(run.summary.sizeBytesBefore, 4000);
  assert.equal(run.summary.accuracyAfter, 0.835);
  assert.equal(run.summary.randomData, false);
  assert.equal(run.summary.gatesMet, null);

  const count = (table: string) => store.database.prepare(`select count(*) from ${table}`).pluck().get();
  assert.equal(count('layers'), 2);
  assert.equal(count('ledger'), 2);
  assert.equal(count('samples'), 6);
  const [artifact] = listArtifacts(store, request.runId);
  assert.equal(artifact?.path, model);
  assert.equal(artifact.sizeBytes, 7);
  assert.match(artifact.sha256, /^[0-9a-f]{64}$/);
  assert.equal(existsSync(`${store.path}-running`), false);

  store.database.prepare('delete from runs').run();
  assert.equal(count('layers'), 0);
});

void test('a finished run is stored entirely or not at all', (context) => {
  const store = makeStore(context);
  const request = makeRequest();
  const lock = startRun(store, request, 0);
  context.after(() => lock.release());
  const document = makeDocument(request);
  // The last table written refuses: everything before it must be taken back.
  const broken = { ...describeArtifact('model', process.execPath), sha256: 'too short' };
  assert.throws(() => finishRun(store, document, [broken]), /CHECK/);
  assert.equal(findRun(store, request.runId).summary.status, 'running');
  assert.equal(store.database.prepare('select count(*) from layers').pluck().get(), 0);
});

void test('failed and cancelled runs keep what was asked for and why they ended', (context) => {
  const store = makeStore(context);
  const request = makeRequest({ threads: 2 });
  const lock = startRun(store, request, 1000);
  const error = { code: 'disk-full', message: 'The disk is full.' };
  const document = describeEndedRun(request, { status: 'failed', startedTimestampMs: 1000, durationMs: 250, error });
  endRun(store, document);
  lock.release();
  const run = findRun(store, request.runId);
  assert.deepEqual(run.document, document);
  assert.equal(run.summary.errorCode, 'disk-full');
  assert.equal(run.summary.durationMs, 250);
  assert.equal(document.threads, 2);
});

void test('a run whose process was killed becomes failed when the history is next opened', async (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  const { runId, kill } = await startHangingRun(context, path);

  const during = openStore(path);
  assert.equal(findRun(during, runId).summary.status, 'running', 'a living run is left alone');
  closeStore(during);

  await kill();
  const after = openStore(path);
  context.after(() => closeStore(after));
  const { summary, document } = findRun(after, runId);
  assert.equal(summary.status, 'failed');
  assert.equal(document?.status, 'failed');
  assert.match(summary.errorMessage ?? '', /process ended before the run was finished.*calibrate/);
  assert.ok((summary.durationMs ?? 0) >= 4000, 'lasted until it was last seen');
  assert.equal(existsSync(`${path}-running`), false);
});

void test('a run is held until it is let go, also when memory is tidied up', async (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  acquireRunLock(path, 'forgotten');
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  assert.ok(isRunAlive(path, 'forgotten'));
});

void test('killed at any moment of writing, the history stays whole and nothing stays running', async (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  const writer = new URL('./writer-process.ts', import.meta.url).pathname;
  // From about when the file comes to be (the first) to the middle of a busy history.
  for (const delayMs of [0, 1, 3, 10, 20, 35, 60, 100, 300]) {
    const child = spawn(process.execPath, [writer, path, '100000'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill('SIGKILL');
    await gone;
    const store = openStore(path);
    assert.equal(store.database.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(listRuns(store, { status: 'running' }), []);
    for (const run of listRuns(store)) assert.notEqual(findRun(store, run.runId).document, null);
    closeStore(store);
    assert.equal(existsSync(`${path}-running`), false);
  }
});

void test('a living run of this very process is not taken for dead', (context) => {
  const store = makeStore(context);
  const request = makeRequest();
  const lock = startRun(store, request, 0);
  const second = openStore(store.path);
  assert.equal(findRun(second, request.runId).summary.status, 'running');
  closeStore(second);
  lock.release();
});

void test('runs are found by id, by a beginning nobody shares, and as latest', (context) => {
  const store = makeStore(context);
  for (const [index, runId] of ['aaaa1111', 'aaaa2222', 'bbbb3333', 'bbbb33334444'].entries()) {
    startRun(store, makeRequest({ runId }), index).release();
  }
  const find = (reference: string) => findRun(store, reference).summary.runId;
  assert.equal(find('aaaa1'), 'aaaa1111');
  assert.equal(find('bbbb3333'), 'bbbb3333', 'a whole id wins over a longer one that begins with it');
  assert.equal(find('latest'), 'bbbb33334444');
  const notFound = (pattern: RegExp) => (error: unknown) => {
    assert.equal((error as { code: string }).code, 'run-not-found');
    assert.match((error as Error).message, pattern);
    return true;
  };
  assert.throws(() => find('aaaa'), notFound(/more than one run \(aaaa1111, aaaa2222/));
  assert.throws(() => find('aaa'), notFound(/at least 4/));
  assert.throws(() => find('%'), notFound(/No run in ".*" begins with "%"/));
  assert.throws(() => findRun(openEmpty(context), 'latest'), notFound(/The history ".*" is empty/));
});

void test('latest is the last run that has ended, however it ended; while none has, the one that is going', (context) => {
  const store = makeStore(context);
  const latest = () => findRun(store, 'latest').summary.runId;
  const start = (runId: string) => {
    const request = makeRequest({ runId });
    return { request, lock: startRun(store, request, 0) };
  };
  const first = start('first-run');
  assert.equal(latest(), 'first-run');
  finishRun(store, makeDocument(first.request), []);
  first.lock.release();
  const second = start('second-run');
  assert.equal(latest(), 'first-run');
  const error = { code: 'out-of-memory', message: 'There was not enough memory.' };
  endRun(store, describeEndedRun(second.request, { status: 'failed', startedTimestampMs: 0, durationMs: 1, error }));
  second.lock.release();
  assert.equal(latest(), 'second-run', 'a failed run does not turn it back');
});

function openEmpty(context: TestContext): Store {
  return makeStore(context);
}

void test('the list is newest first and filters by status, model and text', (context) => {
  const store = makeStore(context);
  const paths = ['/m/mobilenet.onnx', '/m/res_net.onnx', '/m/resXnet.onnx'];
  const requests = paths.map((modelPath) => makeRequest({ modelPath }));
  for (const [index, request] of requests.entries()) {
    const lock = startRun(store, request, 1000 * index);
    if (index === 0) finishRun(store, makeDocument(request), []);
    lock.release();
  }
  const models = (filter: Parameters<typeof listRuns>[1]) => listRuns(store, filter).map((run) => run.modelPath);
  assert.deepEqual(models({}), paths.toReversed());
  assert.deepEqual(models({ limit: 1 }), [paths[2]]);
  assert.deepEqual(models({ status: 'done' }), [paths[0]]);
  assert.deepEqual(models({ model: 'res_net' }), [paths[1]], 'an underscore is no wildcard');
  assert.deepEqual(models({ model: 'aaaaaa' }), [paths[0]], 'by the beginning of the sha256');
  assert.deepEqual(models({ text: 'TWICE AS FAST' }), [paths[0]], 'in the verdict');
  assert.deepEqual(models({ text: '%' }), []);
});

void test('only an unchanged file of an earlier run counts as our own', (context) => {
  const store = makeStore(context);
  const request = makeRequest();
  const lock = startRun(store, request, 0);
  const path = join(store.path, '..', 'out.onnx');
  writeFileSync(path, 'ours');
  assert.equal(isOwnArtifact(store, path), false);
  finishRun(store, makeDocument(request), [describeArtifact('model', path)]);
  lock.release();
  assert.equal(isOwnArtifact(store, path), true);
  writeFileSync(path, 'edited');
  assert.equal(isOwnArtifact(store, path), false);
});
