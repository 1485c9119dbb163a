import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { resizedSize } from '../../../electron/engine/data/resize-rule.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { translateEngineText } from '../../../shared/engine-texts.ts';
import type { PreprocessPreset } from '../../../shared/tasks.ts';
import { makeFolder, makeRequest, rejects, writeImage } from './fixtures.ts';

/* What families of models do to images: one flat image, in which every pixel that is not filled up is the same. */

const [red, green, blue] = [200, 100, 50] as const;

async function open(
  context: TestContext,
  preprocess: PreprocessPreset,
  dims: readonly (number | string)[],
  [width, height]: readonly [number, number],
  changes = {},
) {
  const folder = await makeFolder(context);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => [red, green, blue][at % 3]!);
  await writeImage(join(folder, 'a.png'), { width, height, channels: 3, data });
  const input: ValueInfo = { name: 'input', dataType: 'float32', dims };
  return openDataset(makeRequest({ path: folder, preprocess, ...changes }), [input], { seed: 0, dims: {} });
}

async function feed(...given: Parameters<typeof open>) {
  const dataset = await open(...given);
  const { dims, data } = (await dataset.read(0)).input!;
  const [, channels, height, width] = dims as [number, number, number, number];
  const at = (channel: number, row: number, column: number) => Number(data[(channel * height + row) * width + column]);
  return { dataset, dims, channels, at };
}

const near = (value: number, right: number) => assert.ok(Math.abs(value - right) < 1e-6, `${value}, not ${right}`);

suite('presets', () => {
  test('yolo puts the whole image in the middle of grey, and boxes go back through it', async (context) => {
    // 20 x 10 into 16 x 16: 16 x 8, 4 rows above and below.
    const { dataset, at } = await feed(context, 'yolo', [1, 3, 16, 16], [20, 10]);
    for (const row of [0, 3, 12, 15]) near(at(0, row, 5), 114 / 255);
    for (const row of [4, 11]) [red, green, blue].forEach((level, channel) => near(at(channel, row, 5), level / 255));
    const placed = dataset.placement!(0);
    assert.deepEqual([placed.scaleX, placed.scaleY, placed.offsetX, placed.offsetY], [0.8, 0.8, 0, 4]);
    const [note] = dataset.notes.filter((text) => text.includes('preprocessed'));
    assert.match(note!, /fit inside 16x16 \(bilinear\); centred in 16x16, padded with level \[114, 114, 114\]/);
    assert.match(translateEngineText(note!, 'zh-CN'), /置于 16x16 中央，四周填充像素值/);
  });

  test('yolo puts an odd row behind, as Ultralytics does, and takes 640 where the model leaves the size open', async (context) => {
    // 20 x 13 into 16 x 16: 16 x 10.4 -> 10; 20 x 11: 16 x 8.8 -> 9, 3 rows above and 4 below.
    const { at } = await feed(context, 'yolo', [1, 3, 16, 16], [20, 11]);
    near(at(0, 2, 5), 114 / 255);
    near(at(0, 3, 5), red / 255);
    near(at(0, 11, 5), red / 255);
    near(at(0, 12, 5), 114 / 255);
    assert.deepEqual((await feed(context, 'yolo', ['N', 3, 'height', 'width'], [20, 11])).dims, [1, 3, 640, 640]);
  });

  test('imagenet and clip cut the middle out and normalize', async (context) => {
    const { at, dims } = await feed(context, 'imagenet', ['N', 3, 16, 16], [40, 20]);
    assert.deepEqual(dims, [1, 3, 16, 16]);
    near(at(0, 0, 0), Math.fround((red / 255 - 0.485) / 0.229));
    near(at(2, 15, 15), (blue / 255 - 0.406) / 0.225);
    const other = await feed(context, 'clip', ['N', 3, 'h', 'w'], [40, 20]);
    assert.deepEqual(other.dims, [1, 3, 224, 224]);
    near(other.at(1, 100, 100), (green / 255 - 0.4578275) / 0.26130258);
  });

  test('paddleocr brings lines to one height, blue first, zeros behind', async (context) => {
    // 30 x 12 to a height of 8: 20 wide, of 40.
    const { at, dims } = await feed(context, 'paddleocr', ['N', 3, 8, 40], [30, 12]);
    assert.deepEqual(dims, [1, 3, 8, 40]);
    near(at(0, 7, 19), (blue / 255 - 0.5) / 0.5);
    near(at(2, 0, 0), (red / 255 - 0.5) / 0.5);
    assert.equal(at(1, 4, 20), 0);
    // A long line is squeezed; where any width will do it is not.
    near((await feed(context, 'paddleocr', ['N', 3, 8, 40], [300, 12])).at(0, 0, 39), (blue / 255 - 0.5) / 0.5);
    assert.deepEqual((await feed(context, 'paddleocr', ['N', 3, 48, 'W'], [600, 24])).dims, [1, 3, 48, 1200]);
  });

  test('paddleocr brings pages to multiples of 32, as DetResizeForTest does', () => {
    const rule = { kind: 'limited', longest: 960, multiple: 32 } as const;
    for (const [from, to] of [
      [
        [2000, 1000],
        [960, 480],
      ],
      [
        [700, 333],
        [704, 320],
      ],
      [
        [10, 500],
        [32, 512],
      ],
    ] as const)
      assert.deepEqual(resizedSize({ width: from[0], height: from[1] }, rule), { width: to[0], height: to[1] });
  });

  test('are refused beside a configuration, and for what is no image', async (context) => {
    const twice = open(context, 'yolo', ['N', 3, 16, 16], [4, 4], {
      preprocessorPath: '/tmp/preprocessor_config.json',
    });
    await rejects(twice, 'options-invalid', /--preprocess yolo and --preprocessor/);
    const input: ValueInfo = { name: 'x', dataType: 'float32', dims: [1, 3] };
    const noise = openDataset(makeRequest({ random: true, preprocess: 'clip' }), [input], { seed: 0, dims: {} });
    await rejects(noise, 'options-invalid', /--preprocess clip is for images/);
  });
});
