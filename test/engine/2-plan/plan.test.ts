import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { say } from '../../../shared/engine-texts/say.ts';
import { AppError } from '../../../shared/app-error.ts';
import { recipeSchema } from '../../../shared/recipe.ts';
import type { Shapes, TensorFacts } from '../../../electron/engine/graph/shapes.ts';
import type { QuantizationPlan } from '../../../electron/engine/2-plan/quantization-plan.ts';
import { correctionInputs } from '../../../electron/engine/schemes/int8-static/plan.ts';
import { findIdleSelectors } from '../../../electron/engine/2-plan/select-nodes.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import {
  SparseTensorProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  floats,
  inMemory,
  integers,
  modeOf,
  nodePlan,
  noise,
  op,
  plan,
  type QuantizeOptions,
} from '../build-model.ts';

/** Plans need shapes only where an operator's meaning depends on them. */
function shapesOf(facts: Readonly<Record<string, readonly number[]>> = {}): Shapes {
  const entries = Object.entries(facts);
  return new Map(entries.map(([name, dims]): [string, TensorFacts] => [name, { dims, dataType: 'float32' }]));
}

const weights: Record<string, Tensor> = {
  w1: noise([4, 4, 1, 1], 1),
  b1: noise([4], 2),
  w2: noise([4, 4, 1, 1], 3),
  w3: noise([4, 4, 1, 1], 4),
};

function chain(nodes: readonly NodeProto[], more: Readonly<Record<string, Tensor>> = {}, opset = 17, outputs = 'y') {
  const all = { ...weights, ...more };
  const used = new Set(nodes.flatMap((node) => node.input));
  return buildModel({
    opset,
    inputs: { x: ['N', 4, 8, 8] },
    outputs,
    nodes,
    weights: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
  });
}

function modesOf(made: QuantizationPlan): Record<string, string> {
  return Object.fromEntries(made.nodes.map((entry) => [entry.node, modeOf(entry)]));
}

function groupsOf(made: QuantizationPlan): Record<string, string> {
  return Object.fromEntries(made.tensors.map(({ tensor, group }) => [tensor, group]));
}

function reasonOf(model: ModelProto, name: string, options: QuantizeOptions = {}, shapes = shapesOf()): string {
  const found = nodePlan(plan(model, shapes, options), name);
  assert.equal(modeOf(found), 'float');
  return found.reason;
}

const three = chain([
  op('Conv', 'x w1 b1', 'a'),
  op('Relu', 'a', 'r'),
  op('Conv', 'r w2', 'b'),
  op('Sigmoid', 'b', 's'),
  op('Conv', 's w3', 'y'),
]);

test('a plan says for each node what becomes of it, and for each tensor whose scale it has', () => {
  const made = plan(three, shapesOf());
  assert.deepEqual(modesOf(made), { a: 'int8', r: 'folded', b: 'int8', s: 'int8', y: 'int8' });
  assert.deepEqual(groupsOf(made), { x: 'x', r: 'r', b: 'b', s: 's', y: 'y' });
  assert.deepEqual(made.observe, ['x', 'r', 'b', 's', 'y']);
  assert.deepEqual(nodePlan(made, 'a'), {
    node: 'a',
    opType: 'Conv',
    precision: {
      scheme: 'int8-static',
      weights: { type: 'int8', axis: 0, block: null, symmetric: true },
      activations: { type: 'uint8', axis: null, block: null, symmetric: false, when: 'static' },
      expandsAtLoad: false,
    },
    foldedInto: null,
    reason: '',
    weight: { tensor: 'w1', axis: 0, range: 'int8' },
    bias: 'b1',
  });
  assert.match(nodePlan(made, 'r').reason, /folded into the range of a/);
  assert.deepEqual([made.activationType, made.form], ['uint8', 'onnx']);
});

