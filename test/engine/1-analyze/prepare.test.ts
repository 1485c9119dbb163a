import { create } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { prepareModel, type PreparedModel } from '../../../electron/engine/1-analyze/prepare.ts';
import {
  declaredShapes,
  dummyFeeds,
  observeShapes,
  resolveDims,
} from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { traceLayers } from '../../../electron/engine/1-analyze/trace.ts';
import { indexGraph, opsetVersion } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { assertClose, buildModel, countOps, floats, inMemory, integers, noise, op, run } from '../build-model.ts';
import { temporaryFolder, valueInfo } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();

async function prepare(model: ModelProto): Promise<PreparedModel> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, encodeModel(model));
  return prepareModel(path, folder);
}

function traceOf({ original, prepared }: PreparedModel): Record<string, string | null> {
  const traced = traceLayers(indexGraph(original), indexGraph(prepared));
  return Object.fromEntries([...traced].map(([name, node]) => [name, node?.name ?? null]));
}

const positive = (dims: readonly number[], seed: number) =>
  floats(dims, (noise(dims, seed, 0.1).data as Float32Array).map((value) => 1 + value)); // prettier-ignore

const convAndNorm = buildModel({
  inputs: { x: ['N', 4, 6, 6] },
  outputs: 'y',
  nodes: [op('Conv', 'x w', 'a'), op('BatchNormalization', 'a s b m v', 'n'), op('Relu', 'n', 'y')],
  weights: {
    w: noise([8, 4, 3, 3], 1, 0.2),
    s: positive([8], 2),
    b: noise([8], 3, 0.1),
    m: noise([8], 4, 0.1),
    v: positive([8], 5),
  },
});

