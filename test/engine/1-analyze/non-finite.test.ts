import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import {
  assertFiniteWeights,
  describeNonFinite,
  findNonFinite,
} from '../../../electron/engine/1-analyze/non-finite.ts';
import { inspectModel } from '../../../electron/engine/inspect.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  TensorProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, noise, op } from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();

function spoilt(dims: readonly number[], ...values: number[]): Tensor {
  const tensor = noise(dims, 1);
  values.forEach((value, index) => ((tensor.data as Float32Array)[2 * index] = value));
  return tensor;
}

function conv(weights: Readonly<Record<string, Tensor>>): ModelProto {
  const nodes = [op('Conv', `x w${'b' in weights ? ' b' : ''}`, 'y')];
  return buildModel({ inputs: { x: ['N', 3, 8, 8] }, outputs: 'y', nodes, weights });
}

function constant(name: string, tensor: Tensor): NodeProto {
  const node = op('Constant', '', name);
  node.attribute.push(
    create(AttributeProtoSchema, { name: 'value', type: AttributeType.TENSOR, t: makeTensor('', tensor) }),
  );
  return node;
}

const halves = (values: readonly number[]): Tensor => ({
  dataType: 'float16',
  dims: [1, values.length],
  data: Uint16Array.from(values, toFloat16Bits),
});
const doubles = (values: readonly number[]): Tensor => ({ dataType: 'float64', dims: [1, values.length], data: Float64Array.from(values) }); // prettier-ignore

/** Tensor, node, NaN, infinite, fatal. */
function found(model: ModelProto): string[] {
  return findNonFinite({ proto: model, folder }).map(
    ({ tensor, node, nanCount, infiniteCount, isFatal }) =>
      `${tensor} ${node} ${nanCount} ${infiniteCount} ${isFatal ? 'fatal' : 'told'}`,
  );
}

suite('weights that are no numbers', () => {
  test('NaN and infinite values of initializers are counted, and the node is named', () => {
    assert.deepEqual(found(conv({ w: spoilt([4, 3, 3, 3], NaN) })), ['w y 1 0 fatal']);
    assert.deepEqual(found(conv({ w: spoilt([4, 3, 3, 3], Infinity, -Infinity, NaN) })), ['w y 1 2 fatal']);
    assert.deepEqual(found(conv({ w: noise([4, 3, 3, 3], 1), b: spoilt([4], NaN) })), ['b y 1 0 fatal']);
    assert.deepEqual(found(conv({ w: noise([4, 3, 3, 3], 1), b: noise([4], 2) })), []);
    // The largest finite number is one.
    assert.deepEqual(found(conv({ w: spoilt([4, 3, 3, 3], 3.4028234663852886e38) })), []);
  });

  test('in Constant nodes', () => {
    const nodes = [constant('w', spoilt([4, 3, 3, 3], NaN, NaN)), op('Conv', 'x w', 'y')];
    assert.deepEqual(found(buildModel({ inputs: { x: ['N', 3, 8, 8] }, outputs: 'y', nodes })), ['w y 2 0 fatal']);
  });

  test('in float16, float64 and bfloat16', () => {
    const product = (weight: Tensor) =>
      buildModel({ inputs: { x: [2, 1] }, outputs: 'y', nodes: [op('MatMul', 'x w', 'y')], weights: { w: weight } });
    assert.deepEqual(found(product(halves([1, NaN, 65504, -Infinity]))), ['w y 1 1 fatal']);
    assert.deepEqual(found(product(doubles([1e308, NaN, Infinity]))), ['w y 1 1 fatal']);
    const model = product(noise([1, 3], 1));
    model.graph!.initializer[0] = create(TensorProtoSchema, {
      name: 'w',
      dataType: 16,
      dims: [1n, 3n],
      rawData: new Uint8Array(Uint16Array.of(0x7fc0, 0xff80, 0x3f80).buffer),
    });
    assert.deepEqual(found(model), ['w y 1 1 fatal']);
  });

  test('what is infinite on purpose is no fault: masks, bounds', () => {
    const nodes = [op('Add', 'x mask', 'a'), op('Softmax', 'a', 'b'), op('Clip', 'b low high', 'y')];
    const model = buildModel({
      inputs: { x: [2, 2] },
      outputs: 'y',
      nodes,
      weights: {
        mask: floats([2, 2], [0, -Infinity, 0, 0]),
        low: floats([], [-Infinity]),
        high: floats([], [Infinity]),
      },
    });
    assert.deepEqual(found(model), ['mask a 0 1 told']);
    assert.deepEqual(
      describeNonFinite(findNonFinite({ proto: model, folder })).map(({ severity }) => severity),
      ['info'],
    );
    assert.doesNotThrow(() => assertFiniteWeights(findNonFinite({ proto: model, folder })));
    const choice = buildModel({ inputs: { x: [2, 2] }, outputs: 'y', nodes: [op('IsNaN', 'x', 'n'), op('Where', 'n fill x', 'y')], weights: { fill: floats([1], [NaN]) } }); // prettier-ignore
    assert.deepEqual(found(choice), ['fill y 1 0 told']);
  });

  test('NaN in an addend is a fault', () => {
    const model = buildModel({ inputs: { x: [2, 2] }, outputs: 'y', nodes: [op('Add', 'x b', 'y')], weights: { b: spoilt([2], NaN) } }); // prettier-ignore
    assert.deepEqual(found(model), ['b y 1 0 fatal']);
  });

  test('inspect says so, and compressing is refused with what to do', async () => {
    const path = join(folder, 'nan.onnx');
    const model = conv({ w: spoilt([4, 3, 3, 3], NaN), b: spoilt([4], Infinity) });
    writeFileSync(path, encodeModel(model));
    const { diagnostics } = await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
    const messages = diagnostics.filter(({ code }) => code === 'weight-not-finite').map(({ message }) => message);
    assert.equal(messages.length, 2);
    assert.match(messages[0]!, /weight "w" of Conv node "y" holds 1 NaN of 108 values/);
    assert.match(messages[1]!, /weight "b" of Conv node "y" holds 1 infinite of 4 values/);
    assert.throws(() => assertFiniteWeights(findNonFinite({ proto: model, folder })), {
      code: 'model-unsupported',
      message: /"w" of Conv node "y" holds 1 NaN of 108 values \(and 1 more weights .*checkpoint/,
    });
  });
});
