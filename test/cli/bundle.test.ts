import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openBundle } from '../../electron/report/bundle/read-bundle.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { readRealRun, withPrepared } from '../report/real-runs.ts';
import { askVernier, assertFailure, makeFolder } from './fixtures.ts';

test('a bundle brings the float model as prepared along, and leaves it out where it was changed', async (context) => {
  const folder = makeFolder(context);
  const database = ['--json', '--database', join(folder, 'history.db')];
  const document = withPrepared(readRealRun('resnet8-auto'));
  const modelPaths = ['net.int8.onnx', 'net.prepared.onnx'].map((name) => join(folder, name));
  for (const path of modelPaths) writeFileSync(path, `content of ${path}`);
  const received = join(folder, 'received.vernier');
  const marks = { name: '', notes: '', tags: [], starred: false };
  await writeBundle(received, [{ document, marks, modelPaths }], 'a test');
  const imported = await askVernier(['import', received, ...database]);
  assert.equal(imported.exitCode, 0, imported.stderr);
  const names = async (): Promise<string[]> => {
    const path = join(folder, 'again.vernier');
    const again = await askVernier(['bundle', document.runId, '--with-models', '--force', '-o', path, ...database]);
    assert.equal(again.exitCode, 0, again.stderr);
    const bundle = await openBundle(path);
    bundle.close();
    return bundle.runs[0]!.models.map(({ fileName }) => fileName);
  };
  assert.deepEqual(await names(), ['net.int8.onnx', 'net.prepared.onnx']);
  writeFileSync(join(folder, 'models', document.runId, 'net.prepared.onnx'), 'something else');
  assert.deepEqual(await names(), ['net.int8.onnx']);
});

test('a bundle holds a model with the file of its weights, as both were written', async (context) => {
  const folder = makeFolder(context);
  const database = ['--json', '--database', join(folder, 'history.db')];
  const document = readRealRun('resnet8-auto');
  const modelPaths = ['net.onnx', 'net.onnx.data'].map((name) => join(folder, name));
  for (const path of modelPaths) writeFileSync(path, `content of ${path}`);
  const received = join(folder, 'received.vernier');
  const marks = { name: '', notes: '', tags: [], starred: false };
  await writeBundle(received, [{ document, marks, modelPaths }], 'a test');
  assert.equal((await askVernier(['import', received, ...database])).exitCode, 0);

  const models = join(folder, 'models', document.runId);
  // Nothing of the run's.
  writeFileSync(join(models, 'notes.data'), 'other');
  const path = join(folder, 'again.vernier');
  const bundleAgain = () => askVernier(['bundle', document.runId, '--with-models', '--force', '-o', path, ...database]);
  const again = await bundleAgain();
  assert.equal(again.exitCode, 0, again.stderr);
  const bundle = await openBundle(path);
  bundle.close();
  assert.deepEqual(
    bundle.runs[0]?.models.map(({ fileName }) => fileName),
    ['net.onnx', 'net.onnx.data'],
  );

  const dataPath = join(models, 'net.onnx.data');
  writeFileSync(dataPath, 'other weights');
  assert.match(assertFailure(await bundleAgain(), 'file-unreadable'), /net\.onnx\.data" was changed/);
  rmSync(dataPath);
  assert.match(assertFailure(await bundleAgain(), 'file-not-found'), /is gone/);
});