suite('prepareModel', () => {
  test('folds BatchNormalization into the convolution before it, and the layers still know where they went', async () => {
    const made = await prepare(convAndNorm);
    assert.deepEqual(countOps(made.prepared.proto), { Conv: 1, Relu: 1 });
    assert.deepEqual(countOps(made.original.proto), { BatchNormalization: 1, Conv: 1, Relu: 1 });
    const conv = made.prepared.proto.graph!.node.find(({ opType }) => opType === 'Conv')!;
    const trace = traceOf(made);
    assert.deepEqual([trace['a'], trace['n'], trace['y']], [conv.name, conv.name, 'y']);
    assert.ok(made.diagnostics.some(({ code }) => code === 'batchnorm-folded'));
    const feeds = { x: noise([2, 4, 6, 6], 9) };
    const [before, after] = [await run(convAndNorm, feeds), await run(made.prepared.proto, feeds)];
    assertClose(after['y']!.data as Float32Array, before['y']!.data as Float32Array, 1e-5);
  });

  test('fuses MatMul with the Add behind it; both trace to what is left', async () => {
    const model = buildModel({
      inputs: { x: [2, 8] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('Add', 'h b', 's'), op('Relu', 's', 'y')],
      weights: { w: noise([8, 4], 1), b: noise([4], 2) },
    });
    const made = await prepare(model);
    const gemm = made.prepared.proto.graph!.node.find(({ opType }) => opType === 'Gemm');
    assert.ok(gemm, JSON.stringify(countOps(made.prepared.proto)));
    const trace = traceOf(made);
    assert.deepEqual([trace['h'], trace['s'], trace['y']], [gemm.name, gemm.name, 'y']);
  });

  test('folds constants; nothing runs for them any more', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Mul', 'two w', 'v'), op('MatMul', 'x v', 'y')],
      weights: { two: floats([], [2]), w: noise([4, 3], 1) },
    });
    const made = await prepare(model);
    assert.deepEqual(countOps(made.prepared.proto), { MatMul: 1 });
    assert.deepEqual(traceOf(made), { v: null, y: 'y' });
  });

  test('names nodes that have no name', async () => {
    const nodes = [op('Relu', 'x', 'a'), op('Neg', 'a', 'b'), op('Abs', 'b', 'y')];
    nodes[0]!.name = '';
    nodes[1]!.name = 'Relu_a';
    nodes[2]!.name = '';
    const { original, diagnostics } = await prepare(buildModel({ inputs: { x: [4] }, outputs: 'y', nodes }));
    const names = original.proto.graph!.node.map(({ name }) => name);
    assert.equal(new Set(names).size, 3, names.join());
    assert.equal(names[1], 'Relu_a', 'what has a name keeps it');
    assert.match(diagnostics.find(({ code }) => code === 'nodes-named')!.message, /^2 nodes/);
  });

  test('refuses nodes that share a name, as ONNX Runtime does', async () => {
    const nodes = [op('Neg', 'x', 'b'), op('Abs', 'b', 'y')];
    for (const node of nodes) node.name = 'same';
    const model = buildModel({ inputs: { x: [4] }, outputs: 'y', nodes });
    await assert.rejects(run(model, { x: noise([4], 1) }), /two nodes with same node name/);
    await assert.rejects(
      prepare(model),
      (error) => error instanceof AppError && error.code === 'model-unsupported' && error.message.includes('"same"'),
    );
  });

  test('takes initializers that are also listed as inputs for constants', async () => {
    const model = buildModel({
      inputs: { x: [1, 4] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([4, 4], 1) },
    });
    model.irVersion = 3n;
    model.opsetImport[0]!.version = 8n;
    model.graph!.input.push(valueInfo('w', [4, 4]));
    model.graph!.output = [valueInfo('y', [1, 4])];
    const { prepared } = await prepare(model);
    assert.deepEqual(
      prepared.proto.graph!.input.map(({ name }) => name),
      ['x'],
    );
    assert.ok(prepared.proto.irVersion >= 4n);
    assert.equal(opsetVersion(prepared.proto), 8);
  });

  test('gives the same model whether its weights are listed as inputs or not', async () => {
    const layers = (listed: boolean, irVersion: bigint): ModelProto => {
      const model = buildModel({
        inputs: { x: ['N', 4, 6, 6] },
        outputs: 'y z',
        nodes: [
          ...convAndNorm.graph!.node,
          op('ConvTranspose', 'y u', 'c'),
          op('BatchNormalization', 'c s b m v', 'd'),
          op('Shape', 'w', 'dims'),
          op('Gather', 'dims zero', 'channels'),
          op('Concat', 'batch channels rest', 'shape', { axis: 0 }),
          op('Reshape', 'd shape', 'z'),
        ],
        weights: {
          u: noise([8, 8, 3, 3], 6, 0.2),
          zero: integers([0]),
          batch: integers([-1]),
          rest: integers([36]),
        },
      });
      model.irVersion = irVersion;
      model.graph!.initializer.push(...convAndNorm.graph!.initializer);
      if (listed) {
        for (const { name, dims, dataType } of model.graph!.initializer)
          model.graph!.input.push(valueInfo(name, dims.map(Number), dataType));
      }
      return model;
    };
    const describe = ({ prepared: { proto } }: PreparedModel): unknown => ({
      inputs: proto.graph!.input.map(({ name }) => name),
      nodes: proto.graph!.node.map(({ opType, name, input, output }) => [opType, name, ...input, '->', ...output]),
      weights: proto.graph!.initializer.map(({ name, dims, rawData }) => [
        name,
        dims,
        Buffer.from(rawData).toString('hex'),
      ]),
    });
    const unlisted = await prepare(layers(false, 8n));
    assert.deepEqual(countOps(unlisted.prepared.proto), { Conv: 1, Relu: 1, ConvTranspose: 1, Reshape: 1 });
    for (const irVersion of [3n, 4n, 8n, 10n]) {
      const listed = await prepare(layers(true, irVersion));
      assert.deepEqual(describe(listed), describe(unlisted), `IR ${irVersion}`);
      assert.deepEqual(listed.inputs, unlisted.inputs);
      assert.ok(listed.diagnostics.some(({ code }) => code === 'inputs-fixed'));
      const feeds = { x: noise([2, 4, 6, 6], 9) };
      const [before, after] = [await run(layers(true, irVersion), feeds), await run(listed.prepared.proto, feeds)];
      assertClose(after['z']!.data as Float32Array, before['z']!.data as Float32Array, 1e-5);
    }
  });

  test('knows whether it changed anything that runs', async () => {
    const model = (weights: Record<string, Tensor>, nodes: NodeProto[]): ModelProto =>
      buildModel({ inputs: { x: ['N', 4] }, outputs: 'y', nodes, weights });
    const gemm = { w: noise([4, 4], 1), b: noise([4], 2) };
    const plain = model(gemm, [op('Gemm', 'x w b', 'a'), op('Relu', 'a', 'y')]);
    assert.equal((await prepare(plain)).isChanged, false);
    const constant = op('Constant', '', 'b');
    const t = makeTensor('', gemm.b);
    constant.attribute.push(
      create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t }),
    );
    const written = model({ w: gemm.w }, [constant, op('Gemm', 'x w b', 'a'), op('Relu', 'a', 'y')]);
    assert.equal((await prepare(written)).isChanged, false, 'a constant written as a node runs nothing');
    const listed = model(gemm, [...plain.graph!.node]);
    listed.graph!.input.push(valueInfo('w', [4, 4]));
    assert.equal((await prepare(listed)).isChanged, true, 'a weight that can be overridden is fixed');
    assert.equal((await prepare(model(gemm, [op('Identity', 'x', 'i'), op('Gemm', 'i w b', 'y')]))).isChanged, true);
    assert.equal((await prepare(convAndNorm)).isChanged, true);
  });

  test('imports only the operator sets that are in use', async () => {
    const { prepared } = await prepare(convAndNorm);
    assert.deepEqual(
      prepared.proto.opsetImport.map(({ domain }) => domain),
      [''],
    );
  });
});

