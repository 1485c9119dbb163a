import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fromFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { ModelInput } from '../../../electron/engine/data/model-inputs.ts';
import {
  findImageLayout,
  outputSize,
  planPreprocessing,
  preprocessImage,
} from '../../../electron/engine/data/preprocess.ts';
import { readPreprocessorConfig } from '../../../electron/engine/data/preprocessor-config.ts';
import { makeFolder, makePixels, rejects } from './fixtures.ts';

const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };

/** Shortest edge 4 of a 7x5 image is 5x4; its centre 2x3 crop in RGB, made by Pillow 12.3 with bicubic. */
const cropped = [66, 159, 188, 121, 177, 67, 140, 189, 65, 188, 56, 154, 228, 103, 192, 117, 157, 140];

/** The same, rescaled and normalized by numpy in float32, channels first. */
const normalized = [
  -0.9876701831817627, -0.04580877348780632, 0.2795616686344147, 1.101549744606018, 1.786539912223816,
  -0.11430778354406357, 0.7478992342948914, 1.0630252361297607, 1.2731093168258667, -1.0553220510482788,
  -0.23249296844005585, 0.7128852605819702, 1.472244143486023, -0.6366883516311646, -0.6715467572212219,
  0.8796516060829163, 1.5419609546661377, 0.6356428861618042,
];

async function readConfig(context: TestContext, config: unknown) {
  const path = join(await makeFolder(context), 'preprocessor_config.json');
  await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config));
  return readPreprocessorConfig(path);
}

async function preprocess(context: TestContext, config: object, input: Partial<ModelInput>, width = 7, height = 5) {
  const model: ModelInput = { name: 'input', dataType: 'float32', dims: ['N', 3, 'H', 'W'], ...input };
  const { recipe } = await readConfig(context, config);
  const layout = findImageLayout(model, recipe.dataFormat);
  return preprocessImage(makePixels(width, height), planPreprocessing(recipe, layout, model));
}

const cropConfig = {
  size: { shortest_edge: 4 },
  resample: 3,
  do_center_crop: true,
  crop_size: { height: 3, width: 2 },
};

test("resize, crop, rescale and normalize give Hugging Face's float32 numbers", async (context) => {
  const tensor = await preprocess(context, { ...cropConfig, ...imagenet, do_normalize: true }, {});
  assert.deepEqual(tensor.dims, [1, 3, 3, 2]);
  assert.deepEqual([...tensor.data], normalized);
});

test('a channels-last model gets the same numbers interleaved', async (context) => {
  const tensor = await preprocess(context, { ...cropConfig, ...imagenet }, { dims: ['N', 'H', 'W', 3] });
  assert.deepEqual(tensor.dims, [1, 3, 2, 3]);
  const pixelCount = 6;
  assert.deepEqual(
    [...tensor.data],
    Array.from({ length: 18 }, (_, i) => normalized[(i % 3) * pixelCount + Math.floor(i / 3)]),
  );
});

test('a uint8 model gets the levels themselves', async (context) => {
  const tensor = await preprocess(
    context,
    { ...cropConfig, ...imagenet },
    { dataType: 'uint8', dims: [1, 'H', 'W', 3] },
  );
  assert.ok(tensor.data instanceof Uint8Array);
  assert.deepEqual([...tensor.data], cropped);
});

test('a float16 model gets the float32 numbers rounded to half precision', async (context) => {
  const tensor = await preprocess(context, { ...cropConfig, ...imagenet }, { dataType: 'float16' });
  assert.equal(tensor.dataType, 'float16');
  const values = [...(tensor.data as Uint16Array)].map(fromFloat16Bits);
  for (const [index, value] of values.entries()) assert.ok(Math.abs(value - normalized[index]!) <= 2 ** -11 * 2);
});

test('do_flip_channel_order feeds blue first', async (context) => {
  const config = { ...cropConfig, do_rescale: false, do_flip_channel_order: true };
  const tensor = await preprocess(context, config, { dims: ['N', 'H', 'W', 3] });
  const blueFirst = Array.from({ length: 18 }, (_, i) => cropped[Math.floor(i / 3) * 3 + 2 - (i % 3)]);
  assert.deepEqual([...tensor.data], blueFirst);
});

test("a one-channel model gets Pillow's grey", async (context) => {
  const tensor = await preprocess(context, { do_resize: false, do_rescale: false }, { dims: [1, 1, 5, 7] });
  assert.deepEqual(tensor.dims, [1, 1, 5, 7]);
  // Pillow 12.3: Image.fromarray(pattern(7, 5)).convert('L')
  assert.deepEqual(
    [...tensor.data],
    [
      68, 105, 142, 149, 186, 73, 110, 127, 140, 183, 75, 118, 161, 98, 156, 205, 103, 151, 94, 143, 191, 65, 119, 173,
      122, 176, 80, 105, 124, 107, 138, 48, 78, 138, 198,
    ],
  );
});

test('a crop larger than the image pads with zeros, the odd pixel in front', async (context) => {
  const config = { do_resize: false, do_rescale: false, crop_size: { height: 8, width: 4 } };
  const tensor = await preprocess(context, config, {});
  assert.deepEqual(tensor.dims, [1, 3, 8, 4]);
  // Red channel by Hugging Face's center_crop: 7x5 to 4x8.
  assert.deepEqual(
    [...tensor.data.subarray(0, 32)],
    [
      0, 0, 0, 0, 0, 0, 0, 0, 37, 74, 111, 148, 96, 133, 170, 207, 155, 192, 229, 10, 214, 251, 32, 69, 17, 54, 91, 128,
      0, 0, 0, 0,
    ],
  );
});

