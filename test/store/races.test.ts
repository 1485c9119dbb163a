import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { importBundle } from '../../electron/host/import-bundle.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { describeArtifact, listArtifacts } from '../../electron/store/artifacts.ts';
import { backUpTo } from '../../electron/store/backups.ts';
import { listGarbage, removeGarbage } from '../../electron/store/collect-garbage.ts';
import type { Store } from '../../electron/store/database.ts';
import { hideRuns, purgeRuns, restoreRuns } from '../../electron/store/delete-runs.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { announceFile, beginFileWork } from '../../electron/store/pending-files.ts';
import { modelsFolder } from '../../electron/store/places.ts';
import { restoreBackup } from '../../electron/store/restore-backup.ts';
import { updateMarks } from '../../electron/store/run-marks.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { finishRun, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeFolder, makeRequest, stamp } from './run-fixture.ts';

/** What one does between two steps of another. */

function openHistory(context: TestContext, path: string): Store {
  const store = openStore(path);
  context.after(() => closeStore(store));
  return store;
}

const aModel = `a compressed model ${stamp}`;
const runId = '0c5e2b1a-0000-4000-8000-000000000001';
const otherId = '0c5e2b1a-0000-4000-8000-000000000002';

function finish(store: Store, request: ReturnType<typeof makeRequest>): void {
  const lock = startRun(store, request, 1);
  writeFileSync(request.outPath, aModel);
  finishRun(store, makeDocument(request), [describeArtifact('model', request.outPath)]);
  lock.release();
}

/** A bundle of one run with its model. */
async function makeBundle(folder: string): Promise<string> {
  const model = join(folder, 'net.int8.onnx');
  writeFileSync(model, aModel);
  const document = makeDocument(makeRequest({ runId }));
  const path = join(folder, 'runs.vernier');
  await writeBundle(
    path,
    [{ document, marks: { name: '', notes: '', tags: [], starred: false }, modelPaths: [model] }],
    'Vernier',
  );
  return path;
}

