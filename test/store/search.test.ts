import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Store } from '../../electron/store/database.ts';
import { hideRuns, restoreRuns } from '../../electron/store/delete-runs.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { updateMarks } from '../../electron/store/run-marks.ts';
import { listRunRows, listRuns, type RunFilter } from '../../electron/store/run-rows.ts';
import { describeEndedRun, endRun, finishRun, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeFolder, makeRequest } from './run-fixture.ts';

/** `first` is finished, `second` failed, `third` is still going; started in this order. */
function makeHistory(context: TestContext): Store {
  const store = openStore(join(makeFolder(context), 'history.db'));
  context.after(() => closeStore(store));
  const paths = { first: '/models/mobilenetv2-12.onnx', second: '/产线/resnet50.onnx', third: '/models/yolo_v8n.onnx' };
  for (const [index, [runId, modelPath]] of Object.entries(paths).entries()) {
    const request = makeRequest({ runId, modelPath, data: { ...makeRequest().data, path: `/data/set-${runId}` } });
    const lock = startRun(store, request, 1000 * index);
    if (runId === 'first') finishRun(store, makeDocument(request), []);
    if (runId === 'second') {
      const error = { code: 'calibration-failed', message: 'Tensor "stem/Conv_0" holds NaN; 校准失败.' };
      endRun(store, describeEndedRun(request, { status: 'failed', startedTimestampMs: 1000, durationMs: 1, error }));
    }
    lock.release();
  }
  return store;
}

void test('a search finds parts of paths, recipe, verdict and error, in any order and case', (context) => {
  const store = makeHistory(context);
  const found = (text: string) => listRuns(store, { text }).map((run) => run.runId);
  assert.deepEqual(found('netv2'), ['first'], 'in the middle of a word');
  assert.deepEqual(found('net50 RES'), ['second']);
  assert.deepEqual(found('FAST twice'), ['first'], 'the verdict');
  assert.deepEqual(found('nan stem/conv'), ['second'], 'the error');
  assert.deepEqual(found('set-third'), ['third'], 'the data');
  assert.deepEqual(found('int8-static'), ['third', 'second', 'first'], 'the recipe');
  assert.deepEqual(found('netv2 nan'), [], 'every word must occur');
});

void test('words of one and two characters are found by their beginning, and Chinese anywhere', (context) => {
  const store = makeHistory(context);
  updateMarks(store, 'third', { notes: '第一次量化实验，产线三号相机', tags: ['v8'] });
  const found = (text: string) => listRuns(store, { text }).map((run) => run.runId);
  assert.deepEqual(found('v8'), ['third']);
  assert.deepEqual(found('产线'), ['third', 'second']);
  assert.deepEqual(found('校准'), ['second']);
  assert.deepEqual(found('实验'), ['third'], 'in the middle of a sentence, where nothing separates words');
  assert.deepEqual(found('验'), ['third']);
  assert.deepEqual(found('线产'), [], 'not in another order');
  assert.deepEqual(found('产线三号 量化'), ['third']);
});

void test('what has a meaning in a search language means itself', (context) => {
  const store = makeHistory(context);
  updateMarks(store, 'first', { name: 'before "the" fix (100 %) AND more* -x' });
  const found = (text: string) => listRuns(store, { text }).map((run) => run.runId);
  assert.deepEqual(found('"the"'), ['first']);
  assert.deepEqual(found('(100'), ['first']);
  assert.deepEqual(found('more*'), ['first']);
  assert.deepEqual(found('AND'), ['first']);
  assert.deepEqual(found('NOT first'), []);
  assert.deepEqual(found('%'), [], 'a sign alone is no word');
  assert.deepEqual(found("'; drop table runs --"), []);
  assert.equal(found('   ').length, 3, 'nothing asked for, everything shown');
});

void test('the index follows every change', (context) => {
  const store = makeHistory(context);
  const count = (text: string) => listRuns(store, { text }).length;
  updateMarks(store, 'first', { name: 'alpha', tags: ['bravo'], notes: 'charlie' });
  assert.deepEqual([count('alpha'), count('bravo'), count('charlie')], [1, 1, 1]);
  updateMarks(store, 'first', { name: 'delta', tags: [], notes: '' });
  assert.deepEqual([count('alpha'), count('bravo'), count('charlie'), count('delta')], [0, 0, 0, 1]);
  hideRuns(store, ['first'], 5);
  assert.equal(count('delta'), 0);
  assert.equal(listRuns(store, { text: 'delta', deleted: true }).length, 1, 'but among the deleted ones');
  restoreRuns(store, ['first']);
  assert.equal(count('delta'), 1);
});

void test('filters combine, with a search and with one another', (context) => {
  const store = makeHistory(context);
  updateMarks(store, 'first', { starred: true, tags: ['keep'] });
  updateMarks(store, 'second', { tags: ['keep'] });
  const found = (filter: RunFilter) => listRuns(store, filter).map((run) => run.runId);
  assert.deepEqual(found({ tag: 'keep' }), ['second', 'first']);
  assert.deepEqual(found({ tag: 'keep', starred: true }), ['first']);
  assert.deepEqual(found({ tag: 'keep', text: 'resnet' }), ['second']);
  assert.deepEqual(found({ model: 'mobile' }), ['first']);
  assert.deepEqual(found({ model: 'set-first' }), [], 'a part of the data is none of the model');
  assert.deepEqual(found({ model: 'aaaaaa' }), ['first'], 'by the beginning of the sha256');
  assert.deepEqual(found({ status: 'failed' }), ['second']);
  assert.deepEqual(found({ sinceTimestampMs: 1000 }), ['third', 'second']);
  assert.deepEqual(found({ sinceTimestampMs: 1000, untilTimestampMs: 2000 }), ['second']);
});

void test('pages in either direction hold every run once, and what was not measured comes last', (context) => {
  const store = makeHistory(context);
  for (const descending of [true, false]) {
    const sort = { column: 'speedupRatio', descending } as const;
    const pages = [0, 1, 2].flatMap((offset) => listRuns(store, { sort, offset, limit: 1 }));
    assert.deepEqual(pages.map((run) => run.runId).toSorted(), ['first', 'second', 'third']);
    assert.equal(pages[0]?.runId, 'first', 'the only one that was measured');
  }
  assert.equal(listRunRows(store, { limit: 1, offset: 2 }).total, 3);
});

void test('a page is found along an index, without sorting and without the documents', (context) => {
  const store = makeHistory(context);
  const steps: string[] = [];
  const prepare = store.database.prepare.bind(store.database);
  store.database.prepare = (sql: string) => {
    if (sql.includes(') as page')) {
      const plan = prepare(`explain query plan ${sql}`);
      const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name!, 1]));
      steps.push(...plan.all(parameters).map((row) => (row as { detail: string }).detail));
    }
    return prepare(sql);
  };
  listRunRows(store, { sort: { column: 'speedupRatio', descending: true }, starred: true, limit: 10 });
  assert.ok(
    steps.some((step) => step.includes('COVERING INDEX runsBySpeedup')),
    steps.join('\n'),
  );
  assert.ok(!steps.some((step) => step.includes('run_documents')), steps.join('\n'));
});