suite('options', () => {
  test('includeOpTypes leaves the rest float', () => {
    const made = plan(three, shapesOf(), { recipe: { includeOpTypes: ['Conv'] } });
    assert.deepEqual(modesOf(made), { a: 'int8', r: 'float', b: 'int8', s: 'float', y: 'int8' });
    assert.equal(nodePlan(made, 's').reason, 'the recipe does not include op type Sigmoid');
  });

  test('excludeOpTypes', () => {
    const made = plan(three, shapesOf(), { recipe: { excludeOpTypes: ['Sigmoid'] } });
    assert.deepEqual(modesOf(made), { a: 'int8', r: 'folded', b: 'int8', s: 'float', y: 'int8' });
    assert.equal(nodePlan(made, 's').reason, 'op type Sigmoid is excluded by the recipe');
  });

  test('excludeNodes by name: exactly that node', () => {
    const made = plan(three, shapesOf(), { recipe: { excludeNodes: ['a'] } });
    assert.deepEqual(modesOf(made), { a: 'float', r: 'float', b: 'int8', s: 'int8', y: 'int8' });
    assert.equal(nodePlan(made, 'a').reason, 'excluded by the recipe');
  });

  test('a selector that no node answers to is found', () => {
    const recipe = recipeSchema.parse({ includeNodes: ['/^[ab]$/', 'A'], excludeNodes: ['s', '/^conv/'] });
    assert.deepEqual(findIdleSelectors(recipe, indexGraph(inMemory(three))), ['A', '/^conv/']);
  });

  test('excludeNodes by regular expression', () => {
    const made = plan(three, shapesOf(), { recipe: { excludeNodes: ['/^[ab]$/'] } });
    assert.deepEqual(modesOf(made), { a: 'float', r: 'float', b: 'float', s: 'float', y: 'int8' });
  });

  test('includeNodes by name and by regular expression', () => {
    for (const selector of ['b', '/^b/']) {
      const made = plan(three, shapesOf(), { recipe: { includeNodes: [selector] } });
      assert.deepEqual(modesOf(made), { a: 'float', r: 'float', b: 'int8', s: 'float', y: 'float' });
      assert.equal(nodePlan(made, 'a').reason, 'the recipe includes only other nodes');
    }
  });

  test('keepFloat gives its own reason', () => {
    const reason = say('measuredInFloat');
    const made = plan(three, shapesOf(), { keepFloat: new Map([['a', reason]]) });
    assert.deepEqual([modeOf(nodePlan(made, 'a')), nodePlan(made, 'a').reason], ['float', reason]);
  });

  test('an unknown op type or a broken regular expression is an error', () => {
    const isRecipeError = (error: unknown) => error instanceof AppError && error.code === 'recipe-invalid';
    assert.throws(() => plan(three, shapesOf(), { recipe: { includeOpTypes: ['Convolution'] } }), isRecipeError);
    assert.throws(() => plan(three, shapesOf(), { recipe: { excludeOpTypes: ['Tanh'] } }), isRecipeError);
    assert.throws(() => plan(three, shapesOf(), { recipe: { excludeNodes: ['/(/'] } }), isRecipeError);
  });

  test('per-tensor: no weight has an axis', () => {
    const made = plan(three, shapesOf(), { recipe: { perChannel: false } });
    assert.deepEqual(
      made.nodes.flatMap(({ weight }) => (weight === null ? [] : [weight.axis])),
      [null, null, null],
    );
  });

  test('symmetric activations are int8, and no clamp is folded', () => {
    const made = plan(three, shapesOf(), { recipe: { symmetricActivations: true } });
    assert.equal(made.activationType, 'int8');
    assert.equal(modeOf(nodePlan(made, 'r')), 'float');
  });

  test('weightRange reaches every weight but those of depthwise convolutions', () => {
    const model = chain(
      [
        op('Conv', 'x w1', 'a'),
        op('Conv', 'a depthwise', 'b', { group: 4 }),
        op('Conv', 'b multiplied', 'y', { group: 4 }),
      ],
      { depthwise: noise([4, 1, 1, 1], 1), multiplied: noise([8, 1, 1, 1], 2) },
    );
    const made = plan(model, shapesOf(), { weightRange: 'int8-pairs' });
    assert.deepEqual(
      made.nodes.map(({ weight }) => weight!.range),
      ['int8-pairs', 'int8', 'int8-pairs'],
    );
  });
});

