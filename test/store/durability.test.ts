import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AppError, showTold } from '../../shared/app-error.ts';
import { describeArtifact } from '../../electron/store/artifacts.ts';
import { backUpDaily, backUpTo, listBackups } from '../../electron/store/backups.ts';
import { checkStore } from '../../electron/store/check-store.ts';
import { describeClockProblem } from '../../electron/store/clock.ts';
import type { Store } from '../../electron/store/database.ts';
import { findDamaged } from '../../electron/store/damage.ts';
import { hideRuns, purgeRuns, restoreRuns } from '../../electron/store/delete-runs.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { importRun } from '../../electron/store/import-runs.ts';
import { openDatabase } from '../../electron/store/open-database.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import {
  examineBackup,
  findNewestBackup,
  restoreBackup,
  setDamagedAside,
} from '../../electron/store/restore-backup.ts';
import { acquireRunLock } from '../../electron/store/run-lock.ts';
import { updateMarks } from '../../electron/store/run-marks.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { finishRun, startRun } from '../../electron/store/runs.ts';
import { runVernier } from '../cli/fixtures.ts';
import { damage } from './damage-file.ts';
import { makeDocument, makeFolder, makeRequest, stamp } from './run-fixture.ts';

function openHistory(context: TestContext, folder = makeFolder(context)): Store {
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  return store;
}

/** A finished run that wrote `content` to `path`. */
function addRun(store: Store, runId: string, startedTimestampMs = 1000, path?: string, content = runId): void {
  const request = makeRequest({ runId, ...(path !== undefined && { outPath: path }) });
  const lock = startRun(store, request, startedTimestampMs);
  if (path !== undefined) writeFileSync(path, `${content} ${stamp}`);
  finishRun(store, makeDocument(request), path === undefined ? [] : [describeArtifact('model', path)]);
  lock.release();
}

function catchAppError(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  return assert.fail('nothing was thrown');
}

void test('a damaged history says so at the start, names its last backup, and restoring that brings the runs back', async (context) => {
  const folder = makeFolder(context);
  const path = join(folder, 'history.db');
  const store = openStore(path);
  for (let index = 0; index < 20; index += 1) addRun(store, `run-${index}`);
  const backup = await backUpDaily(store);
  assert.ok(backup !== null);
  closeStore(store);
  damage(path);

  const error = catchAppError(() => openStore(path));
  assert.equal(error.code, 'database-corrupt');
  assert.match(error.message, /is damaged.*backup of 20\d\d-.* with 20 runs.*vernier restore latest/);
  assert.equal(findDamaged(error)?.backup?.path, backup);

  const damaged = readFileSync(path);
  const { previousPath } = await restoreBackup(path, findNewestBackup(path)!.path);
  assert.deepEqual(readFileSync(previousPath!), damaged, 'the damaged file is kept');
  const again = openHistory(context, folder);
  assert.equal(listRuns(again).length, 20);
  assert.equal(listRuns(again, { text: 'twice as fast' }).length, 20, 'with its index');
});

void test('a damaged history without a backup says what to do, and is kept when an empty one takes its place', (context) => {
  const folder = makeFolder(context);
  const path = join(folder, 'history.db');
  const store = openStore(path);
  for (let index = 0; index < 20; index += 1) addRun(store, `run-${index}`);
  closeStore(store);
  damage(path);
  const error = catchAppError(() => openStore(path));
  assert.match(
    error.message,
    /is damaged.*There is no backup of it\. Move it away.*vernier restore FILE.*--database FILE/,
  );
  assert.equal(findDamaged(error)?.backup, null);

  const damaged = readFileSync(path);
  const lock = acquireRunLock(path, 'somebody');
  assert.throws(() => setDamagedAside(path), { code: 'database-busy' });
  lock.release();
  const keptPath = setDamagedAside(path);
  assert.deepEqual(readFileSync(keptPath!), damaged);
  assert.deepEqual(listRuns(openHistory(context, folder)), []);
});

void test('doctor reads all of a history, and says of damage what can be done', async (context) => {
  const folder = makeFolder(context);
  const path = join(folder, 'history.db');
  const store = openStore(path);
  addRun(store, 'a-run');
  await backUpDaily(store);
  closeStore(store);
  // How many pages are free, in the file's header: no table is the worse for it, so opening finds nothing.
  const content = readFileSync(path);
  content.writeUInt32BE(7, 36);
  writeFileSync(path, content);
  const { problem } = checkStore(path);
  assert.match(problem ?? '', /is damaged.*backup of 20\d\d-.* with 1 run.*vernier restore latest/s);
});

void test('a database of another program is never taken for a damaged history', (context) => {
  const path = join(makeFolder(context), 'history.db');
  const foreign = openDatabase(path);
  foreign.exec('create table t (x)');
  foreign.close();
  assert.equal(findDamaged(catchAppError(() => openStore(path))), null);
});

