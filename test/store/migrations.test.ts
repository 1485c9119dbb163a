import Database from 'better-sqlite3';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { listArtifacts } from '../../electron/store/artifacts.ts';
import { listBackups } from '../../electron/store/backups.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { migrations } from '../../electron/store/migrations/all.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { getRunRow, listRunRows, listRuns } from '../../electron/store/run-rows.ts';
import { decisionOf } from '../../shared/decision.ts';
import { mainRow } from '../../shared/metric-row.ts';
import { makeFolder } from './run-fixture.ts';

/** Histories that earlier versions of Vernier wrote: five real runs each, of every way a run can end. */
const histories = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

function copyOldHistory(context: TestContext, version: number): string {
  const path = join(makeFolder(context), 'history.db');
  writeFileSync(path, gunzipSync(readFileSync(join(histories, `version-${version}.db.gz`))));
  return path;
}

interface OldRun {
  readonly runId: string;
  readonly status: string;
  readonly documentJson: string | null;
  readonly requestJson: string;
  readonly modelSha256: string | null;
  readonly modelPath: string;
}

function readOldRuns(path: string): OldRun[] {
  const database = new Database(path, { readonly: true });
  const version = database.pragma('user_version', { simple: true }) as number;
  const from =
    version < 3 ? 'runs' : 'runs join run_documents using (runKey) left join models on modelKey = originalModelKey';
  const modelSha256 = version < 3 ? 'modelSha256' : 'models.sha256 as modelSha256';
  const runs = database
    .prepare<[], OldRun>(
      `select runId, status, documentJson, requestJson, ${modelSha256}, modelPath from ${from} order by runs.rowid`,
    )
    .all();
  database.close();
  return runs;
}

void test('there is an old history of every version but the newest', () => {
  assert.deepEqual(
    readdirSync(histories).toSorted(),
    migrations.slice(0, -1).map((_, index) => `version-${index + 1}.db.gz`),
  );
});

for (const version of migrations.slice(0, -1).map((_, index) => index + 1)) {
  void test(`a history of version ${version} keeps everything on its way to version ${migrations.length}`, (context) => {
    const path = copyOldHistory(context, version);
    const old = readOldRuns(path);
    assert.equal(old.length, 5);
    const before = new Database(path, { readonly: true });
    const count = (database: Database.Database, table: string) =>
      database.prepare<[], number>(`select count(*) from ${table}`).pluck().get();
    const detailTables = ['layers', 'ledger', 'samples', 'artifacts'];
    const counted = detailTables.map((name) => count(before, version < 3 ? `run_${name}` : name));
    const marks = version < 3 ? 'run_marks' : 'runs';
    const hidden =
      version === 1
        ? []
        : before.prepare<[], string>(`select runId from ${marks} where deletedTimestampMs is not null`).pluck().all();
    before.close();

    const store = openStore(path);
    context.after(() => closeStore(store));
    const { database } = store;
    assert.equal(database.pragma('user_version', { simple: true }), migrations.length);
    assert.equal(database.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(database.pragma('foreign_key_check'), []);
    assert.deepEqual(
      detailTables.map((name) => count(database, name)),
      counted,
    );
    for (const run of old) {
      if (hidden.includes(run.runId)) {
        assert.throws(() => findRun(store, run.runId), { code: 'run-not-found' });
        continue;
      }
      const { summary, document } = findRun(store, run.runId);
      // A run that was going when its process was killed is settled, as it would have been by the old version.
      assert.equal(summary.status, run.status === 'running' ? 'failed' : run.status);
      const kept = database.prepare('select documentJson from run_documents join runs using (runKey) where runId = ?');
      if (run.documentJson !== null) assert.equal(kept.pluck().get(run.runId), run.documentJson);
      assert.equal(summary.modelSha256, run.modelSha256);
      assert.deepEqual(getRunRow(store, run.runId).request, JSON.parse(run.requestJson));
      if (run.status === 'done') {
        assert.equal(document?.status, 'done');
        assert.equal(listArtifacts(store, run.runId)[0]?.kind, 'model');
      }
    }
    assert.equal(listRunRows(store).total, old.length - hidden.length);
    // Everything is found by the words that were always searched.
    assert.equal(listRuns(store, { text: 'net.onnx minmax' }).length, 2);
    assert.equal(count(database, 'models'), 3, 'one original, two compressed models');
    assert.equal(count(database, 'datasets'), 1);

    // And the old history is still there, in case.
    const [backup] = listBackups(path);
    assert.equal(backup?.occasion, 'before-migration');
    assert.deepEqual(readOldRuns(backup.path), old);
    assert.equal(existsSync(`${path}-running`), false);
  });
}

void test('old runs get their decision and the figure they are judged by, and are sorted by both', (context) => {
  for (const version of [1, 3, 5]) {
    const store = openStore(copyOldHistory(context, version));
    context.after(() => closeStore(store));
    const rows = listRuns(store, { sort: { column: 'decision', descending: false } });
    for (const row of rows) {
      if (row.status !== 'done') {
        assert.deepEqual([row.decision, row.mainMetric, row.mainAfter], [null, null, null]);
        continue;
      }
      const { document } = findRun(store, row.runId);
      assert.ok(document?.status === 'done');
      assert.equal(row.decision, decisionOf(document).decision);
      const main = mainRow(document.accuracy);
      assert.deepEqual(
        [row.mainMetric, row.mainBefore, row.mainAfter],
        [main?.metric ?? null, main?.before ?? null, main?.after ?? null],
      );
    }
    const decided = rows.filter(({ decision }) => decision !== null);
    assert.ok(decided.length > 0, 'there is a run that ended');
    // Those without one come last, either way round.
    const lossOrder = listRuns(store, { sort: { column: 'mainLossPercent', descending: true } });
    for (const sorted of [
      rows.map(({ decision }) => decision),
      lossOrder.map(({ mainLossPercent }) => mainLossPercent),
    ]) {
      const firstNull = sorted.indexOf(null);
      assert.ok(firstNull === -1 || sorted.slice(firstNull).every((value) => value === null));
    }
  }
});

void test('names, notes, tags, stars and deletions of version 2 are there, and can be searched for', (context) => {
  const store = openStore(copyOldHistory(context, 2));
  context.after(() => closeStore(store));
  const [run] = listRuns(store, { text: 'prüfung 实验 基线' });
  assert.deepEqual(
    [run?.name, run?.notes, run?.tags, run?.starred],
    ['Erste Prüfung', '第一次量化实验', ['edge', '基线'], true],
  );
  assert.equal(listRuns(store, { tag: 'edge' }).length, 2);
  const [deleted] = listRuns(store, { deleted: true });
  assert.equal(deleted?.status, 'failed');
  assert.equal(listRuns(store, { text: 'nothing' }).length, 0, 'a deleted run is not found');
});
