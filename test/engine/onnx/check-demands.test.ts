import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { suite, test } from 'node:test';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { decodeModel } from '../../../electron/engine/onnx/read-model.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, integers, noise, op, type Sketch } from '../build-model.ts';

const scalar = (value: number): Tensor => ({ dataType: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });
const truth = (value: boolean): Tensor => ({ dataType: 'bool', dims: [], data: Uint8Array.of(value ? 1 : 0) });

function sketch(nodes: readonly NodeProto[], weights: Readonly<Record<string, Tensor>> = {}, opset = 17): Sketch {
  return { opset, inputs: { x: [2, 3] }, outputs: nodes.at(-1)!.output[0]!, nodes, weights };
}

const decode = (model: ModelProto): ModelProto => decodeModel(encodeModel(model));

function withGraphs(
  node: NodeProto,
  graphs: Readonly<Record<string, Parameters<typeof create>[1] & object>>,
): NodeProto {
  for (const [name, graph] of Object.entries(graphs)) {
    const attribute = { name, type: AttributeType.GRAPH, g: create(GraphProtoSchema, { name, ...graph }) };
    node.attribute.push(create(AttributeProtoSchema, attribute));
  }
  return node;
}

const large = integers([600_000_000]);

suite('sizes written in a model', () => {
  const cases: Readonly<Record<string, Sketch>> = {
    ConstantOfShape: sketch([op('ConstantOfShape', 's', 'y')], { s: large }),
    Expand: sketch([op('Expand', 'x s', 'y')], { s: integers([20_000, 20_000, 3]) }),
    Tile: sketch([op('Tile', 'x s', 'y')], { s: integers([20_000, 20_000]) }),
    'Tile of a weight': sketch([op('Tile', 'w s', 'y')], { w: noise([1000, 100], 1), s: integers([100, 100]) }),
    Range: sketch([op('Range', 'a b c', 'y')], { a: scalar(0), b: scalar(600_000_000), c: scalar(1) }),
    OneHot: sketch([op('OneHot', 'i d v', 'y')], {
      i: integers([1, 2]),
      d: scalar(300_000_000),
      v: floats([2], [0, 1]),
    }),
    Pad: sketch([op('Pad', 'x p', 'y')], { p: integers([0, 0, 20_000, 20_000]) }),
    Resize: sketch([op('Resize', 'x _ _ s', 'y')], { s: integers([20_000, 20_000]) }),
    'Resize by factors': sketch([op('Resize', 'x _ f', 'y')], { f: floats([2], [20_000, 20_000]) }),
    RandomNormal: sketch([op('RandomNormal', '', 'y', { shape: [20_000, 20_000] })]),
    'a shape in a Constant node': sketch([
      op('Constant', '', 's', { value_ints: [600_000_000] }),
      op('ConstantOfShape', 's', 'y'),
    ]),
    'many that would each be allowed': sketch(
      [
        ...Array.from({ length: 30 }, (_, index) => op('ConstantOfShape', 's', `c${index}`)),
        op('Sum', Array.from({ length: 30 }, (_, index) => `c${index}`).join(' '), 'y'),
      ],
      { s: integers([16_000_000]) },
    ),
    'one on top of another': sketch([op('Expand', 'x s', 'e'), op('Neg', 'e', 'n'), op('Tile', 'n r', 'y')], {
      s: integers([1000, 1000]),
      r: integers([1000, 1]),
    }),
    'doubling, thirty times over': sketch(
      Array.from({ length: 30 }, (_, index) =>
        op('Concat', index === 0 ? 'x x' : `c${index - 1} c${index - 1}`, `c${index}`, { axis: 0 }),
      ),
    ),
  };
  for (const [what, model] of Object.entries(cases)) {
    test(`are refused before memory is taken: ${what}`, () => {
      assert.throws(() => decode(buildModel(model)), {
        code: 'model-unsupported',
        message: /would fill the memory.*GB/,
      });
    });
  }

  test('count inside branches and functions, too', () => {
    const branch = { node: [op('ConstantOfShape', 's', 'b')], output: [{ name: 'b' }] };
    const node = withGraphs(op('If', 'c', 'y'), { then_branch: branch, else_branch: branch });
    assert.throws(() => decode(buildModel(sketch([node], { c: truth(true), s: large }))), /would fill the memory/);

    const model = buildModel(sketch([op('F', 'x', 'y', {}, 'own')]));
    model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'own', version: 1n });
    const body = [op('Constant', '', 's', { value_ints: [600_000_000] }), op('ConstantOfShape', 's', 'b')];
    model.functions.push(
      create(FunctionProtoSchema, { name: 'F', domain: 'own', input: ['a'], output: ['b'], node: body }),
    );
    assert.throws(() => decode(model), /would fill the memory/);
  });

  test('of layers one after another are not added up: their memory is used again', () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      op('Expand', index === 0 ? 'x s' : `e${index - 1} s`, `e${index}`),
    );
    assert.ok(decode(buildModel(sketch(nodes, { s: integers([4000, 1000, 2, 3]) }))));
  });

  test('that are usual are taken', () => {
    assert.ok(decode(buildModel(sketch([op('ConstantOfShape', 's', 'y')], { s: integers([1024, 1024]) }))));
    assert.ok(
      decode(buildModel(sketch([op('Resize', 'x _ f', 'y')], { f: floats([2], [NaN, 2]) }))),
      'not ours to judge',
    );
  });
});

