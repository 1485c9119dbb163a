import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { previewData } from '../../../electron/engine/preview.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { buildModel, op } from '../build-model.ts';
import { imageInput, makeFlat, makeFolder, makeRequest, rejects, writeImage } from './fixtures.ts';

const posix = { skip: process.platform === 'win32' };
/** Opening a pipe that nobody writes to waits forever; a device never ends. */
const limitMs = 5000;

async function makeSpecialFiles(context: TestContext): Promise<[name: string, path: string][]> {
  const folder = await makeFolder(context);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const link = join(folder, 'link');
  await symlink(pipe, link);
  const zero = join(folder, 'zero');
  await symlink('/dev/zero', zero);
  const socket = join(folder, 's');
  const server = createServer().listen(socket);
  context.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return [
    ['a pipe', pipe],
    ['a link to a pipe', link],
    ['a link to a device', zero],
    ['a device', '/dev/zero'],
    ['a socket', socket],
  ];
}

const open = (changes: Partial<DataRequest>) => openDataset(makeRequest(changes), [imageInput], { seed: 0, dims: {} });

test('pipes, sockets and devices are refused at once: as labels and as a configuration', posix, async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makeFlat(4, 0, 0, 0));
  const started = performance.now();
  for (const [name, path] of await makeSpecialFiles(context)) {
    const message = /not a regular file but a folder, a pipe or a device/;
    await rejects(open({ path: folder, labelsPath: path }), 'file-unreadable', message);
    await rejects(open({ path: folder, preprocessorPath: path }), 'file-unreadable', message);
    assert.ok(performance.now() - started < limitMs, name);
  }
});

test('and as images, arrays, lists of classes and test data beside the data', posix, async (context) => {
  const names = ['b.png', 'b.jpg', 'b.bmp', 'labels.csv', 'preprocessor_config.json', 'processor_config.json'];
  const started = performance.now();
  for (const [kind, target] of await makeSpecialFiles(context)) {
    for (const name of names) {
      const folder = await makeFolder(context);
      await writeImage(join(folder, 'a.png'), makeFlat(4, 0, 0, 0));
      await symlink(target, join(folder, name));
      await rejects(
        open({ path: folder }),
        'file-unreadable',
        /not a regular file/,
        new RegExp(name.replace('.', '\\.')),
      );
    }
    const arrays = await makeFolder(context);
    await symlink(target, join(arrays, 'input.npy'));
    await rejects(open({ path: arrays }), 'file-unreadable', /not a regular file/);
    const named = await makeFolder(context);
    await writeImage(join(named, 'a.png'), makeFlat(4, 0, 0, 0));
    await writeFile(join(named, 'labels.csv'), 'file,label\na.png,cat\n');
    await symlink(target, join(named, 'classes.txt'));
    await rejects(open({ path: named }), 'file-unreadable', /classes\.txt/);
    assert.ok(performance.now() - started < limitMs * 2, kind);
  }
});

test('a preview refuses them as well', posix, async (context) => {
  const folder = await makeFolder(context);
  const modelPath = join(folder, 'model.onnx');
  const model = buildModel({
    inputs: { input: [1, 3, 4, 4] },
    outputs: 'y',
    nodes: [op('Relu', 'input', 'y')],
  });
  await writeFile(modelPath, encodeModel(model));
  const data = await makeFolder(context);
  execFileSync('mkfifo', [join(data, 'a.png')]);
  const started = performance.now();
  await rejects(
    previewData({ modelPath, data: makeRequest({ path: data }), dims: {} }, null),
    'file-unreadable',
    /a\.png" is not a regular file/,
  );
  assert.ok(performance.now() - started < limitMs);
});