test('below opset 13 per-channel scales need the com.microsoft operators, single scales from opset 10 on do not', () => {
  const at = (opset: number, perChannel: boolean) =>
    plan(chain([op('Conv', 'x w1', 'y')], {}, opset), shapesOf(), { recipe: { perChannel } }).form;
  assert.deepEqual([at(12, true), at(12, false), at(10, false), at(9, false)], [
    'com.microsoft',
    'onnx',
    'onnx',
    'com.microsoft',
  ]); // prettier-ignore
  assert.equal(at(13, true), 'onnx');
});

suite('clamps', () => {
  const clip = (low: number, high: number) =>
    chain([op('Conv', 'x w1', 'a'), op('Clip', 'a low high', 'c'), op('Conv', 'c w2', 'y')], {
      low: floats([], [low]),
      high: floats([], [high]),
    });

  test('Clip is folded when its bounds hold zero', () => {
    for (const [low, high] of [
      [0, 6],
      [-1, 1],
      [-3, 0],
    ] as const) {
      assert.equal(modeOf(nodePlan(plan(clip(low, high), shapesOf()), 'c')), 'folded');
    }
    assert.match(reasonOf(clip(1, 2), 'c'), /exclude zero/);
    assert.match(reasonOf(clip(-2, -1), 'c'), /exclude zero/);
  });

  test('Clip with bounds in attributes, before opset 11', () => {
    const model = (low: number) =>
      chain(
        [
          op('Conv', 'x w1', 'a'),
          op('Clip', 'a', 'c', { min: { float: low }, max: { float: 6 } }),
          op('Conv', 'c w2', 'y'),
        ],
        {},
        10,
      );
    assert.equal(modeOf(nodePlan(plan(model(0), shapesOf()), 'c')), 'folded');
    assert.match(reasonOf(model(1), 'c'), /exclude zero/);
  });

  test('Clip with bounds computed at run time stays float', () => {
    const model = chain([
      op('Conv', 'x w1', 'a'),
      op('ReduceMax', 'x', 'high', { keepdims: 0 }),
      op('Clip', 'a _ high', 'c'),
      op('Conv', 'c w2', 'y'),
    ]);
    assert.match(reasonOf(model, 'c'), /computed at run time/);
  });

  test('a clamp stays where other nodes read the values before it', () => {
    const model = chain([
      op('Conv', 'x w1', 'a'),
      op('Relu', 'a', 'r'),
      op('Conv', 'r w2', 'b'),
      op('Add', 'a b', 'y'),
    ]);
    assert.match(reasonOf(model, 'r'), /other nodes need/);
    const output = chain([op('Conv', 'x w1', 'a'), op('Relu', 'a', 'y')], {}, 17, 'y a');
    assert.match(reasonOf(output, 'y'), /other nodes need/);
  });

  test('a clamp behind a float layer stays float', () => {
    const model = chain([op('Tanh', 'x', 't'), op('Relu', 't', 'r'), op('Conv', 'r w2', 'y')]);
    assert.match(reasonOf(model, 'r'), /layer before it is not int8/);
  });

  test('Relu behind an int8 Add is folded into the Add', () => {
    const model = chain([
      op('Conv', 'x w1', 'a'),
      op('Conv', 'x w2', 'b'),
      op('Add', 'a b', 's'),
      op('Relu', 's', 'r'),
      op('Conv', 'r w3', 'y'),
    ]);
    assert.match(nodePlan(plan(model, shapesOf()), 'r').reason, /range of s/);
  });
});

