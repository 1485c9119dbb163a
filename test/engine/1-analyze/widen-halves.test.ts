import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { everyNode } from '../../../electron/engine/graph/edit.ts';
import { isCast } from '../../../electron/engine/graph/ops/conversions.ts';
import { attributeInt } from '../../../electron/engine/onnx/attributes.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type ModelProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { tensorsOf } from '../../../electron/engine/onnx/tensors-of.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import { dataTypes, type Feeds, type Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { assertClose, buildModel, integers, noise, op, type Sketch } from '../build-model.ts';
import { body, graphAttribute, value } from '../control-flow-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

/*
 * What is prepared of a float16 model computes what the model does, holds no half floats but at its ends, and is fed and hands out
 * what the model does.
 */

const folder = temporaryFolder();
const float16 = dataTypes.float16.number;

const toHalf = ({ dims, data }: Tensor): Tensor => ({
  dataType: 'float16',
  dims,
  data: Uint16Array.from([...data].map(Number), toFloat16Bits),
});
const halves = (dims: readonly number[], values: Iterable<number>): Tensor => ({
  dataType: 'float16',
  dims,
  data: Uint16Array.from(values, toFloat16Bits),
});
const numbers = ({ dataType, data }: Tensor): number[] =>
  [...data].map((item) => (dataType === 'float16' ? fromFloat16Bits(Number(item)) : Number(item)));

const tensorAttribute = (name: string, tensor: Tensor) =>
  create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: makeTensor('', tensor) });

const x = { inputs: { x: [2, 8] }, types: { x: 'float16' } } satisfies Partial<Sketch>;
const feeds: Feeds = { x: toHalf(noise([2, 8], 1)) };
const w = toHalf(noise([8, 8], 2, 0.4));

async function prepare(model: ModelProto, externalData: 'auto' | 'external' = 'auto', limitBytes?: number) {
  const work = mkdtempSync(join(folder, 'work-'));
  const path = join(work, 'model.onnx');
  await writeModel(model, path, { externalData });
  return { path, made: await prepareModel(path, work, limitBytes), preparedPath: join(work, 'checked.onnx') };
}

async function runFile(path: string, fed: Feeds): Promise<Record<string, Tensor>> {
  const session = await openSession(path, { threads: 1 });
  try {
    return await session.run(fed);
  } finally {
    await session.release();
  }
}

/** Prepares the model, and runs both on the same feeds. @returns what the given model hands out, as numbers. */
async function check(
  model: ModelProto,
  fed: Feeds = feeds,
  options: {
    readonly externalData?: 'auto' | 'external';
    readonly limitBytes?: number;
    readonly tolerance?: number;
  } = {},
): Promise<Record<string, number[]>> {
  const { path, made, preparedPath } = await prepare(model, options.externalData, options.limitBytes);
  const { prepared, inputs, diagnostics } = made;
  assert.ok(diagnostics.some(({ code }) => code === 'float16-widened'));
  const ends = new Set(prepared.proto.graph!.output.map(({ name }) => name));
  // A weight that is handed out is one of the ends.
  const stored = [...tensorsOf(prepared.proto)].filter(({ name, dataType }) => dataType === float16 && !ends.has(name));
  assert.deepEqual(stored.map(({ name }) => name), []); // prettier-ignore
  const inside = everyNode(prepared.proto.graph!)
    .filter((node) => isCast(node) && attributeInt(node, 'to', 0) === float16)
    .filter(({ output }) => !ends.has(output[0]!));
  assert.deepEqual(inside.map(({ name }) => name), []); // prettier-ignore
  for (const { name, dataType } of inputs) assert.equal(dataType, fed[name]!.dataType);
  await writeModel(prepared.proto, preparedPath, { externalData: 'auto', sourceFolder: prepared.folder });
  const before = await runFile(path, fed);
  const after = await runFile(preparedPath, fed);
  assert.deepEqual(Object.keys(after), Object.keys(before));
  for (const [name, given] of Object.entries(before)) {
    assert.equal(after[name]!.dataType, given.dataType);
    assert.deepEqual(after[name]!.dims, given.dims);
    // Half floats have 11 bits; the given model rounds to them behind each of a few operators.
    assertClose(numbers(after[name]!), numbers(given), options.tolerance ?? 0.02);
  }
  return Object.fromEntries(Object.entries(after).map(([name, tensor]) => [name, numbers(tensor)]));
}

