import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { assertMayBeModel, readModel } from '../../../electron/engine/onnx/read-model.ts';
import { buildModel, noise, op } from '../build-model.ts';
import { temporaryFolder } from './tiny-model.ts';

const folder = temporaryFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

mkdirSync(join(folder, 'folder.onnx'));
const refused: readonly (readonly [path: string, code: string, says: RegExp])[] = [
  [file('text.onnx', 'not a model\n'.repeat(10_000)), 'model-malformed', /a text file/],
  [file('page.onnx', '<!DOCTYPE html><html>'), 'model-malformed', /a web page/],
  [file('pointer.onnx', 'version https://git-lfs.github.com/spec/v1\n'), 'model-malformed', /Git LFS/],
  [file('empty.onnx', ''), 'model-malformed', /is empty/],
  [join(folder, 'missing.onnx'), 'file-not-found', /There is no file/],
  [join(folder, 'folder.onnx'), 'file-unreadable', /is a folder/],
];

void test('what is no model is refused by its path and first bytes, in the words that reading it has', async () => {
  for (const [path, code, says] of refused) {
    const caught: unknown[] = [];
    await assertMayBeModel(path).catch((error: unknown) => caught.push(error));
    await readModel(path).catch((error: unknown) => caught.push(error));
    const [first, second] = caught as AppError[];
    assert.ok(first instanceof AppError && second instanceof AppError, path);
    assert.equal(first.code, code);
    assert.match(first.message, says);
    assert.equal(first.message, second.message);
  }
});

void test('a model passes', async () => {
  const model = buildModel({
    inputs: { x: ['N', 8] },
    outputs: 'y',
    weights: { w: noise([8, 10], 1) },
    nodes: [op('MatMul', 'x w', 'y')],
  });
  await assertMayBeModel(file('model.onnx', encodeModel(model)));
});
