import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { assertReplaceable, recordRun } from '../../electron/host/record-run.ts';
import { isOwnArtifact, listArtifacts } from '../../electron/store/artifacts.ts';
import { listGarbage } from '../../electron/store/collect-garbage.ts';
import { nameOfGarbage } from '../../electron/store/garbage.ts';
import { purgeRuns } from '../../electron/store/delete-runs.ts';
import { describeEndedRun, endRun, noteStage, startRun } from '../../electron/store/runs.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RunDocument } from '../../shared/run.ts';
import { makeDocument, makeFolder, makeRequest } from '../store/run-fixture.ts';

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Records a run that writes a model, with a file beside it, and says how large its result is in all. */
async function recordModel(context: TestContext, sizeBytes: number) {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const request = makeRequest({ outPath: join(folder, 'net.onnx') });
  const { historyError } = await recordRun(store, request, {
    onEvent: () => undefined,
    onUnrecordedEnd: (error) => {
      throw error;
    },
    onWarning: () => undefined,
    compress: () => {
      writeFileSync(request.outPath, 'graph');
      writeFileSync(`${request.outPath}.data`, 'weights');
      const document = makeDocument(request);
      const { model } = document;
      const compressed = { ...model.compressed, path: request.outPath, sizeBytes };
      return Promise.resolve({ ...document, model: { ...model, compressed } } satisfies RunDocument);
    },
  });
  assert.equal(historyError, null);
  return listArtifacts(store, request.runId).map(({ kind, sha256 }) => ({ kind, sha256 }));
}

void test('a model is recorded with the file that holds its weights', async (context) => {
  assert.deepEqual(await recordModel(context, 'graph'.length + 'weights'.length), [
    { kind: 'model', sha256: sha256Of('graph') },
    { kind: 'model-data', sha256: sha256Of('weights') },
  ]);
});

void test('the float model as prepared is recorded where it was kept, and goes with its run', async (context) => {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const preparedPath = join(folder, 'net.prepared.onnx');
  const request = makeRequest({ outPath: join(folder, 'net.onnx'), preparedPath });
  // Files outside Vernier's own folders are removed only while they carry its stamp.
  const stamped = (text: string): string => `${text} vernier.original_sha256`;
  const { historyError } = await recordRun(store, request, {
    onEvent: () => undefined,
    onUnrecordedEnd: (error) => {
      throw error;
    },
    onWarning: () => undefined,
    compress: () => {
      writeFileSync(request.outPath, stamped('compressed'));
      writeFileSync(preparedPath, stamped('float'));
      const document = makeDocument(request);
      const prepared = {
        changed: true,
        sizeBytes: 29,
        nodesBefore: 3,
        nodesAfter: 2,
        path: preparedPath,
        sha256: null,
      };
      const compressed = { ...document.model.compressed, sizeBytes: 34 };
      return Promise.resolve({ ...document, model: { ...document.model, compressed, prepared } } satisfies RunDocument);
    },
  });
  assert.equal(historyError, null);
  assert.deepEqual(
    listArtifacts(store, request.runId)
      .map(({ kind, path }) => [kind, path])
      .toSorted(),
    [
      ['model', request.outPath],
      ['prepared', preparedPath],
    ],
  );
  assert.ok(isOwnArtifact(store, preparedPath), 'the next run may replace it');
  writeFileSync(preparedPath, 'of somebody else');
  assert.equal(isOwnArtifact(store, preparedPath), false);
  const replace = (changes: Partial<{ path: string; otherPath: string | null }>) => () =>
    assertReplaceable(
      { path: preparedPath, modelPath: '/models/net.onnx', otherPath: request.outPath, ...changes },
      false,
      store,
      { what: tell('outputOption', { option: '--keep-prepared' }), otherwise: tell('otherwiseKeepPrepared') },
    );
  assert.throws(replace({}), { code: 'file-exists' });
  assert.throws(replace({ path: request.outPath }), { code: 'options-invalid', message: /would be the same file/ });
  writeFileSync(preparedPath, stamped('float'));
  assert.doesNotThrow(replace({}));
  purgeRuns(store, [request.runId]);
  assert.deepEqual([existsSync(request.outPath), existsSync(preparedPath)], [false, false]);
});

void test('what a run that was stopped left of both its models is named by gc', (context) => {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const request = makeRequest({ outPath: join(folder, 'net.onnx'), preparedPath: join(folder, 'net.prepared.onnx') });
  const lock = startRun(store, request, Date.now() - 1000);
  noteStage(store, request.runId, 'judge', Date.now() - 500);
  for (const path of [request.outPath, request.preparedPath!]) writeFileSync(path, 'graph vernier.original_sha256');
  writeFileSync(join(folder, 'net.prepared.onnx.0123456789ab.tmp'), 'half');
  const error = { code: 'engine-crashed', message: 'gone' } as const;
  endRun(store, describeEndedRun(request, { status: 'failed', startedTimestampMs: 1, durationMs: 1, error }));
  lock.release();
  assert.deepEqual(
    listGarbage(store, { deletedForDays: 30 })
      .map(nameOfGarbage)
      .filter((name) => name.startsWith(folder))
      .map((name) => name.slice(folder.length + 1))
      .toSorted(),
    ['net.onnx', 'net.prepared.onnx', 'net.prepared.onnx.0123456789ab.tmp'],
  );
});

void test('a file beside a model that holds its own weights is not recorded', async (context) => {
  assert.deepEqual(await recordModel(context, 'graph'.length), [{ kind: 'model', sha256: sha256Of('graph') }]);
});

void test('a run that fails keeps what the engine told on the way, the last lines of it', async (context) => {
  const store = openStore(join(makeFolder(context), 'history.db'));
  context.after(() => closeStore(store));
  const request = makeRequest({ outPath: join(makeFolder(context), 'net.onnx') });
  const progress = { type: 'progress', done: 0, total: 1, unit: 'samples', detail: '' } as const;
  const failure = new Error('out of memory');
  await assert.rejects(
    recordRun(store, request, {
      onEvent: () => undefined,
      onUnrecordedEnd: (error) => {
        throw error;
      },
      onWarning: () => undefined,
      compress: (onEvent) => {
        for (let index = 0; index < 300; index += 1) onEvent({ type: 'log', level: 'info', message: `line ${index}` });
        for (const done of [0, 1]) onEvent({ ...progress, stage: 'calibrate', done });
        onEvent({ type: 'log', level: 'warning', message: 'Opset 9 was converted to 21.' });
        return Promise.reject(failure);
      },
    }),
    failure,
  );
  const { document } = findRun(store, request.runId);
  assert.ok(document?.status === 'failed');
  assert.equal(document.log.length, 200);
  assert.deepEqual(
    document.log.slice(-3).map(({ kind, level, message }) => [kind, level, message]),
    [
      ['message', 'info', 'line 299'],
      ['stage', 'info', 'calibrate'],
      ['message', 'warning', 'Opset 9 was converted to 21.'],
    ],
  );
  assert.ok(document.log.every(({ atMs }) => atMs >= 0));
});
