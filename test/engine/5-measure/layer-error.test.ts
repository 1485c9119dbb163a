import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import { measureLayerErrors, type LayerErrorOptions } from '../../../electron/engine/5-measure/layer-error.ts';
import { readModel, type OnnxModel } from '../../../electron/engine/onnx/read-model.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { encodeTinyModel, makeIntegerWeight, makeNode, makeTensor, makeWeight, type TinyModel } from './tiny-models.ts';

/** y = relu(x) * 2, as it is. */
const floatModel: TinyModel = {
  nodes: [makeNode('Relu', 'relu', ['x'], ['r']), makeNode('Mul', 'double', ['r', 'two'], ['y'])],
  weights: [makeWeight('two', [], [2])],
  inputs: { x: [1, 4] },
  outputs: { y: [1, 4] },
};

/** The same with relu's output rounded to multiples of 0.5. */
const quantizedModel: TinyModel = {
  nodes: [
    makeNode('Relu', 'relu', ['x'], ['r']),
    makeNode('QuantizeLinear', 'r_QuantizeLinear', ['r', 'step', 'zero'], ['rq']),
    makeNode('DequantizeLinear', 'r_DequantizeLinear', ['rq', 'step', 'zero'], ['rd']),
    makeNode('Mul', 'double', ['rd', 'two'], ['y']),
  ],
  weights: [makeWeight('two', [], [2]), makeWeight('step', [], [0.5]), makeIntegerWeight('zero', 2, [], [0])],
  inputs: { x: [1, 4] },
  outputs: { y: [1, 4] },
};

suite('measureLayerErrors', () => {
  let folder: string;
  let models: { before: OnnxModel; after: OnnxModel };
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vernier-layer-error-'));
    const paths = { before: join(folder, 'float.onnx'), after: join(folder, 'quantized.onnx') };
    writeFileSync(paths.before, encodeTinyModel(floatModel));
    writeFileSync(paths.after, encodeTinyModel(quantizedModel));
    models = { before: await readModel(paths.before), after: await readModel(paths.after) };
  });
  after(() => rmSync(folder, { recursive: true }));

  const rows = [
    [1, -3, 0.2, 0],
    [2, 0.7, -1, 0],
  ];
  const optionsWith = (changes: Partial<LayerErrorOptions> = {}): LayerErrorOptions => ({
    ...models,
    pairs: [
      { before: 'r', after: 'rd' },
      { before: 'y', after: 'y' },
    ],
    samples: { count: 2, read: (index) => Promise.resolve<Feeds>({ x: makeTensor([1, 4], rows[index]!) }) },
    threads: 1,
    ...changes,
  });
  // relu gives 1, 0.2 and 2, 0.7; rounded: 1, 0 and 2, 0.5.
  const expectedDb = 10 * Math.log10((1 + 0.04 + 4 + 0.49) / (0.04 + 0.04));

  test('gives the SQNR of inner tensors and outputs over all samples', async () => {
    const errors = await measureLayerErrors(optionsWith());
    assert.deepEqual([...errors.keys()], ['r', 'y']);
    for (const error of errors.values()) {
      assert.ok(Math.abs(error.sqnrDb! - expectedDb) < 1e-4, `${error.sqnrDb} dB`);
      assert.equal(error.count, 8);
      assert.equal(error.nonFiniteSamples, 0);
    }
  });

  test('comes to the same in as many runs as memory asks for', async () => {
    const whole = await measureLayerErrors(optionsWith());
    assert.deepEqual(await measureLayerErrors(optionsWith({ maxBytes: 1 })), whole);
  });

  test('compares inputs as fed, says null for what does not differ, and leaves out what is not there', async () => {
    const pairs = [
      { before: 'x', after: 'x' },
      { before: 'r', after: 'r' },
      { before: 'gone', after: 'rd' },
      { before: 'y', after: 'two' },
    ];
    const errors = await measureLayerErrors(optionsWith({ pairs }));
    assert.deepEqual(
      [...errors].map(([name, { sqnrDb }]) => [name, sqnrDb]),
      [
        ['x', null],
        ['r', null],
      ],
    );
  });

  test('counts samples that are not finite instead of comparing them', async () => {
    const samples = {
      count: 2,
      read: (index: number) =>
        Promise.resolve<Feeds>({ x: makeTensor([1, 4], index === 0 ? rows[0]! : [Infinity, 1, 1, 1]) }),
    };
    const error = (await measureLayerErrors(optionsWith({ samples }))).get('r')!;
    assert.deepEqual([error.count, error.nonFiniteSamples], [4, 1]);
  });

  test('stops when cancelled', async () => {
    await assert.rejects(measureLayerErrors(optionsWith({ signal: AbortSignal.abort() })), CancelledError);
  });
});