suite('shapes', () => {
  test('dynamic and data-dependent shapes are learnt by running', async () => {
    const model = buildModel({
      inputs: { x: ['batch', 3, 'h', 'w'] },
      outputs: 'y indices',
      nodes: [
        op('Conv', 'x k', 'a', { strides: [2, 2] }),
        op('Shape', 'a', 's'),
        op('Gather', 's first', 'n'),
        op('Concat', 'n rest', 'shape', { axis: 0 }),
        op('Reshape', 'a shape', 'y'),
        op('NonZero', 'x', 'indices'),
      ],
      weights: { k: noise([5, 3, 3, 3], 1), first: integers([0]), rest: integers([-1]) },
    });
    const shapes = await observeShapes(inMemory(model), { x: floats([2, 3, 7, 9], new Float32Array(378).fill(1)) });
    assert.deepEqual(shapes.get('x'), { dims: [2, 3, 7, 9], dataType: 'float32' });
    assert.deepEqual(shapes.get('a'), { dims: [2, 5, 3, 4], dataType: 'float32' });
    assert.deepEqual(shapes.get('s'), { dims: [4], dataType: 'int64' });
    assert.deepEqual(shapes.get('y'), { dims: [2, 60], dataType: 'float32' });
    assert.deepEqual(shapes.get('indices'), { dims: [4, 378], dataType: 'int64' });
    assert.deepEqual(shapes.get('k'), { dims: [5, 3, 3, 3], dataType: 'float32' });
  });

  test('an omitted optional output does not shift the others', async () => {
    const model = buildModel({
      inputs: { x: ['N', 6] },
      outputs: 'i',
      nodes: [op('TopK', 'x k', 'v i')],
      weights: { k: integers([2]) },
    });
    const shapes = await observeShapes(inMemory(model), { x: noise([3, 6], 1) });
    assert.deepEqual(shapes.get('v'), { dims: [3, 2], dataType: 'float32' });
    assert.deepEqual(shapes.get('i'), { dims: [3, 2], dataType: 'int64' });
  });

  test('symbolic dimensions take what is given, else 1, and say which', () => {
    const input = { name: 'x', dataType: 'float32' as const, dims: ['N', 3, 'h', 'x.3'] };
    assert.deepEqual(resolveDims(input, { h: 32 }), { dims: [1, 3, 32, 1], defaulted: ['N', 'x.3'] });
    assert.deepEqual(dummyFeeds([input], { h: 2, N: 2 })['x']!.dims, [2, 3, 2, 1]);
    assert.throws(() => dummyFeeds([input], { h: 2 ** 30 }), /--dim/);
  });

  test('declaredShapes reads what the file says', () => {
    const model = buildModel({ inputs: { x: ['N', 3] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });
    model.graph!.initializer.push(makeTensor('w', noise([2, 2], 1)));
    const shapes = declaredShapes(model.graph!, { N: 5 });
    assert.deepEqual(shapes.get('x')!.dims, [5, 3]);
    assert.deepEqual(shapes.get('w')!.dims, [2, 2]);
    assert.equal(shapes.has('y'), false);
  });
});

suite('inputs as they are declared', () => {
  const relu = (dims: readonly (number | string)[]) =>
    buildModel({ inputs: { x: dims }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });

  test('without a shape, which is not that of a scalar', async () => {
    const model = relu([]);
    const scalar = await prepare(model);
    assert.deepEqual(scalar.inputs, [{ name: 'x', dataType: 'float32', dims: [] }]);
    const type = model.graph!.input[0]!.type!.value;
    assert.ok(type.case === 'tensorType');
    delete (type.value as { shape?: unknown }).shape;
    const { inputs, original } = await prepare(model);
    assert.deepEqual(inputs, [{ name: 'x', dataType: 'float32', dims: [], anyShape: true }]);
    assert.throws(() => dummyFeeds(inputs, {}), { code: 'options-invalid', message: /input "x".*--dim cannot help/ });
    const shapes = await observeShapes(original, { x: noise([1, 2, 3], 1) });
    assert.deepEqual(shapes.get('y')!.dims, [1, 2, 3]);
  });

  test('with a dimension fixed to 0: refused by name, first dimension or not', async () => {
    await assert.rejects(prepare(relu([0, 4])), {
      code: 'model-unsupported',
      message: /Dimension 0 .*input "x".*\[0, 4\]/,
    });
    await assert.rejects(prepare(relu(['N', 4, 0])), {
      code: 'model-unsupported',
      message: /Dimension 2 .*"x".*\[N, 4, 0\]/,
    });
    const two = buildModel({ inputs: { x: ['N', 4], z: ['N', 0, 4] }, outputs: 'y', nodes: [op('Concat', 'x f', 'y', { axis: 0 }), op('Flatten', 'z', 'f')] }); // prettier-ignore
    await assert.rejects(prepare(two), { code: 'model-unsupported', message: /Dimension 1 .*input "z"/ });
    // Nothing fixed, nothing refused.
    assert.deepEqual((await prepare(relu(['N', 4]))).inputs[0]!.dims, ['N', 4]);
  });
});
