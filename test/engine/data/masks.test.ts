import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { placeImage } from '../../../electron/engine/data/image-placement.ts';
import type { ImageRecipe } from '../../../electron/engine/data/image-recipe.ts';
import { decodeIndexPng } from '../../../electron/engine/data/masks/decode-index-png.ts';
import { projectMask } from '../../../electron/engine/data/masks/project-mask.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { useMasks } from '../../../electron/engine/metrics/use-masks.ts';
import { createMapReader } from '../../../electron/engine/metrics/read-map.ts';
import type { OutputFacts } from '../../../electron/engine/metrics/task.ts';
import { encodeIndexPng } from '../../fixtures/vision/encode-index-png.ts';
import { imageInput, makeFlat, makeFolder, makeRequest, rejects, writeImage, encodePng } from './fixtures.ts';

const size = { width: 13, height: 11 };
const patternOf = (most: number) => Array.from({ length: 143 }, (_, at) => (at * 7 + (at >> 3)) % most);

suite('PNG files of numbers', () => {
  for (const [bitDepth, colourType] of [
    [1, 3],
    [2, 3],
    [4, 0],
    [8, 3],
    [8, 0],
    [16, 0],
  ] as const) {
    test(`of ${bitDepth} bits and colour type ${colourType} keep them, whatever their filters`, () => {
      const data = patternOf(Math.min(2 ** bitDepth, 40_000));
      const file = encodeIndexPng({ ...size, data }, { bitDepth, colourType });
      assert.deepEqual([...decodeIndexPng(file, 'mask.png', size).data], data);
    });
  }

  test('of other kinds are refused', async () => {
    const good = encodeIndexPng({ ...size, data: patternOf(5) });
    const refuse = (file: Uint8Array, message: RegExp, expected = size) =>
      assert.throws(() => decodeIndexPng(file, 'mask.png', expected), { code: 'labels-malformed', message });
    refuse(await encodePng(makeFlat(13, 1, 2, 3)), /pixels are colours/);
    refuse(encodeIndexPng({ ...size, data: patternOf(5) }, { interlace: 1 }), /interlaced/);
    refuse(good, /it is 13x11 pixels, but its image is 11x13/, { width: 11, height: 13 });
    refuse(good.subarray(0, good.length - 30), /cut short/);
    refuse(Buffer.from('GIF89a'), /not a PNG file/);
    const damaged = Buffer.from(good);
    damaged.fill(0xff, damaged.indexOf('IDAT') + 4, damaged.indexOf('IDAT') + 12);
    refuse(damaged, /damaged/);
  });
});

