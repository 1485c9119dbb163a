import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { describeArtifact } from '../../electron/store/artifacts.ts';
import { backUpTo } from '../../electron/store/backups.ts';
import { listGarbage, removeGarbage } from '../../electron/store/collect-garbage.ts';
import type { Store } from '../../electron/store/database.ts';
import { hideRuns, purgeRuns } from '../../electron/store/delete-runs.ts';
import { openDatabase } from '../../electron/store/open-database.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { examineBackup, restoreBackup } from '../../electron/store/restore-backup.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { endRun, describeEndedRun, finishRun, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeFolder, makeRequest, stamp } from './run-fixture.ts';

function addRun(store: Store, outPath: string): string {
  const request = makeRequest({ outPath });
  const lock = startRun(store, request, 1000);
  finishRun(store, makeDocument(request), existsSync(outPath) ? [describeArtifact('model', outPath)] : []);
  lock.release();
  return request.runId;
}

/** A history of one run that its author went on to change, and its folder. */
function makeHistory(context: TestContext, sql: string): { readonly path: string; readonly folder: string } {
  const folder = makeFolder(context);
  const path = join(folder, 'history.db');
  const store = openStore(path);
  addRun(store, join(folder, 'net.int8.onnx'));
  closeStore(store);
  const database = openDatabase(path);
  database.exec(sql);
  database.close();
  return { path, folder };
}

const endless = 'with recursive numbers (n) as (select 1 union all select n + 1 from numbers) select n from numbers';
const changed: Readonly<Record<string, string>> = {
  'a view without end in the place of the runs': `
    alter table runs rename to old_runs; create view runs as ${endless}`,
  'a view beside the tables': `create view more as ${endless}`,
  'a trigger': `create trigger t after insert on runs begin delete from runs; end`,
  'a table with a quotation mark in its name': `create table "a'b" (x)`,
  'a column more': 'alter table notes add column x text',
  'a table less': 'drop table notes',
};

for (const [what, sql] of Object.entries(changed)) {
  test(`a history with ${what} is refused, and so is restoring it`, async (context) => {
    const { path, folder } = makeHistory(context, sql);
    assert.throws(() => openStore(path), { code: 'database-corrupt', message: /was changed by another program: it / });
    assert.throws(() => examineBackup(path), { code: 'database-corrupt', message: /it (holds|lacks) the / });
    await assert.rejects(restoreBackup(join(folder, 'other.db'), path), { code: 'database-corrupt' });
    assert.equal(existsSync(join(folder, 'other.db')), false);
  });
}

test('a request that no version wrote stops neither the history nor gc', (context) => {
  const { path } = makeHistory(
    context,
    `update run_documents set requestJson = '{}', documentJson = null; update runs set status = 'running'`,
  );
  const store = openStore(path);
  context.after(() => closeStore(store));
  assert.equal(listRuns(store).length, 1);
  assert.deepEqual(listGarbage(store, { deletedForDays: 30 }), []);
});

test('no history talks gc into removing a file that Vernier did not write', async (context) => {
  const folder = makeFolder(context);
  const mine = ['thesis.docx', 'weights.onnx', 'weights.onnx.data', 'half.tmp'].map((name) => join(folder, name));
  for (const path of mine) writeFileSync(path, 'mine');
  const ours = join(folder, '.net.onnx.0a1b2c3d.tmp');
  writeFileSync(ours, 'half a model');
  const evil = openStore(join(folder, 'evil.db'));
  for (const path of mine) {
    // As a file that was to be removed, with its right hash; as one that was never finished; as what a failed run left.
    const { sha256 } = describeArtifact('model', path);
    const insert = evil.database.prepare('insert into pending_files values (?, ?, ?, ?, 1)');
    insert.run(path, 'files-gone', 'delete', sha256);
    insert.run(`${path}/../${path.split('/').at(-1)!}`, 'files-gone', 'backup', null);
    const request = makeRequest({ outPath: path });
    startRun(evil, request, 1).release();
    endRun(
      evil,
      describeEndedRun(request, {
        status: 'failed',
        startedTimestampMs: 1,
        durationMs: 1,
        error: { code: 'internal', message: 'x' },
      }),
    );
    evil.database.exec(`update runs set lastStage = 'judge', lastSeenTimestampMs = 1`);
  }
  const insertOurs = evil.database.prepare('insert into pending_files values (?, ?, ?, ?, 1)');
  insertOurs.run(ours, 'files-gone', 'backup', null);
  const named = () => listGarbage(evil, { deletedForDays: 0 }).flatMap((item) => ('path' in item ? [item.path] : []));
  assert.deepEqual(named(), [ours]);
  removeGarbage(evil, listGarbage(evil, { deletedForDays: 0 }));
  assert.ok(mine.every((path) => existsSync(path)));

  const runId = addRun(evil, mine[0]!);
  hideRuns(evil, [runId], 1);
  const { files } = purgeRuns(evil, [runId]);
  assert.deepEqual(
    files.map(({ outcome }) => outcome),
    ['foreign'],
  );
  assert.ok(existsSync(mine[0]!));

  // Restored in either way, a history forgets what was being written elsewhere.
  const backup = join(folder, 'backup.db');
  await backUpTo(evil, backup);
  closeStore(evil);
  const direct = openDatabase(backup);
  direct.exec(`insert into pending_files values ('${ours}', 'files-gone', 'backup', null, 1)`);
  direct.close();
  const target = join(folder, 'healthy.db');
  closeStore(openStore(target));
  await restoreBackup(target, backup);
  const restored = openDatabase(target, { readonly: true });
  assert.equal(restored.prepare('select count(*) from pending_files').pluck().get(), 0);
  restored.close();
});

test('a compressed model is known by its stamp wherever it was written, and so is its data file', (context) => {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const model = join(folder, 'net.int8.onnx');
  writeFileSync(model, `${'w'.repeat(100_000)} ${stamp} …`);
  writeFileSync(`${model}.data`, 'weights');
  const request = makeRequest({ outPath: model });
  const lock = startRun(store, request, 1000);
  finishRun(store, makeDocument(request), [
    describeArtifact('model', model),
    describeArtifact('model-data', `${model}.data`),
  ]);
  lock.release();
  const { files } = purgeRuns(store, [request.runId]);
  assert.deepEqual(
    files.map(({ outcome }) => outcome),
    ['removed', 'removed'],
  );
});
