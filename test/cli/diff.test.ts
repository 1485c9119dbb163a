import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelDiffSchema } from '../../shared/model-diff.ts';
import { askVernier, assertFailure, makeFolder, parseOutput, writeTinyNet } from './fixtures.ts';

void test('two files are compared as text and as JSON', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const same = modelDiffSchema.parse(parseOutput(await askVernier(['diff', model, model, '--json'])));
  assert.ok(same.counts.kept > 0);
  assert.deepEqual(same.counts, { kept: same.models[0].nodes, replaced: 0, folded: 0, removed: 0, inserted: 0 });
  const { stdout, exitCode } = await askVernier(['diff', model, model, '--all']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^kept +\d+ +\d+ x \w+/m);
  assert.match(stdout, /\nEvery node\n/);
});

void test('what is no model is refused before an engine starts', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  assertFailure(await askVernier(['diff', model, join(folder, 'absent.onnx'), '--json']), 'file-not-found');
  assertFailure(await askVernier(['diff', folder, model, '--json']), 'file-unreadable');
});
