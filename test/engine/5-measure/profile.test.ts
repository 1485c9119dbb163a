import assert from 'node:assert/strict';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { mapToLayers, type UserNode } from '../../../electron/engine/5-measure/layer-times.ts';
import { parseProfile, profileLayers, type ProfiledNode } from '../../../electron/engine/5-measure/profile.ts';
import { ModelProtoSchema, type NodeProto, type TensorProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { spawnNodeChild } from '../../../electron/engine/runtime/child-process.ts';
import {
  encodeTinyModel,
  makeIntegerWeight,
  makeInts,
  makeMatMulChain,
  makeNode,
  makeTensor,
  makeWeight,
  type TinyModel,
} from './tiny-models.ts';

const dims = [1, 16, 16, 16];
const feeds = {
  input: makeTensor(
    dims,
    Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i)),
  ),
};
const pads = () => [makeInts('pads', [1, 1, 1, 1])];

function batchNormalization(name: string, input: string, output: string): { node: NodeProto; weights: TensorProto[] } {
  const names = ['scale', 'bias', 'mean', 'variance'].map((part) => `${name}_${part}`);
  return {
    node: makeNode('BatchNormalization', name, [input, ...names], [output]),
    weights: names.map((weight) => makeWeight(weight, [16], new Float32Array(16).fill(0.5))),
  };
}

/** Conv, BatchNormalization, Relu; Conv, BatchNormalization; Add around them; Relu; GlobalAveragePool: a residual block. */
function makeResidualBlock(): TinyModel {
  const first = batchNormalization('bn1', 'c1', 'n1');
  const second = batchNormalization('bn2', 'c2', 'n2');
  return {
    nodes: [
      makeNode('Conv', 'conv1', ['input', 'w1'], ['c1'], pads()),
      first.node,
      makeNode('Relu', 'relu1', ['n1'], ['r1']),
      makeNode('Conv', 'conv2', ['r1', 'w2'], ['c2'], pads()),
      second.node,
      makeNode('Add', 'add', ['r1', 'n2'], ['sum']),
      makeNode('Relu', 'relu2', ['sum'], ['r2']),
      makeNode('GlobalAveragePool', 'pool', ['r2'], ['output']),
    ],
    weights: [makeWeight('w1', [16, 16, 3, 3]), makeWeight('w2', [16, 16, 3, 3]), ...first.weights, ...second.weights],
    inputs: { input: dims },
    outputs: { output: [1, 16, 1, 1] },
  };
}

/** A convolution with Relu folded into its output range, and a float neighbour, in QDQ form as quantizers write it. */
function makeQdqConvolution(): TinyModel {
  const quantize = (tensor: string) =>
    makeNode('QuantizeLinear', `${tensor}_QuantizeLinear`, [tensor, 's', 'z'], [`${tensor}_quantized`]);
  const dequantize = (tensor: string) =>
    makeNode(
      'DequantizeLinear',
      `${tensor}_DequantizeLinear`,
      [`${tensor}_quantized`, 's', 'z'],
      [`${tensor}_dequantized`],
    );
  return {
    nodes: [
      quantize('input'),
      dequantize('input'),
      makeNode('DequantizeLinear', 'w_DequantizeLinear', ['w_quantized', 's', 'zw'], ['w']),
      makeNode('Conv', 'conv', ['input_dequantized', 'w'], ['c'], pads()),
      quantize('c'),
      dequantize('c'),
      makeNode('Sigmoid', 'sigmoid', ['c_dequantized'], ['output']),
    ],
    weights: [
      makeIntegerWeight(
        'w_quantized',
        3,
        [16, 16, 3, 3],
        Array.from({ length: 2304 }, (_, i) => (i % 15) - 7),
      ),
      makeIntegerWeight('z', 2, [], [128]),
      makeIntegerWeight('zw', 3, [], [0]),
      makeWeight('s', [], [0.05]),
    ],
    inputs: { input: dims },
    outputs: { output: dims },
  };
}

/** The float model the QDQ form stems from. */
const floatConvolution: UserNode[] = [
  { name: 'conv', opType: 'Conv', inputs: ['input', 'w'], outputs: ['c'] },
  { name: 'sigmoid', opType: 'Sigmoid', inputs: ['c'], outputs: ['output'] },
];

function listNodes(bytes: Uint8Array): UserNode[] {
  return fromBinary(ModelProtoSchema, bytes).graph!.node.map(({ name, opType, input, output }) => ({
    name,
    opType,
    inputs: input,
    outputs: output,
  }));
}