suite('masks of images', () => {
  const mask = { width: 4, height: 2, data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) };
  const recipe: ImageRecipe = {
    firstCrop: null,
    resize: { kind: 'exact', width: 8, height: 4 },
    filter: 'bilinear',
    crop: null,
    rescaleFactor: null,
    offset: 0,
    mean: null,
    std: null,
    lastStd: null,
    pad: null,
    flipChannels: false,
    dataFormat: null,
  };
  const project = (changes: Partial<ImageRecipe>, width: number, height: number) => [
    ...projectMask(mask, placeImage(mask, { ...recipe, ...changes }), { width, height }),
  ];

  test('go where their images went: resized, cut, padded, at the stride of the output', () => {
    assert.deepEqual(project({}, 4, 2), [...mask.data], 'half of what the model sees');
    assert.deepEqual(project({}, 8, 4).slice(0, 8), [0, 0, 1, 1, 2, 2, 3, 3]);
    const cut = { crop: { width: 4, height: 4, style: 'torchvision', fill: [0] } } as const;
    assert.deepEqual(project(cut, 2, 2), [1, 2, 5, 6]);
    const padded = { crop: { width: 8, height: 8, style: 'torchvision', fill: [0] } } as const;
    assert.deepEqual(project(padded, 4, 4), [-1, -1, -1, -1, ...mask.data, -1, -1, -1, -1]);
    assert.deepEqual(project({ pad: { width: 16, height: 4 } }, 8, 2).slice(0, 8), [0, 1, 2, 3, -1, -1, -1, -1]);
  });

  async function open(context: TestContext, masks: Readonly<Record<string, readonly number[]>>, annotations?: string) {
    const folder = await makeFolder(context);
    for (const name of ['a.png', 'b.png']) await writeImage(join(folder, 'images', name), makeFlat(4, 1, 2, 3));
    await mkdir(join(folder, 'masks'));
    for (const [name, data] of Object.entries(masks))
      await writeFile(join(folder, 'masks', name), encodeIndexPng({ width: 4, height: data.length / 4, data }));
    const request = makeRequest({
      path: folder,
      annotationsPath: annotations === undefined ? null : join(folder, annotations),
    });
    return openDataset(request, [imageInput], { seed: 0, dims: {} });
  }
  const filled = (value: number, first = 0) => [first, ...Array<number>(15).fill(value)];
  const map = (...dims: number[]): OutputFacts => ({ name: 'scores', dataType: 'float32', dims });

  test('are found beside them, and become targets in the size of the output', async (context) => {
    const dataset = await open(context, { 'a.png': filled(2), 'b.png': filled(255) });
    const { targets, use } = useMasks(dataset, [map(10), map(3, 2, 2)])!;
    assert.equal(use.task, 'segmentation');
    const { dims, data } = await targets.read(0);
    assert.deepEqual(
      [dims, [...data]],
      [
        [2, 2],
        [2, 2, 2, 2],
      ],
    );
    assert.ok(dataset.notes.some((note) => note.includes('a class for every pixel of 2 images (0, 2, 255)')));
  });

  test('of black and white are yes or no', async (context) => {
    const dataset = await open(context, { 'a.png': filled(255), 'b.png': filled(0) });
    for (const output of [map(1, 4, 4), map(2, 4, 4), map(4, 4, 1)]) {
      const { targets, use } = useMasks(dataset, [output])!;
      assert.deepEqual([...(await targets.read(0)).data].slice(0, 3), [0, 1, 1]);
      assert.equal(use.map!.isYesOrNo, output.dims[0] !== 2);
    }
  });

  test('are read against scores of any form', () => {
    const read = (changes: object, values: number[], dims: number[]) => {
      const { outputs, outputDims } = createMapReader({ isYesOrNo: false, areClassesLast: false, ...changes })(
        [values, values],
        dims,
      );
      return [[...(outputs[0] as number[])], outputDims];
    };
    assert.deepEqual(read({ isYesOrNo: true }, [0.2, 0.7], [1, 1, 2])[0], [0, 1], 'probabilities');
    assert.deepEqual(read({ isYesOrNo: true }, [0.2, -0.7], [1, 1, 2])[0], [1, 0], 'logits');
    assert.deepEqual(read({ areClassesLast: true }, [1, 2, 3, 4, 5, 6], [1, 2, 3]), [
      [1, 4, 2, 5, 3, 6],
      [3, 1, 2],
    ]);
  });

  test('are refused where they cannot be right', async (context) => {
    await rejects(
      open(context, { 'a.png': filled(1) }, 'masks'),
      'labels-malformed',
      /1 of 2 images have no \.png.*"b\.png"/,
    );
    await rejects(
      open(context, { 'a.png': filled(1), 'b.png': [1, 1, 1, 1] }, 'masks'),
      'labels-malformed',
      /it is 4x1 pixels, but its image is 4x4/,
    );
    const dataset = await open(context, { 'a.png': filled(3, 1), 'b.png': filled(1, 2) });
    assert.throws(() => useMasks(dataset, [map(3, 4, 4)]), {
      code: 'labels-malformed',
      message: /class 3, first in "a\.png".*0 to 2\. They seem to count from 1\./,
    });
    assert.throws(() => useMasks(dataset, [map(1, 4, 4)]), { message: /class 3.*0 to 1\. Number/ });
    assert.throws(() => useMasks(dataset, [map(10)]), {
      code: 'data-shape-mismatch',
      message: /no output of the model is a map.*"scores" \[10\]/,
    });
  });
});