suite('pass-through nodes', () => {
  test('share the scale of what they move, through any number of them', () => {
    const model = chain(
      [
        op('Conv', 'x w1', 'a'),
        op('Relu', 'a', 'r'),
        op('MaxPool', 'r', 'p', { kernel_shape: [2, 2] }),
        op('Transpose', 'p', 't', { perm: [0, 1, 3, 2] }),
        op('Reshape', 't shape', 'h'),
        op('Conv', 'h w2', 'y'),
      ],
      { shape: integers([-1, 4, 7, 7]) },
    );
    const made = plan(model, shapesOf());
    assert.deepEqual(groupsOf(made), { x: 'x', r: 'r', p: 'r', t: 'r', h: 'r', y: 'y' });
    assert.deepEqual(made.observe, ['x', 'r', 'y']);
  });

  test('all outputs of a Split share the scale of its input', () => {
    const model = chain(
      [op('Conv', 'x w1', 'a'), op('Split', 'a', 's1 s2', { axis: 1, num_outputs: 2 }), op('Mul', 's1 s2', 'm'), op('Conv', 'm w4', 'y')],
      { w4: noise([4, 2, 1, 1], 1) },
      18,
    ); // prettier-ignore
    const groups = groupsOf(plan(model, shapesOf()));
    assert.deepEqual([groups['s1'], groups['s2'], groups['m']], ['a', 'a', 'm']);
  });

  test('Concat chooses its own scale', () => {
    const model = chain(
      [op('Conv', 'x w1', 'a'), op('Conv', 'x w2', 'b'), op('Concat', 'a b', 'c', { axis: 1 }), op('Conv', 'c w4', 'y')],
      { w4: noise([4, 8, 1, 1], 1) },
    ); // prettier-ignore
    assert.deepEqual(groupsOf(plan(model, shapesOf())), { x: 'x', a: 'a', b: 'b', c: 'c', y: 'y' });
  });

  test('move float values as float', () => {
    const model = chain([op('Transpose', 'x', 't', { perm: [0, 1, 3, 2] }), op('Conv', 't w1', 'y')]);
    assert.match(reasonOf(model, 't'), /its input is float/);
  });

  test('stay float where nothing behind them is int8', () => {
    const model = chain([op('Conv', 'x w1', 'a'), op('Transpose', 'a', 'y', { perm: [0, 1, 3, 2] })]);
    assert.match(reasonOf(model, 'y'), /no int8 layer reads it/);
  });

  test('MaxPool pays even at the end: less is left to convert', () => {
    const model = chain([op('Conv', 'x w1', 'a'), op('MaxPool', 'a', 'y', { kernel_shape: [2, 2] })]);
    assert.equal(modeOf(nodePlan(plan(model, shapesOf()), 'y')), 'int8');
  });
});

suite('elementwise nodes', () => {
  test('Softmax and Sigmoid at the end stay float', () => {
    for (const opType of ['Softmax', 'Sigmoid']) {
      const model = chain([op('Conv', 'x w1', 'a'), op(opType, 'a', 'y')]);
      assert.match(reasonOf(model, 'y'), /no int8 layer reads it/);
    }
  });

  test('between float layers stay float', () => {
    const model = chain([op('Tanh', 'x', 't'), op('Sigmoid', 't', 's'), op('Conv', 's w1', 'y')]);
    assert.match(reasonOf(model, 's'), /its inputs are float/);
  });

  test('Add with one float input stays float', () => {
    const model = chain([
      op('Conv', 'x w1', 'a'),
      op('Tanh', 'x', 't'),
      op('Add', 'a t', 's'),
      op('Conv', 's w2', 'y'),
    ]);
    assert.match(reasonOf(model, 's'), /its inputs are float/);
  });

  test('removing one takes along those that lived by it', () => {
    const model = chain([
      op('Conv', 'x w1', 'a'),
      op('Sigmoid', 'a', 's'),
      op('Transpose', 's', 't', { perm: [0, 1, 3, 2] }),
      op('Tanh', 't', 'y'),
    ]);
    assert.deepEqual(modesOf(plan(model, shapesOf())), { a: 'int8', s: 'float', t: 'float', y: 'float' });
  });

  test('Softmax over all but the batch, as before opset 13, has no int8 form', () => {
    const model = chain([op('Conv', 'x w1', 'a'), op('Softmax', 'a', 's'), op('Conv', 's w2', 'y')], {}, 11);
    assert.match(reasonOf(model, 's', {}, shapesOf({ a: [1, 4, 8, 8] })), /before opset 13/);
  });
});

