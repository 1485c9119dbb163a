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

test('pictures of samples leave the history with --samples alone, and a bundle without them is the same run', async (context) => {
  const folder = makeFolder(context);
  const database = ['--json', '--database', join(folder, 'history.db')];
  const run = readRealRun('resnet8-auto');
  const picture = 'data:image/webp;base64,UklGRg==';
  const row = { index: 7, name: 'cat.png', outcome: 'lost', expected: 3, before: 3, after: 5, marginBefore: 1, marginAfter: -1, sqnrDb: 20, picture } as const; // prettier-ignore
  const counts = { lost: 1, changed: 0, gained: 0, bothWrong: 0 };
  const document = {
    ...run,
    samples: { counts, rows: [row], classes: [], confusions: [], leftOut: null, classNames: {} },
  };
  const received = join(folder, 'received.vernier');
  const marks = { name: '', notes: '', tags: [], starred: false };
  await writeBundle(received, [{ document, marks, modelPaths: [], withPictures: true }], 'a test');
  assert.equal((await askVernier(['import', received, ...database])).exitCode, 0);

  const pictureIn = async (path: string) => {
    const bundle = await openBundle(path);
    const bundled = await bundle.readRun(document.runId);
    bundle.close();
    return bundled.status === 'done' ? bundled.samples?.rows[0]?.picture : undefined;
  };
  const [plain, whole] = ['plain.vernier', 'whole.vernier'].map((name) => join(folder, name)) as [string, string];
  assert.equal((await askVernier(['bundle', document.runId, '-o', plain, ...database])).exitCode, 0);
  assert.equal((await askVernier(['bundle', document.runId, '--samples', '-o', whole, ...database])).exitCode, 0);
  assert.equal(await pictureIn(plain), null);
  assert.equal(await pictureIn(whole), picture);
  const shown = await askVernier(['show', document.runId, ...database]);
  assert.ok(shown.stdout.includes('cat.png') && !shown.stdout.includes('data:image'));
  // Leaving them out makes no other run of it.
  const again = await askVernier(['import', plain, ...database]);
  assert.equal(again.exitCode, 0, again.stderr);
  assert.match(again.stdout, /"outcome": ?"present"/);
});