test('an input without a batch dimension gets none', async (context) => {
  const tensor = await preprocess(context, { ...cropConfig, ...imagenet }, { dims: [3, 3, 2] });
  assert.deepEqual(tensor.dims, [3, 3, 2]);
  assert.deepEqual([...tensor.data], normalized);
});

test('sizes follow Hugging Face for every way of writing them', async (context) => {
  const cases: [config: object, width: number, height: number, expected: [width: number, height: number]][] = [
    [{ size: { shortest_edge: 256 } }, 500, 375, [341, 256]],
    [{ size: { shortest_edge: 256 } }, 333, 500, [256, 384]],
    [{ size: { shortest_edge: 256 } }, 1, 1, [256, 256]],
    [{ size: { shortest_edge: 800, longest_edge: 1333 } }, 500, 1000, [666, 1333]],
    [{ size: { height: 224, width: 192 } }, 500, 375, [192, 224]],
    [{ size: [224, 192] }, 500, 375, [192, 224]],
    [{ size: 224, feature_extractor_type: 'ViTFeatureExtractor' }, 500, 375, [224, 224]],
    [{ size: 224, feature_extractor_type: 'CLIPFeatureExtractor', do_center_crop: false }, 500, 375, [298, 224]],
    [{ size: 256, do_center_crop: true, crop_size: 224 }, 500, 375, [224, 224]],
    [
      { size: { shortest_edge: 224 }, image_processor_type: 'LevitImageProcessor', do_center_crop: false },
      500,
      500,
      [256, 256],
    ],
    // Below 384 ConvNeXT resizes to 224 / 0.875 = 256 and crops to 224; from 384 on it warps.
    [{ size: { shortest_edge: 224 }, crop_pct: 0.875 }, 500, 375, [224, 224]],
    [{ size: { shortest_edge: 384 }, crop_pct: 0.875 }, 500, 375, [384, 384]],
    [{ size: { shortest_edge: 224 }, crop_pct: null, do_center_crop: null, crop_size: null }, 500, 375, [298, 224]],
    [{ do_resize: false, size: { shortest_edge: 224 } }, 500, 375, [500, 375]],
  ];
  for (const [config, width, height, expected] of cases) {
    const { recipe } = await readConfig(context, config);
    const size = outputSize({ width, height }, recipe);
    assert.deepEqual([size.width, size.height], expected, JSON.stringify(config));
  }
});

test('what the configuration leaves open or cannot be done is said', async (context) => {
  const { notes } = await readConfig(context, { size: 8, do_pad: true, do_flip_channel_order: true, ...imagenet });
  assert.match(notes.join('\n'), /bilinear/);
  assert.match(notes.join('\n'), /"do_pad".*not applied/);
  assert.match(notes.join('\n'), /BGR order/);
});

test('a configuration that cannot be used names the field', async (context) => {
  await rejects(readConfig(context, '{'), 'data-malformed', /not JSON/);
  await rejects(readConfig(context, { size: { shortest_edge: 'big' } }), 'data-malformed', /"size/);
  await rejects(readConfig(context, { do_normalize: true }), 'data-malformed', /image_mean/);
  await rejects(readConfig(context, { do_center_crop: true }), 'data-malformed', /crop_size/);
  await rejects(readConfig(context, { size: { longest_edge: 9 } }), 'data-malformed', /shortest_edge/);
  await rejects(readConfig(context, { size: 4, image_mean: 0, image_std: [1, 0, 1] }), 'data-malformed', /zero/);
  await rejects(readPreprocessorConfig(join(await makeFolder(context), 'none.json')), 'file-not-found', /none\.json/);
});

test('the layout is found from the dimensions, the configuration deciding only where they are open', () => {
  const layoutOf = (dims: (number | string)[], preferred: 'channels_first' | 'channels_last' | null = null) => {
    const { format, channels, height, width, batched } = findImageLayout(
      { name: 'x', dataType: 'float32', dims },
      preferred,
    );
    return [format, channels, height, width, batched];
  };
  assert.deepEqual(layoutOf([1, 3, 224, 192]), ['channels_first', 3, 224, 192, true]);
  assert.deepEqual(layoutOf(['N', 224, 192, 3], 'channels_first'), ['channels_last', 3, 224, 192, true]);
  assert.deepEqual(layoutOf(['N', '', '', 3]), ['channels_last', 3, null, null, true]);
  assert.deepEqual(layoutOf(['N', 'C', 'H', 'W']), ['channels_first', 3, null, null, true]);
  assert.deepEqual(layoutOf(['N', 'a', 'b', 'c'], 'channels_last'), ['channels_last', 3, null, null, true]);
  assert.deepEqual(layoutOf([28, 28, 1]), ['channels_last', 1, 28, 28, false]);
  assert.throws(() => layoutOf([1, 128]), /does not take images/);
  assert.throws(() => layoutOf([1, 4, 224, 224]), /does not take images/);
});

test('an element type that holds no image is refused', async (context) => {
  await rejects(preprocess(context, cropConfig, { dataType: 'int64' }), 'data-shape-mismatch', /int64/, /\.npz/);
  const twoMeans = { ...cropConfig, image_mean: [0.5, 0.5], image_std: [1, 1] };
  await rejects(preprocess(context, twoMeans, {}), 'data-shape-mismatch', /2 values/, /3 channel/);
});