suite('every float node has its reason', () => {
  const reasons: readonly (readonly [string, RegExp, readonly NodeProto[], Readonly<Record<string, Tensor>>?])[] = [
    ['no kernel', /no int8 Tanh kernel/, [op('Conv', 'x w1', 'a'), op('Tanh', 'a', 'n'), op('Conv', 'n w2', 'y')]],
    ['unknown op', /no entry for Sinh/, [op('Sinh', 'x', 'n'), op('Conv', 'n w2', 'y')]],
    ['unknown domain', /no entry for com\.microsoft\.Gelu/, [op('Gelu', 'x', 'n', {}, 'com.microsoft'), op('Conv', 'n w2', 'y')]],
    ['computed weight', /weight is computed/, [op('Neg', 'w1', 'v'), op('Conv', 'x v', 'n'), op('Conv', 'n w2', 'y')]],
    ['computed bias', /bias is computed/, [op('Neg', 'b1', 'v'), op('Conv', 'x w1 v', 'n'), op('Conv', 'n w2', 'y')]],
    ['linear resize', /nearest/, [op('Conv', 'x w1', 'a'), op('Resize', 'a _ scales', 'n', { mode: 'linear' }), op('Conv', 'n w2', 'y')], { scales: floats([4], [1, 1, 2, 2]) }],
    ['padding value', /value other than 0/, [op('Conv', 'x w1', 'a'), op('Pad', 'a pads one', 'n'), op('Conv', 'n w2', 'y')], { pads: integers([0, 0, 1, 1, 0, 0, 1, 1]), one: floats([], [1]) }],
    ['BatchNorm alone', /no layer beside this BatchNormalization/, [op('BatchNormalization', 'x b1 b1 b1 b1', 'n'), op('Conv', 'n w2', 'y')]],
    ['ConvTranspose', /no int8 ConvTranspose kernel/, [op('ConvTranspose', 'x w1', 'n'), op('Conv', 'n w2', 'y')]],
  ]; // prettier-ignore
  for (const [name, pattern, nodes, more] of reasons) {
    test(name, () => assert.match(reasonOf(chain(nodes, more ?? {}), 'n'), pattern));
  }

  test('sparse weight', () => {
    for (const opType of ['Conv', 'MatMul']) {
      const model = chain([op(opType, 'x sparse', 'n'), op('Conv', 'n w2', 'y')]);
      model.graph!.sparseInitializer.push(create(SparseTensorProtoSchema, { values: { name: 'sparse' } }));
      assert.match(reasonOf(model, 'n'), /weight is stored sparse/);
    }
  });

  test('wrong element type', () => {
    const shapes = new Map<string, TensorFacts>([['x', { dims: [1, 4, 8, 8], dataType: 'float16' }]]);
    assert.match(reasonOf(chain([op('Conv', 'x w1', 'y')]), 'y', {}, shapes), /float16, not float32/);
  });

  test('unknown op that makes no values to compute with', () => {
    const shapes = new Map<string, TensorFacts>([['n', { dims: [4], dataType: 'int64' }]]);
    const shape = chain([op('Conv', 'x w1', 'y'), op('Shape', 'x', 'n')], {}, 17, 'y n');
    assert.equal(reasonOf(shape, 'n', {}, shapes), 'its output is int64, not float32');
  });

  test('no float node is without one', () => {
    const made = plan(three, shapesOf(), { recipe: { includeOpTypes: ['Conv'] } });
    for (const entry of made.nodes) assert.equal(entry.reason === '', modeOf(entry) === 'int8');
  });
});

suite('ConvTranspose', () => {
  const model = chain([op('ConvTranspose', 'x w1', 'y')]);

  test('becomes int8 when named by op type or by node', () => {
    for (const recipe of [{ includeOpTypes: ['Conv', 'ConvTranspose'] }, { includeNodes: ['y'] }]) {
      const named = nodePlan(plan(model, shapesOf(), { recipe }), 'y');
      assert.deepEqual([modeOf(named), named.weight!.axis], ['int8', 1]);
    }
  });
});