/** How many turns of the event loop something takes. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  const over = work.then(() => true);
  for (let turns = 0; ; turns += 1) if (await Promise.race([over, setImmediate(false)])) return turns;
}

void test('a run that is brought back while gc asks stays', (context) => {
  const store = openHistory(context, join(makeFolder(context), 'history.db'));
  finish(store, makeRequest({ runId, outPath: join(dirname(store.path), 'net.onnx') }));
  hideRuns(store, [runId], 1);
  const garbage = listGarbage(store, { deletedForDays: 0 });
  assert.equal(garbage.filter(({ kind }) => kind === 'deleted-run').length, 1);
  restoreRuns(store, [runId]);
  assert.equal(removeGarbage(store, garbage).runCount, 0);
  assert.equal(listRuns(store).length, 1);
  assert.ok(existsSync(join(dirname(store.path), 'net.onnx')));
});

void test('a model that a killed import left is kept when another import has taken it over', async (context) => {
  const folder = makeFolder(context);
  const store = openHistory(context, join(folder, 'history.db'));
  const bundle = await makeBundle(folder);
  const models = modelsFolder(store.path);
  const target = join(models, runId, 'net.int8.onnx');
  const announce = () => {
    const work = beginFileWork(store);
    announceFile(store, work, {
      path: target,
      purpose: 'import',
      sha256: [describeArtifact('model', target)][0]!.sha256,
    });
    // Killed: the lock is gone, the entry stays.
    work.release();
  };
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, aModel);
  announce();
  const named = listGarbage(store, { deletedForDays: 30 });
  assert.deepEqual(
    named.map((item) => item.kind === 'file' && item.path),
    [target],
  );
  await importBundle(store, bundle, models);
  // Once more, by an import that was killed before it saw that everything is there.
  announce();
  assert.deepEqual(listGarbage(store, { deletedForDays: 30 }), []);
  removeGarbage(store, named);
  assert.ok(existsSync(target));
});

void test('a folder that an import fills while gc asks stays', (context) => {
  const store = openHistory(context, join(makeFolder(context), 'history.db'));
  const folder = join(modelsFolder(store.path), otherId);
  mkdirSync(folder, { recursive: true });
  const garbage = listGarbage(store, { deletedForDays: 30 });
  assert.equal(garbage.length, 1);
  const work = beginFileWork(store);
  announceFile(store, work, { path: join(folder, 'net.onnx'), purpose: 'import', sha256: null });
  const { kept } = removeGarbage(store, garbage);
  work.release();
  assert.deepEqual(kept, [{ path: folder, reason: 'another run uses it' }]);
  assert.ok(existsSync(folder));
});

void test('a model is not removed with its run while another run is about to write it', (context) => {
  const store = openHistory(context, join(makeFolder(context), 'history.db'));
  const outPath = join(dirname(store.path), 'net.onnx');
  finish(store, makeRequest({ runId, outPath }));
  const again = makeRequest({ runId: otherId, outPath });
  const lock = startRun(store, again, 2);
  // The same recipe writes the same bytes: it may have done so already.
  assert.equal(purgeRuns(store, [runId]).files[0]?.outcome, 'used');
  assert.ok(existsSync(outPath));
  finishRun(store, makeDocument(again), [describeArtifact('model', outPath)]);
  lock.release();
  assert.equal(purgeRuns(store, [otherId]).files[0]?.outcome, 'removed');
});

void test('deleted in the middle of its import, a run is there with its model or not at all', async (context) => {
  const folder = makeFolder(context);
  const store = openHistory(context, join(folder, 'history.db'));
  const other = openHistory(context, store.path);
  const bundle = await makeBundle(folder);
  const models = modelsFolder(store.path);
  await importBundle(store, bundle, models);
  const steps = 20;
  for (let step = 0; step < steps; step += 1) {
    // The deletion comes after a larger part of the import each time.
    const turns = await countTurns(importBundle(store, bundle, models));
    const importing = importBundle(store, bundle, models);
    for (let turn = 0; turn < (turns * step) / steps; turn += 1) await setImmediate();
    purgeRuns(other, [runId]);
    await importing;
    const files = listRuns(store).flatMap((run) => listArtifacts(store, run.runId));
    for (const { path } of files) assert.ok(existsSync(path), `deleted in step ${step}, its model is gone`);
    assert.equal(existsSync(join(models, runId)), files.length > 0, `in step ${step} a folder was left`);
    assert.deepEqual(listGarbage(store, { deletedForDays: 30 }), []);
    await importBundle(store, bundle, models);
  }
});

void test('what is noted while a backup is restored is in the history or in the copy of before', async (context) => {
  const folder = makeFolder(context);
  const store = openHistory(context, join(folder, 'history.db'));
  finish(store, makeRequest({ runId, outPath: join(folder, 'net.onnx') }));
  const backup = join(folder, 'backup.db');
  await backUpTo(store, backup);
  const window = openHistory(context, store.path);
  const restoring = restoreBackup(store.path, backup);
  updateMarks(window, runId, { tags: ['noted meanwhile'] });
  const { previousPath } = await restoring;
  assert.deepEqual(listRuns(store)[0]?.tags, []);
  const previous = openHistory(context, previousPath!);
  assert.deepEqual(listRuns(previous)[0]?.tags, ['noted meanwhile']);
});

void test('a run that begins while a backup is restored stops that', async (context) => {
  const folder = makeFolder(context);
  const store = openHistory(context, join(folder, 'history.db'));
  const backup = join(folder, 'backup.db');
  await backUpTo(store, backup);
  const restoring = restoreBackup(store.path, backup);
  const lock = startRun(store, makeRequest({ runId }), 1);
  await assert.rejects(restoring, { code: 'database-busy' });
  assert.equal(listRuns(store)[0]?.status, 'running');
  lock.release();
});

void test('nothing is written to a history that was moved away or replaced under an open window', (context) => {
  const folder = makeFolder(context);
  const path = join(folder, 'history.db');
  const store = openHistory(context, path);
  startRun(store, makeRequest({ runId }), 1).release();
  renameSync(path, join(folder, 'aside.db'));
  const note = () => updateMarks(store, runId, { name: 'lost?' });
  assert.throws(note, {
    code: 'database-unwritable',
    message: /was moved or deleted while it was open.*nothing was written/,
  });
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  openHistory(context, path);
  assert.throws(note, { code: 'database-unwritable', message: /was replaced while it was open/ });
});