suite('loops', () => {
  const body = (condition: readonly NodeProto[], output: string): Parameters<typeof create>[1] & object => ({
    node: [...condition, op('Relu', 'inner', 'next')],
    input: [{ name: 'round' }, { name: 'goes' }, { name: 'inner' }],
    output: [{ name: output }, { name: 'next' }],
  });
  const kept = body([op('Identity', 'goes', 'on')], 'on');
  const loop = (inputs: string, loopBody: Parameters<typeof create>[1] & object) =>
    withGraphs(op('Loop', inputs, 'y'), { body: loopBody });
  const weights = { many: scalar(Number.MAX_SAFE_INTEGER), few: scalar(10), yes: truth(true), no: truth(false) };

  for (const [what, node] of [
    ['whose condition is handed on', loop('many yes x', kept)],
    ['whose condition is handed on as it is', loop('many yes x', body([], 'goes'))],
    [
      'whose condition is handed on by several nodes',
      loop('many yes x', body([op('Identity', 'goes', 'a'), op('Identity', 'a', 'on')], 'on')),
    ],
    ['without a condition', loop('many _ x', kept)],
    ['without a number of rounds', loop('_ yes x', kept)],
    ['whose condition is a constant outside', loop('many yes x', body([op('Identity', 'yes', 'on')], 'on'))],
    [
      'whose condition is a constant inside',
      loop('_ yes x', body([op('Constant', '', 'one', { value_int: 1 }), op('Identity', 'one', 'on')], 'on')),
    ],
  ] as const) {
    test(`${what} are refused where they never end`, () => {
      assert.throws(() => decode(buildModel(sketch([node], weights))), {
        code: 'model-unsupported',
        message: /Loop node "y" never ends/,
      });
    });
  }

  for (const [what, node] of [
    ['of few rounds', loop('few yes x', kept)],
    ['whose condition is false', loop('many no x', kept)],
    ['whose condition is computed', loop('many yes x', body([op('Less', 'round few', 'on')], 'on'))],
    ['whose rounds are fed', loop('x yes x', kept)],
  ] as const) {
    test(`${what} are taken`, () => assert.ok(decode(buildModel(sketch([node], weights)))));
  }
});

suite('an input without a shape', () => {
  // Without it ONNX Runtime aborts, and takes the process with it.
  for (const [opType, gates] of [
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
  ] as const) {
    for (const between of [false, true]) {
      test(`that feeds ${opType}${between ? ' through others' : ''} a scalar is an error`, async () => {
        const source = between ? 'passed' : 'x';
        const model = buildModel({
          inputs: { x: [] },
          outputs: 'y',
          nodes: [
            ...(between ? [op('Identity', 'x', 'on'), op('Relu', 'on', 'passed')] : []),
            op(opType, `${source} w r`, 'y', { hidden_size: 2 }),
          ],
          weights: { w: noise([1, 2 * gates, 3], 1), r: noise([1, 2 * gates, 2], 2) },
        });
        const type = model.graph!.input[0]!.type!.value;
        if (type.case === 'tensorType') delete type.value.shape;
        await assert.rejects(observeShapes(inMemory(model), { x: floats([], [1]) }), {
          code: 'model-unsupported',
          message: /must have rank 3/,
        });
        const shapes = await observeShapes(inMemory(model), { x: noise([4, 1, 3], 1) });
        assert.deepEqual(shapes.get('y')?.dims, [4, 1, 1, 2], 'what it can take, it takes');
      });
    }
  }
});