void test('a damaged history makes no backup, and the good ones stay', async (context) => {
  const folder = makeFolder(context);
  const first = openStore(join(folder, 'history.db'));
  for (let index = 0; index < 40; index += 1) addRun(first, `run-${index}`);
  const good = join(folder, 'good.db');
  await backUpTo(first, good);
  closeStore(first);
  damage(first.path);
  // As a program has it that opened the history before the disk failed, and reads on.
  const store: Store = { ...first, database: openDatabase(first.path) };
  context.after(() => closeStore(store));
  await assert.rejects(backUpTo(store, good), { code: 'database-corrupt' });
  assert.equal(examineBackup(good).runCount, 40);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    [],
  );
});

void test('there is one backup a day, the last five are kept, and one from the future does not stop them', async (context) => {
  const store = openHistory(context);
  addRun(store, 'run-1');
  const day = 24 * 60 * 60 * 1000;
  const now = Date.UTC(2026, 10, 26, 12);
  context.mock.timers.enable({ apis: ['Date'], now });
  assert.ok((await backUpDaily(store)) !== null);
  assert.equal(await backUpDaily(store), null, 'one a day is enough');
  for (let index = 1; index <= 7; index += 1) {
    context.mock.timers.setTime(now + index * day);
    assert.ok((await backUpDaily(store)) !== null);
  }
  assert.equal(listBackups(store.path).length, 5);
  context.mock.timers.setTime(now - 30 * day);
  assert.ok((await backUpDaily(store)) !== null, 'after the clock was set back');
});

void test('a backup is copied and checked in a thread of its own: a window goes on meanwhile', async (context) => {
  const store = openHistory(context);
  addRun(store, 'run-1');
  // As large as some thousands of runs.
  store.database.exec('create table ballast (content blob) strict');
  const insert = store.database.prepare('insert into ballast values (randomblob(1000000))');
  for (let index = 0; index < 60; index += 1) insert.run();
  const [ofThread, ofProcess] = [process.threadCpuUsage(), process.cpuUsage()];
  assert.ok((await backUpDaily(store)) !== null);
  const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;
  // Processor time, which other programs do not lengthen.
  const share = sum(process.threadCpuUsage(ofThread)) / sum(process.cpuUsage(ofProcess));
  assert.ok(share < 0.25, `${(100 * share).toFixed(0)} % of the work was done in the thread of the window`);
});

void test('restoring into a living history is seen by others at once, and can be taken back', async (context) => {
  const store = openHistory(context);
  const other = openHistory(context, join(store.path, '..'));
  addRun(store, 'run-before');
  const path = join(store.path, '..', 'kept.db');
  await backUpTo(store, path);
  addRun(store, 'run-after');
  const { previousPath, runCount } = await restoreBackup(store.path, path);
  assert.equal(runCount, 1);
  assert.deepEqual(
    listRuns(other).map((run) => run.runId),
    ['run-before'],
  );
  await restoreBackup(store.path, previousPath!);
  assert.equal(listRuns(other).length, 2);
  assert.equal(listRuns(store).length, 2);
});

void test('nothing is restored while a run is going, and nothing that is no good history', async (context) => {
  const store = openHistory(context);
  const path = join(store.path, '..', 'kept.db');
  await backUpTo(store, path);
  const lock = startRun(store, makeRequest(), 0);
  await assert.rejects(restoreBackup(store.path, path), { code: 'database-busy', message: /Wait for it to end/ });
  lock.release();
  writeFileSync(join(store.path, '..', 'text.db'), 'no history');
  await assert.rejects(restoreBackup(store.path, join(store.path, '..', 'text.db')), { code: 'database-corrupt' });
  await assert.rejects(restoreBackup(store.path, join(store.path, '..', 'nothing.db')), { code: 'file-not-found' });
});

void test('a clock that was set back is spoken of, and `latest` stays the run recorded last', (context) => {
  const store = openHistory(context);
  addRun(store, 'of-tomorrow', Date.UTC(2026, 10, 27));
  const now = Date.UTC(2026, 10, 26);
  assert.match(showTold(describeClockProblem(store, now)!).message, /clock.*2026-11-26.*2026-11-27.*set back/s);
  addRun(store, 'of-today', now);
  assert.equal(findRun(store, 'latest').summary.runId, 'of-today');
  assert.equal(describeClockProblem(store, now + 1000), null, 'said once');
});