suite('Gemm', () => {
  const gemm = (node: NodeProto, more: Readonly<Record<string, Tensor>>) =>
    buildModel({ inputs: { x: ['N', 6] }, outputs: 'y', nodes: [node], weights: more });
  const w = noise([6, 3], 1);
  const c = noise([3], 2);

  test('scales lie along the output columns, whichever way the weight is stored', () => {
    const plain = plan(gemm(op('Gemm', 'x w c', 'y'), { w, c }), shapesOf());
    assert.equal(nodePlan(plain, 'y').weight!.axis, 1);
    const transposed = plan(gemm(op('Gemm', 'x w c', 'y', { transB: 1 }), { w: noise([3, 6], 1), c }), shapesOf());
    assert.equal(nodePlan(transposed, 'y').weight!.axis, 0);
  });

  test('an output nobody reads as int8 is not rounded to 8 bits', () => {
    assert.deepEqual(plan(gemm(op('Gemm', 'x w c', 'y'), { w, c }), shapesOf()).observe, ['x']);
  });

  const refused: readonly (readonly [RegExp, NodeProto, Readonly<Record<string, Tensor>>])[] = [
    [/transA/, op('Gemm', 'x w c', 'y', { transA: 1 }), { w, c }],
    [/alpha/, op('Gemm', 'x w c', 'y', { alpha: { float: 0.5 } }), { w, c }],
    [/beta/, op('Gemm', 'x w c', 'y', { beta: { float: 0.5 } }), { w, c }],
    [/one value per column/, op('Gemm', 'x w c', 'y'), { w, c: noise([2, 3], 2) }],
    [/one value per column/, op('Gemm', 'x w c', 'y'), { w, c: noise([], 2) }],
  ];
  for (const [pattern, node, more] of refused) {
    test(`stays float: ${pattern.source}`, () => assert.match(reasonOf(gemm(node, more), 'y'), pattern));
  }

  test('a weight computed at run time', () => {
    const model = buildModel({
      inputs: { x: ['N', 6], v: [6, 3] },
      outputs: 'y',
      nodes: [op('Gemm', 'x v', 'y')],
    });
    assert.match(reasonOf(model, 'y'), /weight is computed/);
  });
});

suite('MatMul', () => {
  const matMul = (inputs: string, more: Readonly<Record<string, Tensor>>) =>
    buildModel({ inputs: { x: [2, 6] }, outputs: 'y', nodes: [op('MatMul', inputs, 'y')], weights: more });

  test('scales lie along the last axis of a matrix; a stack of matrices has one', () => {
    assert.equal(nodePlan(plan(matMul('x w', { w: noise([6, 3], 1) }), shapesOf()), 'y').weight!.axis, 1);
    assert.equal(nodePlan(plan(matMul('x w', { w: noise([2, 6, 3], 1) }), shapesOf()), 'y').weight!.axis, null);
  });

  test('stays float with the constant in front, with a vector, and between float operands', () => {
    assert.match(reasonOf(matMul('w x', { w: noise([3, 2], 1) }), 'y'), /first operand/);
    assert.match(reasonOf(matMul('x w', { w: noise([6], 1) }), 'y'), /vector/);
    const model = buildModel({ inputs: { x: [2, 6], v: [6, 2] }, outputs: 'y', nodes: [op('MatMul', 'x v', 'y')] });
    assert.match(reasonOf(model, 'y'), /both its operands are in float/);
  });
});

test('correctionInputs are the inputs of weighted int8 layers, with their channel axis', () => {
  const shapes = shapesOf({ x: [1, 4, 8, 8], r: [1, 4, 8, 8], s: [1, 4, 8, 8] });
  const graph = indexGraph(inMemory(three));
  assert.deepEqual(
    [...correctionInputs(plan(three, shapes), graph, shapes)],
    [
      ['x', 1],
      ['r', 1],
      ['s', 1],
    ],
  );
  const kept = plan(three, shapes, { recipe: { excludeNodes: ['b'] } });
  assert.deepEqual([...correctionInputs(kept, graph, shapes).keys()], ['x', 's']);
});
