import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { buildAloneModel } from '../../../electron/engine/5-measure/alone-model.ts';
import { measureLayerErrors } from '../../../electron/engine/5-measure/layer-error.ts';
import { readModel, type OnnxModel } from '../../../electron/engine/onnx/read-model.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { encodeTinyModel, makeIntegerWeight, makeNode, makeTensor, makeWeight, type TinyModel } from './tiny-models.ts';

const shape = [1, 4];
const [inputs, outputs] = [{ x: shape }, { z: shape }];

/** z = (x * 2 + 1) * 3 in three layers. */
const float: TinyModel = {
  nodes: [
    makeNode('Mul', 'first', ['x', 'two'], ['a']),
    makeNode('Add', 'second', ['a', 'one'], ['b']),
    makeNode('Mul', 'third', ['b', 'three'], ['z']),
  ],
  weights: [makeWeight('two', [], [2]), makeWeight('one', [], [1]), makeWeight('three', [], [3])],
  inputs,
  outputs,
};

const round = (tensor: string, step: string) => [
  makeNode('QuantizeLinear', `${tensor}_q`, [tensor, step, 'zero'], [`${tensor}q`]),
  makeNode('DequantizeLinear', `${tensor}_d`, [`${tensor}q`, step, 'zero'], [`${tensor}d`]),
];

/** The first layer's weight is wrong, so that it makes all of the error; all outputs are rounded finely. */
const compressed: TinyModel = {
  nodes: [
    makeNode('Mul', 'first', ['x', 'two'], ['a']),
    ...round('a', 'fine'),
    makeNode('Add', 'second', ['ad', 'one'], ['b']),
    ...round('b', 'fine'),
    makeNode('Mul', 'third', ['bd', 'three'], ['z']),
  ],
  weights: [
    makeWeight('two', [], [1.5]),
    makeWeight('one', [], [1]),
    makeWeight('three', [], [3]),
    makeWeight('fine', [], [1 / 16]),
    makeIntegerWeight('zero', 2, [], [0]),
  ],
  inputs,
  outputs,
};

const pairs = [
  { before: 'a', after: 'ad' },
  { before: 'b', after: 'bd' },
  { before: 'z', after: 'z' },
];
// Multiples of 1/16 after the first layer: only its weight makes an error.
const samples = {
  count: 1,
  read: () => Promise.resolve<Feeds>({ x: makeTensor(shape, [0.5, 1, 1.25, 2]) }),
};

suite('the error that each layer makes itself', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vernier-alone-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function modelOf(model: TinyModel, name: string): Promise<OnnxModel> {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, encodeTinyModel(model));
    return readModel(path);
  }

  async function measure(theirs: TinyModel, tensors = pairs) {
    const [mine, other] = [await modelOf(float, 'float'), await modelOf(theirs, 'compressed')];
    const alone = buildAloneModel(mine, other, tensors);
    assert.ok(alone !== null);
    const options = { before: mine, samples, threads: 1 };
    const inherited = await measureLayerErrors({ ...options, after: other, pairs: tensors });
    const introduced = await measureLayerErrors({ ...options, after: alone.model, pairs: alone.pairs });
    return { inherited, introduced };
  }

  test('is that of the layer alone, however much comes in', async () => {
    const { inherited, introduced } = await measure(compressed);
    // 1.5 in place of 2 is a quarter of the signal: 12.04 dB.
    assert.ok(Math.abs(introduced.get('a')!.sqnrDb! - 20 * Math.log10(4)) < 1e-4);
    assert.equal(introduced.get('b')!.sqnrDb, null);
    assert.equal(introduced.get('z')!.sqnrDb, null);
    for (const tensor of ['a', 'b', 'z']) assert.ok(inherited.get(tensor)!.sqnrDb! < 20, tensor);
  });

  test('holds the rounding of its inputs and of its output', async () => {
    const coarse: TinyModel = {
      ...compressed,
      weights: [
        makeWeight('two', [], [2]),
        ...compressed.weights!.filter(({ name }) => name !== 'two' && name !== 'fine'),
        makeWeight('fine', [], [1]),
      ],
    };
    const { introduced } = await measure(coarse);
    // a = 1, 2, 2.5, 4: 2.5 becomes 2, whoever rounds it.
    const decibels = (values: readonly number[], errors: readonly number[]) =>
      10 *
      Math.log10(
        values.reduce((sum, value) => sum + value ** 2, 0) / errors.reduce((sum, error) => sum + error ** 2, 0),
      );
    assert.ok(Math.abs(introduced.get('a')!.sqnrDb! - decibels([1, 2, 2.5, 4], [0.5])) < 1e-4);
    // The second reads 1, 2, 2, 4 and gives 2, 3, 3, 5 for 2, 3, 3.5, 5.
    assert.ok(Math.abs(introduced.get('b')!.sqnrDb! - decibels([2, 3, 3.5, 5], [0.5])) < 1e-4);
    // The third reads 3.5 rounded to even: 4.
    assert.ok(Math.abs(introduced.get('z')!.sqnrDb! - decibels([6, 9, 10.5, 15], [1.5])) < 1e-4);
  });

  test('is left out where both models cannot stand in one graph', async () => {
    const [mine, other] = [await modelOf(float, 'float'), await modelOf(compressed, 'compressed')];
    assert.equal(buildAloneModel(mine, other, []), null);
    const elsewhere = { ...other, proto: { ...other.proto, opsetImport: [] } } as OnnxModel;
    assert.equal(buildAloneModel(mine, elsewhere, pairs), null);
    // Tensors that the float model does not have are no pairs.
    const { introduced } = await measure(compressed, [...pairs, { before: 'gone', after: 'ad2' }]);
    assert.deepEqual([...introduced.keys()], ['a', 'b', 'z']);
  });
});