void test('a history in a read-only folder is read, and says why it is not written', (context) => {
  const folder = makeFolder(context);
  const readOnly = join(folder, 'medium');
  mkdirSync(readOnly);
  const path = join(readOnly, 'history of mine.db');
  const first = openStore(path);
  addRun(first, 'run-1');
  closeStore(first);
  const isRoot = process.getuid?.() === 0;
  // Root may write everywhere but to what is mounted read-only.
  if (isRoot) {
    const mounted = spawnSync('bash', ['-c', 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', readOnly]);
    if (mounted.status !== 0) {
      spawnSync('umount', [readOnly]);
      context.skip('NOT TESTED: mounting a folder read-only is not allowed here');
      return;
    }
  } else {
    chmodSync(path, 0o444);
    chmodSync(readOnly, 0o555);
  }
  try {
    const store = openStore(path);
    assert.equal(store.readOnlyReason?.code, 'database-unwritable');
    assert.match(store.readOnlyReason.message, /read-only.*read but not added to/);
    assert.deepEqual(
      listRuns(store, { text: 'twice fast' }).map((run) => run.runId),
      ['run-1'],
    );
    assert.throws(() => startRun(store, makeRequest(), 0), { code: 'database-unwritable' });
    assert.throws(() => updateMarks(store, 'run-1', { name: 'x' }), { code: 'database-unwritable' });
    closeStore(store);
  } finally {
    if (isRoot) spawnSync('umount', [readOnly]);
    else chmodSync(readOnly, 0o755);
  }
});

void test('two windows and two command lines at once lose nothing of one another', async (context) => {
  const windows = [openHistory(context)];
  windows.push(openHistory(context, join(windows[0]!.path, '..')));
  addRun(windows[0]!, 'run-shared');
  const tag = async (names: readonly string[]) => {
    for (const name of names) {
      const { exitCode, stderr } = await runVernier(['tag', 'run-shared', name, '--database', windows[0]!.path]);
      assert.equal(exitCode, 0, stderr);
    }
  };
  const commandLines = Promise.all([tag(['a', 'b']), tag(['c', 'd'])]);
  const over = commandLines.then(() => true);
  const soon = () => new Promise<false>((resolve) => setTimeout(resolve, 20, false));
  for (let isOver = false; !isOver; isOver = await Promise.race([over, soon()])) {
    for (const [number, store] of windows.entries()) {
      updateMarks(store, 'run-shared', ({ notes }) => ({ notes: notes + String(number) }));
      assert.equal(listRuns(store).length, 1);
    }
  }
  const [row] = listRuns(windows[1]!);
  assert.deepEqual(row?.tags, ['a', 'b', 'c', 'd']);
  assert.match(row.notes, /^(01)+$/, 'each window saw what the other wrote');
  assert.equal(windows[0]!.database.pragma('integrity_check', { simple: true }), 'ok');
});

void test('removing runs for good removes the models only they wrote, as long as they are unchanged', (context) => {
  const store = openHistory(context);
  const file = (name: string) => join(store.path, '..', name);
  addRun(store, 'own', 1, file('own.onnx'));
  addRun(store, 'changed', 2, file('changed.onnx'));
  addRun(store, 'shared-1', 3, file('shared.onnx'), 'the same');
  addRun(store, 'shared-2', 4, file('shared.onnx'), 'the same');
  addRun(store, 'start', 5, file('start.onnx'));
  startRun(store, makeRequest({ runId: 'further', modelPath: file('start.onnx') }), 6).release();
  appendFileSync(file('changed.onnx'), 'by hand');
  const outcomes = (runIds: string[]) =>
    Object.fromEntries(purgeRuns(store, runIds).files.map(({ path, outcome }) => [path.split('/').at(-1)!, outcome]));
  assert.deepEqual(outcomes(['own', 'changed', 'shared-1', 'start']), {
    'own.onnx': 'removed',
    'changed.onnx': 'changed',
    'shared.onnx': 'used',
    'start.onnx': 'used',
  });
  assert.equal(existsSync(file('own.onnx')), false);
  assert.equal(existsSync(file('changed.onnx')), true);
  assert.deepEqual(outcomes(['shared-2']), { 'shared.onnx': 'removed' });
  assert.deepEqual(
    listRuns(store).map((run) => run.runId),
    ['further'],
  );
  const count = (table: string) => store.database.prepare(`select count(*) from ${table}`).pluck().get();
  assert.deepEqual(['models', 'datasets', 'pending_files', 'layers', 'samples'].map(count), [0, 0, 0, 0, 0]);
});

void test('an exported report stays when its run goes', (context) => {
  const store = openHistory(context);
  const request = makeRequest({ runId: 'reported' });
  const lock = startRun(store, request, 1);
  const path = join(store.path, '..', 'report.pdf');
  writeFileSync(path, 'report');
  finishRun(store, makeDocument(request), [describeArtifact('export', path)]);
  lock.release();
  assert.deepEqual(purgeRuns(store, ['reported']).files, []);
  assert.ok(existsSync(path));
});

void test('an import brings a run once, adds what was noted elsewhere, and replaces nothing', (context) => {
  const store = openHistory(context);
  const document = makeDocument(makeRequest({ runId: 'travelled' }));
  const marks = { name: 'there', notes: 'a note', tags: ['edge'], starred: true };
  assert.equal(importRun(store, document, { tags: ['first'] }), 'added');
  assert.equal(importRun(store, document, marks), 'merged');
  assert.equal(importRun(store, document, marks), 'present');
  const [row] = listRuns(store);
  assert.deepEqual([row?.name, row?.notes, row?.tags, row?.starred], ['there', 'a note', ['edge', 'first'], false]);
  updateMarks(store, 'travelled', { name: 'here' });
  assert.equal(importRun(store, document, { name: 'elsewhere' }), 'present');
  assert.equal(listRuns(store)[0]?.name, 'here');
  assert.equal(importRun(store, { ...document, durationMs: 1 }, {}), 'conflict');
  hideRuns(store, ['travelled'], 5);
  assert.equal(importRun(store, document, {}), 'restored');
  assert.equal(restoreRuns(store, ['travelled']), 0);
});
