import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import sharp from 'sharp';
import { compress } from '../../electron/engine/compress.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { compressRequestSchema, type DataRequest } from '../../shared/compress-request.ts';
import { findRow, mainRow } from '../../shared/metric-row.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { runDocumentSchema } from '../../shared/run.ts';
import { drawShapes } from '../fixtures/vision/draw-shapes.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* A detector that was trained (fixtures/vision/train-detector.py), from a folder of images and a COCO file to the verdict. */

const folder = temporaryFolder();
const modelPath = new URL('../fixtures/vision/detector.onnx', import.meta.url).pathname;
const imageCount = 44;
/** Images are twice as wide as the model sees them: boxes have to find their way back. */
const stretch = 2;
const ids = [3, 7];

const drawn = Array.from({ length: imageCount }, (_, index) => drawShapes(100 + index));
const names = drawn.map((_, index) => `${String(index).padStart(3, '0')}.png`);
const images = join(folder, 'images');
mkdirSync(images);
for (const [index, { width, height, pixels }] of drawn.entries()) {
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize({ width: width * stretch, height, fit: 'fill', kernel: 'nearest' })
    .png()
    .toFile(join(images, names[index]!));
}
const coco = {
  images: names.map((name, index) => ({ id: index + 1, file_name: name, width: 64 * stretch, height: 64 })),
  categories: ids.map((id, index) => ({ id, name: ['square', 'disc'][index] })),
  annotations: drawn
    .flatMap(({ shapes }, index) => shapes.map((shape) => ({ ...shape, image: index + 1 })))
    .map(({ image, classId, left, top, side }, index) => ({
      id: index + 1,
      image_id: image,
      category_id: ids[classId],
      bbox: [left * stretch, top, side * stretch, side],
      iscrowd: 0,
    })),
};
writeFileSync(join(folder, 'annotations.json'), JSON.stringify(coco));

function run(name: string, data: Partial<DataRequest>) {
  return compress(
    compressRequestSchema.parse({
      runId: name,
      modelPath,
      outPath: join(folder, `${name}.onnx`),
      data: makeRequest({ path: images, ...data }),
      recipe: { ...recipePresets['int8-static-minmax'], calibrationSamples: 12, keepFloat: 'none' },
      gates: { maxDrops: { mAP: 30, keptBoxes: 50 } },
    }),
    {
      signal: new AbortController().signal,
      onEvent: () => undefined,
      spawnChild: spawnNodeChild,
      allowedFolders: null,
    },
  );
}

suite('a trained detector', () => {
  test('is judged by mAP, by class, and by the boxes that both find', async () => {
    const document = await run('boxes', {});
    assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
    const row = mainRow(document.accuracy)!;
    assert.equal(row.metric, 'mAP');
    assert.equal(row.count, imageCount - 12);
    assert.ok(row.before! > 0.5, `it was trained: ${row.before}`);
    assert.ok(row.difference! !== 0 && Math.abs(row.difference!) < 0.2, String(row.difference));
    assert.deepEqual(
      row.classes.map(({ class: id, name }) => [id, name]),
      [
        [3, 'square'],
        [7, 'disc'],
      ],
    );
    const mean = row.classes.reduce((sum, { before }) => sum + before!, 0) / 2;
    assert.ok(Math.abs(mean - row.before!) < 1e-9);
    assert.ok(findRow(document.accuracy, 'AP50')!.before! > row.before!);
    assert.ok(findRow(document.accuracy, 'keptBoxes')!.after! > 0.6);
    assert.equal(findRow(document.accuracy, 'agreement'), null, 'nothing ranks first classes');
    assert.deepEqual(
      document.gates.map(({ metric, met }) => [metric, met]),
      [
        ['mAP', true],
        ['keptBoxes', true],
      ],
    );
    assert.match(document.verdict[0]!, /mAP/);
    assert.match(document.diagnostics.find(({ code }) => code === 'task')!.message, /"output0".*yolov8/);
  });

  test('is refused targets that are not of its classes before any work', async () => {
    const labels = join(folder, 'from-one');
    mkdirSync(labels);
    for (const [index, { shapes }] of drawn.entries()) {
      const lines = shapes.map(({ classId, left, top, side }) =>
        [classId + 1, ...[left + side / 2, top + side / 2, side, side].map((value) => value / 64)].join(' '),
      );
      writeFileSync(join(labels, names[index]!.replace('png', 'txt')), lines.join('\n'));
    }
    await assert.rejects(run('from-one', { annotationsPath: labels }), {
      code: 'labels-malformed',
      message: /boxes of class 2, but the model ranks classes 0 to 1\. They seem to count from 1\./,
    });
  });
});