suite('a float16 model is prepared as float32', () => {
  test('throughout, with BatchNormalization to fold', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4, 6, 6] },
      types: { x: 'float16' },
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'a'), op('BatchNormalization', 'a s b m v', 'n'), op('Relu', 'n', 'y')],
      weights: {
        w: toHalf(noise([8, 4, 3, 3], 1, 0.2)),
        ...{ s: halves([8], Array<number>(8).fill(1.5)), b: toHalf(noise([8], 3, 0.1)) },
        ...{ m: toHalf(noise([8], 4, 0.1)), v: halves([8], Array<number>(8).fill(0.75)) },
      },
    });
    await check(model, { x: toHalf(noise([3, 4, 6, 6], 7)) });
    const { made } = await prepare(model);
    assert.deepEqual(
      made.prepared.proto.graph!.node.map(({ opType }) => opType),
      ['Cast', 'Conv', 'Relu', 'Cast'],
    );
    assert.equal(made.prepared.halfStorage, 'close');
    assert.deepEqual(
      made.diagnostics.map(({ code }) => code).filter((code) => code !== 'nodes-named'),
      ['float16-widened', 'batchnorm-folded'],
    );
  });

  test('between casts of a float32 model, whose own weights are left as exact as they are', async () => {
    const model = buildModel({
      inputs: { x: [2, 32] },
      outputs: 'y',
      nodes: [
        op('MatMul', 'x u', 'f'),
        op('Cast', 'f', 'a', { to: float16 }),
        op('MatMul', 'a w', 'm'),
        op('Cast', 'm', 'y', { to: dataTypes.float32.number }),
      ],
      weights: { u: noise([32, 32], 1, 0.2), w: toHalf(noise([32, 40], 2, 0.2)) },
    });
    await check(model, { x: noise([2, 32], 3) });
    assert.equal((await prepare(model)).made.prepared.halfStorage, 'exact');
  });

  test('with masks of the lowest half float and of infinity', async () => {
    for (const lowest of [-65_504, -Infinity]) {
      const masked = buildModel({
        ...x,
        outputs: 'p q',
        nodes: [
          op('Where', 'keep x low', 'chosen'),
          op('Softmax', 'chosen', 'p'),
          op('Add', 'x mask', 'added'),
          op('Softmax', 'added', 'q'),
        ],
        weights: {
          keep: { dataType: 'bool', dims: [8], data: Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 1) },
          low: halves([], [lowest]),
          mask: halves([8], [0, lowest, 0, 0, lowest, 0, 0, 0]),
        },
      });
      const { p, q } = await check(masked, feeds, { tolerance: 0.002 });
      for (const values of [p!, q!]) {
        assert.deepEqual([1, 4, 9, 12].map((place) => values[place]), [0, 0, 0, 0]); // prettier-ignore
        assertClose([values.slice(0, 8).reduce((sum, one) => sum + one, 0)], [1], 0.005);
      }
    }
  });

  test('with types in attributes, constants and scalars', async () => {
    const constant = op('Constant', '', 'c');
    constant.attribute.push(tensorAttribute('value', halves([8], [1, 2, 3, 4, 5, 6, 7, 8])));
    const filled = op('ConstantOfShape', 'shape', 'ones');
    filled.attribute.push(tensorAttribute('value', halves([1], [0.5])));
    const model = buildModel({
      ...x,
      outputs: 'y i',
      nodes: [
        constant,
        filled,
        op('Clip', 'x low high', 'k'),
        op('Add', 'k c', 'a'),
        op('Mul', 'a ones', 'b'),
        op('CastLike', 'whole b', 'l'),
        op('Add', 'b l', 's'),
        op('EyeLike', 'whole', 'eye', { dtype: dataTypes.float32.number }),
        op('Cast', 'eye', 'e', { to: float16 }),
        op('Add', 's e', 'y'),
        op('Cast', 'y', 'i', { to: dataTypes.int32.number }),
      ],
      weights: {
        ...{ low: halves([], [-0.5]), high: halves([], [65_504]), shape: integers([2, 8]) },
        whole: { dataType: 'int64', dims: [2, 8], data: BigInt64Array.from({ length: 16 }, (_, at) => BigInt(at)) },
      },
    });
    const { y } = await check(model);
    const given = numbers(feeds['x']!);
    const expected = given.map((one, at) => (Math.max(one, -0.5) + 1 + (at % 8)) / 2 + at + Number(at % 9 === 0));
    assertClose(y!, expected, 0.02);
  });

  test('in bodies of If and Loop, which read what is fed and weights outside', async () => {
    const row = [2, 8];
    const step = body(
      'step',
      [
        op('MatMul', 'state w', 'm'),
        op('Tanh', 'm', 'next'),
        op('Add', 'next x', 'scanned'),
        op('Identity', 'go', 'goes'),
      ],
      [value('trip', [], 'int64'), value('go', [], 'bool'), value('state', row, 'float16')],
      [value('goes', [], 'bool'), value('next', row, 'float16'), value('scanned', row, 'float16')],
    );
    const loop = op('Loop', 'n yes x', 'looped all');
    loop.attribute.push(graphAttribute('body', step));
    const inner = body('then', [op('Mul', 'x two', 't')], [], [value('t', row, 'float16')]);
    inner.initializer.push(makeTensor('two', halves([], [2])));
    const choose = op('If', 'yes', 'y');
    const otherwise = body('else', [op('MatMul', 'looped w', 'e')], [], [value('e', row, 'float16')]);
    choose.attribute.push(graphAttribute('then_branch', inner), graphAttribute('else_branch', otherwise));
    const yes: Tensor = { dataType: 'bool', dims: [], data: Uint8Array.of(1) };
    const model = buildModel({
      inputs: { x: row, yes: [] },
      types: { x: 'float16', yes: 'bool' },
      outputs: 'looped all y',
      nodes: [loop, choose],
      weights: { w, n: { dataType: 'int64', dims: [], data: BigInt64Array.of(3n) } },
    });
    const { y } = await check(model, { ...feeds, yes });
    assertClose(y!, numbers(feeds['x']!).map((one) => 2 * one), 1e-6); // prettier-ignore
  });

  test('in functions of its own, also where they are told the type', async () => {
    const reference = (name: string, refAttrName: string) =>
      create(AttributeProtoSchema, { name, refAttrName, type: AttributeType.INT });
    const cast = op('Cast', 'v', 'narrow');
    cast.attribute.push(reference('to', 'kind'));
    const call = op('As', 'v', 'w', {}, 'own');
    call.attribute.push(reference('kind', 'target'));
    const opsetImport = [
      { domain: '', version: 17n },
      { domain: 'own', version: 1n },
    ];
    const functions = [
      create(FunctionProtoSchema, {
        ...{ name: 'As', domain: 'own', input: ['v'], output: ['narrow'], attribute: ['kind'] },
        ...{ node: [cast], opsetImport },
      }),
      create(FunctionProtoSchema, {
        ...{ name: 'Twice', domain: 'own', input: ['v'], output: ['z'], attribute: ['target'] },
        ...{ node: [call, op('Add', 'w w', 'z')], opsetImport },
      }),
    ];
    const model = buildModel({
      inputs: { x: [2, 8] },
      outputs: 'y',
      nodes: [
        op('Twice', 'x', 't', { target: float16 }, 'own'),
        op('MatMul', 't w', 'm'),
        op('As', 'm', 'y', { kind: dataTypes.float32.number }, 'own'),
      ],
      weights: { w },
    });
    model.functions.push(...functions);
    model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'own', version: 1n });
    await check(model, { x: noise([2, 8], 1) });
  });

  test('with weights listed as inputs, weights in a file beside it, and outputs that are inputs or weights', async () => {
    const graph = { ...x, outputs: 'y', nodes: [op('MatMul', 'x w', 'm'), op('Relu', 'm', 'y')], weights: { w } };
    const listed = buildModel({ ...graph, inputs: { x: [2, 8], w: [8, 8] }, types: { x: 'float16', w: 'float16' } });
    await check(listed);
    const large = { w: toHalf(noise([8, 256], 3, 0.3)), v: toHalf(noise([256, 8], 4, 0.1)) };
    const nodes = [op('MatMul', 'x w', 'm'), op('Relu', 'm', 'r'), op('MatMul', 'r v', 'y'), op('Add', 'y y', 'z')];
    // Above the limit weights stay in their file, and what is prepared has one of its own.
    for (const limitBytes of [undefined, 1000]) {
      await check(buildModel({ ...x, outputs: 'y z', nodes, weights: large }), feeds, {
        externalData: 'external',
        ...(limitBytes === undefined ? {} : { limitBytes }),
      });
    }
    const handedOn = await check(buildModel({ ...graph, outputs: 'y w', nodes: graph.nodes }));
    assert.deepEqual(handedOn['w'], numbers(w));
  });

  test('of opset 8, where Gemm has to have a bias', async () => {
    const model = buildModel({
      ...x,
      opset: 8,
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'm'), op('Relu', 'x', 'r'), op('Add', 'm r', 'y')],
      weights: { w },
    });
    await check(model);
  });
});

test('a model that hands out sequences of half floats stays as it is, and says so', async () => {
  const nodes = [op('MatMul', 'x w', 'y'), op('SequenceConstruct', 'y x', 's')];
  const model = buildModel({ ...x, outputs: 'y s', nodes, weights: { w } });
  const { made } = await prepare(model);
  assert.equal(made.prepared.halfStorage, undefined);
  assert.ok(made.diagnostics.some(({ code }) => code === 'float16-kept'));
  assert.equal(made.outputs[0]!.dataType, 'float16');
});

test('a model without half floats is prepared as ever', async () => {
  const { made } = await prepare(
    buildModel({ inputs: { x: [2, 8] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')], weights: {} }),
  );
  assert.equal(made.prepared.halfStorage, undefined);
  assert.ok(!made.diagnostics.some(({ code }) => code.startsWith('float16')));
});