function assertAddsUp(times: ReturnType<typeof mapToLayers>): void {
  const inLayers = [...times.layers.values()].reduce((sum, ms) => sum + ms, 0);
  assert.ok(Math.abs(inLayers + times.unattributedMs - times.sumMs) < 1e-9);
  assert.ok(times.overheadMs <= inLayers + 1e-9);
}

suite('profileLayers', () => {
  let folder: string;
  const write = (name: string, model: TinyModel) => {
    const bytes = encodeTinyModel(model);
    const modelPath = join(folder, name);
    writeFileSync(modelPath, bytes);
    return { modelPath, userNodes: listNodes(bytes) };
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vernier-test-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const profile = (modelPath: string) =>
    profileLayers({ modelPath, threads: 1, feeds, runs: 10, maxSeconds: 2, spawn: spawnNodeChild });

  test('gives the time of fused Conv, BatchNormalization, Relu and Add to the convolutions', async () => {
    const { modelPath, userNodes } = write('residual.onnx', makeResidualBlock());
    const { nodes, runCount, runMedianMs } = await profile(modelPath);
    assert.equal(runCount, 10, 'warm-up runs are not counted');
    assert.ok(runMedianMs > 0);
    assert.ok(nodes.length < userNodes.length, 'ONNX Runtime fused something');
    for (const node of nodes) assert.ok(node.outputs.length > 0, `${node.name} was found in the optimized graph`);
    const times = mapToLayers(nodes, userNodes);
    assertAddsUp(times);
    assert.deepEqual(times.unattributedNodes, []);
    assert.ok(times.layers.get('conv1')! > 0 && times.layers.get('conv2')! > 0 && times.layers.has('pool'));
    for (const fused of ['bn1', 'relu1', 'bn2']) assert.ok(!times.layers.has(fused), `${fused} is gone`);
  });

  test('traces a QDQ convolution and its conversions back to the float layers', async () => {
    const { modelPath } = write('qdq.onnx', makeQdqConvolution());
    const { nodes } = await profile(modelPath);
    assert.ok(
      nodes.some((node) => node.opType === 'QLinearConv'),
      'the convolution runs in int8',
    );
    const times = mapToLayers(nodes, floatConvolution);
    assertAddsUp(times);
    assert.deepEqual(times.unattributedNodes, []);
    assert.deepEqual([...times.layers.keys()].toSorted(), ['conv', 'sigmoid']);
    assert.ok(times.overheadMs > 0, 'quantizing the input is overhead');
  });

  for (const [what, strange] of [
    ['a quotation mark', 'say "a"'],
    ['a backslash that JSON reads as another character', 'blo\\block'],
    ['a backslash that JSON refuses', 'C:\\models'],
    ['a line break', 'two\nlines'],
    ['a control character', '\u001b[2Jx'],
    ['what looks like a field of the profile', 'x","args" : {"op_name" : "Add"},"y" : "'],
    ['far too many characters', 'n'.repeat(5000)],
  ] as const) {
    test(`finds layers whose node and tensors have ${what} in their names`, async () => {
      const model = fromBinary(ModelProtoSchema, encodeTinyModel(makeResidualBlock()));
      const graph = model.graph!;
      const rename = (name: string) => (name === '' ? '' : `${strange}/${name}`);
      for (const node of graph.node) {
        node.name = rename(node.name);
        node.input = node.input.map(rename);
        node.output = node.output.map(rename);
      }
      for (const value of [...graph.input, ...graph.output, ...graph.initializer]) value.name = rename(value.name);
      const bytes = toBinary(ModelProtoSchema, model);
      const modelPath = join(folder, 'strange.onnx');
      writeFileSync(modelPath, bytes);
      const strangeFeeds = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [rename(name), value]));
      const { nodes } = await profileLayers({
        modelPath,
        threads: 1,
        feeds: strangeFeeds,
        runs: 5,
        spawn: spawnNodeChild,
      });
      const times = mapToLayers(nodes, listNodes(bytes));
      assert.deepEqual(times.unattributedNodes, []);
      for (const name of ['conv1', 'conv2', 'pool']) assert.ok(times.layers.get(rename(name))! > 0, name);
    });
  }

  test('tells unnamed nodes apart from one that is called like them', async () => {
    const model = fromBinary(ModelProtoSchema, encodeTinyModel(makeMatMulChain(4, false)));
    // The profile calls the third, which has no name, after its type and number.
    const { nodes: seen } = await profileLayers({
      modelPath: write('unnamed2.onnx', makeMatMulChain(4, false)).modelPath,
      threads: 1,
      feeds: { input: makeTensor([1, 8], new Float32Array(8).fill(1)) },
      runs: 5,
      spawn: spawnNodeChild,
    });
    const taken = seen.find((node) => node.name.startsWith('MatMul_'))!.name;
    model.graph!.node.find((node) => node.name === '' && !seen[0]!.outputs.includes(node.output[0]!))!.name = taken;
    const modelPath = join(folder, 'taken.onnx');
    writeFileSync(modelPath, toBinary(ModelProtoSchema, model));
    const { nodes } = await profileLayers({
      modelPath,
      threads: 1,
      feeds: { input: makeTensor([1, 8], new Float32Array(8).fill(1)) },
      runs: 5,
      spawn: spawnNodeChild,
    });
    assert.equal(nodes.filter((node) => node.opType === 'MatMul').length, 4, 'none of the four is lost in another');
  });

  test('tells unnamed nodes apart', async () => {
    const unnamed = makeMatMulChain(4, false);
    const { modelPath } = write('unnamed.onnx', unnamed);
    const named = listNodes(encodeTinyModel(makeMatMulChain(4)));
    const feed = { input: makeTensor([1, 8], new Float32Array(8).fill(1)) };
    const { nodes } = await profileLayers({ modelPath, threads: 1, feeds: feed, runs: 5, spawn: spawnNodeChild });
    const times = mapToLayers(nodes, named);
    assert.deepEqual([...times.layers.keys()], ['product0', 'product1', 'product2', 'product3']);
  });

  test('cleans up, and passes errors on', async () => {
    const { modelPath } = write('cancelled.onnx', makeResidualBlock());
    // A temporary folder of its own: others may be profiling on this machine.
    const own = join(folder, 'temporary');
    mkdirSync(own);
    const earlier = { TMPDIR: process.env['TMPDIR'], TEMP: process.env['TEMP'] };
    Object.assign(process.env, { TMPDIR: own, TEMP: own });
    try {
      await assert.rejects(profile(join(folder, 'missing.onnx')), AppError);
      const signal = AbortSignal.abort();
      await assert.rejects(
        profileLayers({ modelPath, threads: 1, feeds, spawn: spawnNodeChild, signal }),
        CancelledError,
      );
      await profile(modelPath);
      assert.deepEqual(readdirSync(own), []);
    } finally {
      for (const [name, value] of Object.entries(earlier)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
  });
});

suite('parseProfile', () => {
  const line = (cat: string, name: string, ts: number, dur: number, opType?: string) =>
    `{"cat" : "${cat}","pid" :1,"tid" :1,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}",` +
    `"args" : {${opType === undefined ? '' : `"op_name" : "${opType}","node_index" : "3"`}}},`;

  test('splits runs and takes kernel times only', () => {
    const text = [
      '[',
      line('Session', 'model_loading_uri', 0, 9),
      line('Node', 'a_fence_before', 10, 1, 'Relu'),
      line('Node', 'a_kernel_time', 11, 5, 'Relu'),
      line('Session', 'model_run', 10, 8),
      line('Node', 'a_kernel_time', 21, 6, 'Relu'),
      line('Session', 'model_run', 20, 9),
      line('Node', 'a_kernel_time', 31, 6, 'Relu'),
      ']',
    ].join('\n');
    const runs = parseProfile(text);
    assert.deepEqual(
      runs.map((run) => run.durationMicroseconds),
      [8, 9],
      'the run that was broken off is left out',
    );
    assert.deepEqual(runs[0]!.events, [{ name: 'a', opType: 'Relu', startMicroseconds: 11, durationMicroseconds: 5 }]);
  });

  test('does not count the inside of If and Loop twice', () => {
    const text = [
      line('Node', 'first_kernel_time', 0, 4, 'Add'),
      line('Node', 'inner_kernel_time', 6, 2, 'Mul'),
      line('Node', 'inner2_kernel_time', 8, 2, 'Mul'),
      line('Node', 'branch_kernel_time', 5, 5, 'If'),
      line('Node', 'last_kernel_time', 10, 0, 'Add'),
      line('Session', 'model_run', 0, 11),
    ].join('\n');
    assert.deepEqual(
      parseProfile(text)[0]!.events.map((event) => event.name),
      ['first', 'branch', 'last'],
    );
  });
});

suite('mapToLayers', () => {
  const profiled = (name: string, opType: string, inputs: string[], outputs: string[]): ProfiledNode => ({
    name,
    opType,
    inputs,
    outputs,
    meanMs: 1,
    medianMs: 1,
  });
  const user = (name: string, opType: string, inputs: string[], outputs: string[]): UserNode => ({
    name,
    opType,
    inputs,
    outputs,
  });
  const layersOf = (nodes: ProfiledNode[], userNodes: UserNode[]) =>
    Object.fromEntries(mapToLayers(nodes, userNodes).layers);

  test('walks back from a fused output to the operator that does the work', () => {
    const userNodes = [
      user('conv', 'Conv', ['x'], ['c']),
      user('bn', 'BatchNormalization', ['c'], ['n']),
      user('relu', 'Relu', ['n'], ['r']),
    ];
    assert.deepEqual(layersOf([profiled('relu_nchwc', 'Conv', ['x'], ['reorder'])], userNodes), { conv: 1 });
    assert.deepEqual(layersOf([profiled('', 'FusedConv', ['x'], ['r'])], userNodes), { conv: 1 });
    assert.deepEqual(layersOf([profiled('relu', 'Relu', ['n'], ['r'])], userNodes), { relu: 1 });
  });

  test('reads NCHWc names as tensors first', () => {
    const userNodes = [user('next', 'Conv', ['x'], ['same']), user('same', 'Conv', ['same'], ['y'])];
    assert.deepEqual(layersOf([profiled('same_nchwc', 'Conv', ['x'], ['reorder'])], userNodes), { next: 1 });
  });

  test('gives a fused sum to the convolution that has no node of its own', () => {
    const userNodes = [
      user('left', 'Conv', ['x'], ['l']),
      user('right', 'Conv', ['x'], ['r']),
      user('sum', 'Add', ['l', 'r'], ['s']),
    ];
    const nodes = [profiled('left', 'Conv', ['x'], ['l']), profiled('', 'FusedConv', ['x', 'l'], ['s'])];
    assert.deepEqual(layersOf(nodes, userNodes), { left: 1, right: 1 });
  });

  test('knows the names ONNX Runtime derives', () => {
    const userNodes = [
      user('m', 'MatMul', ['x'], ['mm']),
      user('a', 'Add', ['mm'], ['y']),
      user('c', 'Conv', ['y'], ['cc']),
    ];
    const nodes = [
      profiled('m/MatMulAddFusion', 'Gemm', ['x'], ['y']),
      profiled('c_token_17', 'QLinearConv', ['y'], ['c_token_18']),
    ];
    assert.deepEqual(layersOf(nodes, userNodes), { m: 1, c: 1 });
    const dynamic = [
      profiled('c_quant', 'ConvInteger', ['yq'], ['cq']),
      profiled('c_quant_scales_mul', 'Mul', ['s'], ['t']),
      profiled('c_quant_output_scale_mul', 'Mul', ['cq', 't'], ['u']),
    ];
    assert.deepEqual(layersOf(dynamic, userNodes), { c: 3 });
  });

  test('attributes conversions to the layer they serve and counts them as overhead', () => {
    const userNodes = [user('conv', 'Conv', ['x'], ['c']), user('soft', 'Softmax', ['c'], ['y'])];
    const nodes = [
      profiled('x_QuantizeLinear', 'QuantizeLinear', ['x'], ['xq']),
      profiled('Transpose', 'Transpose', ['xq'], ['xt']),
      profiled('conv_token_1', 'QLinearConv', ['xt'], ['ct']),
      profiled('Transpose_token_2', 'Transpose', ['ct'], ['cq']),
      profiled('c_DequantizeLinear', 'DequantizeLinear', ['cq'], ['cd']),
      profiled('soft', 'Softmax', ['cd'], ['y']),
    ];
    const times = mapToLayers(nodes, userNodes);
    assert.deepEqual(Object.fromEntries(times.layers), { conv: 4, soft: 2 });
    assert.equal(times.overheadMs, 4);
    assert.equal(times.unattributedMs, 0);
    assert.deepEqual(Object.fromEntries(times.parts), {
      conv: { kernels: ['QLinearConv'], conversionMs: 1, layoutMs: 2 },
      soft: { kernels: ['Softmax'], conversionMs: 1, layoutMs: 0 },
    });
  });

  test('takes conversions of the user for layers', () => {
    const userNodes = [user('q', 'QuantizeLinear', ['x'], ['y'])];
    const times = mapToLayers([profiled('q', 'QuantizeLinear', ['x'], ['y'])], userNodes);
    assert.deepEqual([times.layers.get('q'), times.overheadMs], [1, 0]);
  });

  test('reports what it cannot trace', () => {
    const times = mapToLayers([profiled('strange', 'Mystery', ['p'], ['q'])], [user('a', 'Add', ['x'], ['y'])]);
    assert.equal(times.unattributedMs, 1);
    assert.deepEqual(times.unattributedNodes, ['strange']);
    assert.equal(times.layers.size, 0);
  });
});
