import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { requestSchemas, type RequestInput } from '../../shared/contract/requests.ts';
import type { Store } from '../../electron/store/database.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { hideRuns, restoreRuns } from '../../electron/store/delete-runs.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { listTags, updateMarks } from '../../electron/store/run-marks.ts';
import { listRunRows, listRuns } from '../../electron/store/run-rows.ts';
import { startRun } from '../../electron/store/runs.ts';
import { makeFolder, makeRequest } from './run-fixture.ts';

function openHistory(context: TestContext): Store {
  const store = openStore(join(makeFolder(context), 'history.db'));
  context.after(() => closeStore(store));
  return store;
}

function list(store: Store, filter: RequestInput<'runs.list'> = {}): string[] {
  return listRunRows(store, requestSchemas['runs.list'].parse(filter)).rows.map((row) => row.runId);
}

/** Three runs, a to c, the last one newest. */
function addRuns(store: Store): void {
  for (const [index, runId] of ['run-a', 'run-b', 'run-c'].entries()) {
    startRun(store, makeRequest({ runId, modelPath: `/models/net-${index}.onnx` }), 1000 + index).release();
  }
}

void test('runs are found by name, notes and tags, all words in any order and case', (context) => {
  const store = openHistory(context);
  addRuns(store);
  updateMarks(store, 'run-a', { name: 'Erste Prüfung', notes: '第一次实验', tags: ['edge', 'Größe'] });
  updateMarks(store, 'run-b', { tags: ['edge'] });
  assert.deepEqual(list(store, { text: 'prüfung ERSTE' }), ['run-a']);
  assert.deepEqual(list(store, { text: 'GRÖSSE' }), []);
  assert.deepEqual(list(store, { text: 'größe' }), ['run-a']);
  assert.deepEqual(list(store, { text: '实验' }), ['run-a']);
  assert.deepEqual(list(store, { text: '100%' }), []);
  assert.deepEqual(list(store, { text: 'net-1' }), ['run-b']);
  assert.deepEqual(list(store, { tag: 'edge' }), ['run-b', 'run-a']);
  assert.deepEqual(listTags(store), ['edge', 'Größe']);
});

void test('a page of the history knows how many runs there are in all', (context) => {
  const store = openHistory(context);
  addRuns(store);
  const filter = { sort: { column: 'modelPath', descending: false }, offset: 1, limit: 1 } as const;
  const page = listRunRows(store, requestSchemas['runs.list'].parse(filter));
  assert.equal(page.total, 3);
  assert.deepEqual(
    page.rows.map((row) => row.runId),
    ['run-b'],
  );
});

void test('deleted runs are nowhere to be found until they are restored', (context) => {
  const store = openHistory(context);
  addRuns(store);
  assert.equal(hideRuns(store, ['run-c', 'run-a', 'no such run'], 5), 2);
  assert.deepEqual(list(store), ['run-b']);
  assert.deepEqual(
    listRuns(store).map((run) => run.runId),
    ['run-b'],
  );
  assert.equal(findRun(store, 'latest').summary.runId, 'run-b');
  assert.throws(() => findRun(store, 'run-c'), { code: 'run-not-found' });
  assert.throws(() => updateMarks(store, 'run-c', { starred: true }), { code: 'run-not-found' });
  assert.equal(restoreRuns(store, ['run-a', 'run-b']), 1);
  assert.deepEqual(list(store), ['run-b', 'run-a']);
});

void test('a star and a name survive the end of a run', (context) => {
  const store = openHistory(context);
  startRun(store, makeRequest({ runId: 'run-x' }), 1, { name: 'before', tags: ['t'] }).release();
  const row = updateMarks(store, 'run-x', { starred: true });
  assert.deepEqual([row.name, row.tags, row.starred], ['before', ['t'], true]);
  assert.deepEqual(list(store, { starred: true }), ['run-x']);
});
