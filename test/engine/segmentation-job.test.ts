import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import sharp from 'sharp';
import { compress } from '../../electron/engine/compress.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { splitDataset } from '../../electron/engine/data/split.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { compressRequestSchema } from '../../shared/compress-request.ts';
import { findRow, mainRow } from '../../shared/metric-row.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { drawShapes } from '../fixtures/vision/draw-shapes.ts';
import { encodeIndexPng } from '../fixtures/vision/encode-index-png.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* A U-Net that was trained (fixtures/vision/train-unet.py), from images and masks to the verdict. */

const folder = temporaryFolder();
const modelPath = new URL('../fixtures/vision/unet.onnx', import.meta.url).pathname;
const imageCount = 30;
const side = 64;
const drawn = Array.from({ length: imageCount }, (_, index) => drawShapes(900 + index, side, side));
for (const name of ['images', 'masks']) mkdirSync(join(folder, name));
/** A band whose class nobody knows. */
const maskOf = (mask: Uint8Array): Uint8Array => mask.map((value, at) => (at < 4 * side ? 255 : value));
for (const [index, { width, height, pixels, mask }] of drawn.entries()) {
  const name = `${String(index).padStart(2, '0')}.png`;
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(join(folder, 'images', name));
  writeFileSync(join(folder, 'masks', name), encodeIndexPng({ width, height, data: maskOf(mask) }));
}
const outPath = join(folder, 'out.onnx');

/** Mean IoU by its definition, over the images that the run evaluated. */
async function meanIoU(path: string, indices: readonly number[]): Promise<number> {
  const session = await openSession(path, { threads: 1 });
  const counts = [0, 1, 2].map(() => ({ both: 0, either: 0 }));
  for (const index of indices) {
    const { pixels, mask } = drawn[index]!;
    const data = new Float32Array(3 * side * side);
    for (let at = 0; at < data.length; at++)
      data[at] = pixels[3 * (at % (side * side)) + Math.floor(at / (side * side))]! / 255;
    const { scores } = await session.run({ images: { dataType: 'float32', dims: [1, 3, side, side], data } });
    const values = scores!.data as Float32Array;
    for (let at = 4 * side; at < side * side; at++) {
      const ranked = [0, 1, 2].map((own) => values[own * side * side + at]!);
      const given = ranked.indexOf(Math.max(...ranked));
      for (const [own, count] of counts.entries()) {
        count.both += Number(given === own && mask[at] === own);
        count.either += Number(given === own || mask[at] === own);
      }
    }
  }
  await session.release();
  return counts.reduce((sum, { both, either }) => sum + both / either, 0) / 3;
}

suite('a trained U-Net', () => {
  test('is judged by mean IoU, by class, on palette masks with pixels left out', async () => {
    const request = compressRequestSchema.parse({
      runId: 'masks',
      modelPath,
      outPath,
      data: makeRequest({ path: folder }),
      recipe: { ...recipePresets['int8-static-minmax'], calibrationSamples: 10, keepFloat: 'none' },
      gates: { maxDrops: { meanIoU: 10 } },
    });
    const document = await compress(request, {
      signal: new AbortController().signal,
      onEvent: () => undefined,
      spawnChild: spawnNodeChild,
      allowedFolders: null,
    });
    const row = mainRow(document.accuracy)!;
    assert.deepEqual([row.metric, row.count], ['meanIoU', imageCount - 10]);
    assert.ok(row.before! > 0.8, `it was trained: ${row.before}`);
    assert.deepEqual(
      row.classes.map(({ class: index }) => index),
      [0, 1, 2],
    );
    assert.ok(findRow(document.accuracy, 'pixelAccuracy')!.before! > 0.95);
    assert.equal(document.gates[0]!.met, true);
    assert.match(document.verdict[0]!, /mean IoU/);
    const dataset = await openDataset(
      request.data,
      [{ name: 'images', dataType: 'float32', dims: ['N', 3, side, side] }],
      {
        seed: 0,
        dims: {},
      },
    );
    const { evaluation } = await splitDataset(dataset, { calibrationCount: 10, evaluationCount: null, seed: 0 });
    assert.ok(Math.abs((await meanIoU(modelPath, evaluation)) - row.before!) < 1e-9);
    assert.ok(Math.abs((await meanIoU(outPath, evaluation)) - row.after!) < 1e-9);
  });
});
