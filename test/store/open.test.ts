import Database from 'better-sqlite3';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { AppError, type AppErrorCode } from '../../shared/app-error.ts';
import { migrations } from '../../electron/store/migrations/all.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { defaultDatabasePath } from '../../electron/store/places.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { finishRun, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeFolder, makeRequest } from './run-fixture.ts';

function hasCode(code: AppErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

void test('the default path follows the platform, and VERNIER_DATABASE goes before it', () => {
  assert.equal(defaultDatabasePath({ HOME: '/home/ada' }, 'linux'), '/home/ada/.local/share/vernier/vernier.db');
  assert.equal(defaultDatabasePath({ HOME: '/home/ada', XDG_DATA_HOME: '/d' }, 'linux'), '/d/vernier/vernier.db');
  assert.equal(
    defaultDatabasePath({ HOME: '/home/ada', XDG_DATA_HOME: 'relative' }, 'linux'),
    '/home/ada/.local/share/vernier/vernier.db',
  );
  assert.equal(
    defaultDatabasePath({ HOME: '/Users/ada' }, 'darwin'),
    '/Users/ada/Library/Application Support/Vernier/vernier.db',
  );
  assert.equal(defaultDatabasePath({ VERNIER_DATABASE: '/x/y.db', HOME: '/home/ada' }, 'linux'), '/x/y.db');
});

void test('a new history has every migration, strict tables, WAL and foreign keys', (context) => {
  const path = join(makeFolder(context), 'deep', 'er', 'vernier.db');
  const store = openStore(path);
  context.after(() => closeStore(store));
  const { database } = store;
  assert.equal(database.pragma('user_version', { simple: true }), migrations.length);
  assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
  assert.equal(database.pragma('foreign_keys', { simple: true }), 1);
  assert.equal(database.pragma('synchronous', { simple: true }), 2);
  const tables = database.pragma('table_list') as { schema: string; name: string; type: string; strict: number }[];
  const ours = tables.filter(
    (table) => table.schema === 'main' && !/^(sqlite_|run_trigrams|run_words)/.test(table.name),
  );
  assert.deepEqual(ours.map((table) => table.name).toSorted(), [
    'artifacts',
    'comparison_runs',
    'comparisons',
    'datasets',
    'facts',
    'lab_jobs',
    'layers',
    'ledger',
    'models',
    'notes',
    'pending_files',
    'recipes',
    'run_documents',
    'run_tags',
    'runs',
    'samples',
    'tags',
  ]);
  for (const table of ours) assert.equal(table.strict, 1, `${table.name} is not STRICT`);
  assert.throws(() => database.prepare(`insert into samples values (404, 'before', 0, 1.0)`).run(), /FOREIGN KEY/);
});

void test('a history of a newer version can be read but not written', (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  const request = makeRequest();
  const first = openStore(path);
  const lock = startRun(first, request, 1000);
  finishRun(first, makeDocument(request), []);
  lock.release();
  first.database.pragma(`user_version = ${migrations.length + 1}`);
  closeStore(first);

  const store = openStore(path);
  context.after(() => closeStore(store));
  assert.equal(store.readOnlyReason?.code, 'database-newer');
  assert.deepEqual(
    listRuns(store).map((run) => run.runId),
    [request.runId],
  );
  assert.throws(() => startRun(store, makeRequest(), 2000), hasCode('database-newer'));
  assert.equal(store.database.pragma('user_version', { simple: true }), migrations.length + 1);
});

void test('a damaged file, a text file and a database of another program are refused and left alone', (context) => {
  const folder = makeFolder(context);
  const text = join(folder, 'text.db');
  writeFileSync(text, 'this is not a database, but it is longer than a header needs to be. '.repeat(20));
  assert.throws(() => openStore(text), hasCode('database-corrupt'));

  const foreign = join(folder, 'foreign.db');
  const database = new Database(foreign);
  database.exec('create table cookies (name text)');
  database.close();
  assert.throws(() => openStore(foreign), hasCode('database-corrupt'));
  const reopened = new Database(foreign, { readonly: true });
  assert.equal(reopened.prepare('select count(*) from sqlite_schema').pluck().get(), 1);
  reopened.close();

  // Pages overwritten after the header: found at the latest when they are read.
  const damaged = join(folder, 'damaged.db');
  const store = openStore(damaged);
  for (let index = 0; index < 50; index += 1) startRun(store, makeRequest(), index).release();
  closeStore(store);
  const bytes = new Database(damaged).serialize();
  writeFileSync(damaged, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xa5)]));
  assert.throws(() => closeStore(openStore(damaged)), hasCode('database-corrupt'));
});

void test('a place that cannot be written is refused', (context) => {
  const folder = makeFolder(context);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => openStore(join(file, 'vernier.db')), hasCode('database-unwritable'));
  assert.throws(() => openStore(folder), hasCode('database-unwritable'));

  const readOnly = join(folder, 'read-only.db');
  closeStore(openStore(readOnly));
  if (process.getuid?.() !== 0) {
    chmodSync(readOnly, 0o444);
    chmodSync(folder, 0o555);
    context.after(() => chmodSync(folder, 0o755));
    assert.throws(() => startRun(openStore(readOnly), makeRequest(), 0), hasCode('database-unwritable'));
  }
});

void test('a locked history is waited for, then reported as busy', (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  const store = openStore(path);
  context.after(() => closeStore(store));
  store.database.pragma('busy_timeout = 50');
  const other = new Database(path);
  context.after(() => other.close());
  other.exec('begin immediate');
  assert.throws(() => startRun(store, makeRequest(), 0), hasCode('database-busy'));
  // The lock of the run that could not be recorded is gone too.
  assert.equal(existsSync(`${path}-running`), false);
  other.exec('rollback');
  startRun(store, makeRequest(), 0).release();
});

void test('processes that create the same history at once, and write to it at once, all succeed', async (context) => {
  const path = join(makeFolder(context), 'vernier.db');
  const writer = new URL('./writer-process.ts', import.meta.url).pathname;
  const writerCount = 4;
  const runsPerWriter = 5;
  const exits = await Promise.all(
    Array.from({ length: writerCount }, async () => {
      const child = spawn(process.execPath, [writer, path, String(runsPerWriter)], { stdio: 'inherit' });
      return new Promise((resolve) => child.on('exit', resolve));
    }),
  );
  assert.deepEqual(exits, Array<number>(writerCount).fill(0));
  const store = openStore(path);
  context.after(() => closeStore(store));
  const runs = listRuns(store);
  assert.equal(runs.length, writerCount * runsPerWriter);
  assert.ok(runs.every((run) => run.status === 'done'));
  assert.equal(store.database.prepare('select count(*) from layers').pluck().get(), writerCount * runsPerWriter * 2);
});
