import { create, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  attributeFloat,
  attributeInt,
  attributeInts,
  attributeString,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../../../electron/engine/onnx/attributes.ts';
import { listConstants } from '../../../electron/engine/onnx/initializers.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  type TensorProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensorFile } from '../../../electron/engine/onnx/tensor-file.ts';
import {
  bitsPerElement,
  makeTensor,
  readFloat32,
  readTensor,
  tensorByteLength,
  tensorBytes,
  tensorElementCount,
  toFloat32,
} from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { node, temporaryFolder } from './tiny-model.ts';

const folder = temporaryFolder();

function tensor(dataType: ElementType, dims: number[], fields: Partial<TensorProto>): TensorProto {
  return Object.assign(create(TensorProtoSchema, { name: 't', dataType, dims: dims.map(BigInt) }), fields);
}

describe('typed fields give the bytes raw_data would hold', () => {
  const cases: [string, TensorProto, number[]][] = [
    ['float32', tensor(ElementType.FLOAT, [1], { floatData: [1.5] }), [0, 0, 0xc0, 0x3f]],
    ['float64', tensor(ElementType.DOUBLE, [1], { doubleData: [1.5] }), [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]],
    ['int8', tensor(ElementType.INT8, [3], { int32Data: [-1, 127, -128] }), [0xff, 0x7f, 0x80]],
    ['uint8', tensor(ElementType.UINT8, [2], { int32Data: [255, 0] }), [0xff, 0]],
    ['bool', tensor(ElementType.BOOL, [3], { int32Data: [1, 0, 5] }), [1, 0, 1]],
    ['int16', tensor(ElementType.INT16, [1], { int32Data: [-2] }), [0xfe, 0xff]],
    ['uint16', tensor(ElementType.UINT16, [1], { int32Data: [0xabcd] }), [0xcd, 0xab]],
    ['float16', tensor(ElementType.FLOAT16, [1], { int32Data: [0x3c00] }), [0, 0x3c]],
    ['bfloat16', tensor(ElementType.BFLOAT16, [1], { int32Data: [0x3f80] }), [0x80, 0x3f]],
    ['float8', tensor(ElementType.FLOAT8E4M3FN, [2], { int32Data: [0x7f, 0xff] }), [0x7f, 0xff]],
    ['int32', tensor(ElementType.INT32, [1], { int32Data: [-2] }), [0xfe, 0xff, 0xff, 0xff]],
    ['int64', tensor(ElementType.INT64, [1], { int64Data: [-2n] }), [0xfe, 255, 255, 255, 255, 255, 255, 255]],
    ['uint32', tensor(ElementType.UINT32, [1], { uint64Data: [0xffff_fffen] }), [0xfe, 0xff, 0xff, 0xff]],
    ['uint64', tensor(ElementType.UINT64, [1], { uint64Data: [2n ** 63n] }), [0, 0, 0, 0, 0, 0, 0, 0x80]],
    ['complex64', tensor(ElementType.COMPLEX64, [1], { floatData: [1, 2] }), [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]],
    ['int4, odd count', tensor(ElementType.INT4, [3], { int32Data: [0x21, 0x03] }), [0x21, 0x03]],
    ['uint2', tensor(ElementType.UINT2, [5], { int32Data: [0xe4, 1] }), [0xe4, 1]],
    // onnx.proto: byte0 = x0 | ((x1 & 3) << 6), byte1 = (x1 >> 2) | ((x2 & 15) << 4), byte2 = (x2 >> 4) | (x3 << 2)
    ['float6', tensor(ElementType.FLOAT6E2M3, [5], { int32Data: [1, 0x3f, 0x2a, 0x15, 3] }), [0xc1, 0xaf, 0x56, 3]],
    ['a scalar', tensor(ElementType.INT8, [], { int32Data: [7] }), [7]],
    ['nothing', tensor(ElementType.INT8, [0, 3], {}), []],
  ];
  for (const [name, given, expected] of cases) {
    test(name, () => {
      assert.deepEqual([...tensorBytes(given, '')], expected);
      assert.equal(tensorByteLength(given), expected.length);
      assert.equal(
        tensorElementCount(given),
        given.dims.reduce((product, dim) => product * Number(dim), 1),
      );
    });
  }
});

test('sizes of every element type', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28].map(
      (dataType) => bitsPerElement({ name: 'w', dataType }),
    ),
    [32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2, 6, 6],
  );
  assert.throws(() => bitsPerElement({ name: 'w', dataType: 0 }), { code: 'model-malformed' });
  assert.throws(() => bitsPerElement({ name: 'w', dataType: 99 }), {
    code: 'model-unsupported',
    message: /^Tensor "w" has the element type 99/,
  });
  const words = tensor(ElementType.STRING, [2], { stringData: [new Uint8Array(3), new Uint8Array(4)] });
  assert.equal(tensorByteLength(words), 7);
  assert.throws(() => tensorBytes(words, ''), { code: 'model-unsupported' });
});

test('a tensor that was made reads back, as a view', () => {
  const tensors: Tensor[] = [
    { dataType: 'float32', dims: [2, 2], data: Float32Array.of(1, -0, NaN, Infinity) },
    { dataType: 'int64', dims: [1], data: BigInt64Array.of(-(2n ** 63n)) },
    { dataType: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
    { dataType: 'float16', dims: [], data: Uint16Array.of(0x3c00) },
  ];
  for (const given of tensors) {
    const made = makeTensor('t', given);
    assert.equal(made.rawData.buffer, given.data.buffer);
    assert.deepEqual(readTensor(made, ''), given);
  }
  assert.throws(() => makeTensor('t', { dataType: 'float32', dims: [2], data: new Float32Array(3) }), {
    code: 'internal',
  });
});

test('bytes that are not aligned are copied once, also out of a Buffer', () => {
  const buffer = Buffer.alloc(9);
  buffer.writeFloatLE(2.5, 1);
  const raw = tensor(ElementType.FLOAT, [1], { rawData: buffer.subarray(1, 5) });
  assert.deepEqual(readTensor(raw, '').data, Float32Array.of(2.5));
});

test('real-valued weights of every width become float32', () => {
  const halves = { dataType: 'float16', dims: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00) } as const;
  assert.deepEqual([...toFloat32(halves)], [1, -2, 2 ** -24, Infinity]);
  const doubles = { dataType: 'float64', dims: [1], data: Float64Array.of(0.1) } as const;
  assert.deepEqual([...toFloat32(doubles)], [Math.fround(0.1)]);
  const floats = { dataType: 'float32', dims: [1], data: Float32Array.of(3) } as const;
  assert.equal(toFloat32(floats), floats.data);
  assert.deepEqual([...toFloat32({ dataType: 'int64', dims: [1], data: BigInt64Array.of(-5n) })], [-5]);
  const brain = tensor(ElementType.BFLOAT16, [2], { int32Data: [0x3f80, 0xc040] });
  assert.deepEqual([...readFloat32(brain, '')], [1, -3]);
  assert.throws(() => readTensor(brain, ''), { code: 'model-unsupported', message: /"t".*bfloat16/ });
});

test('attributes are read by type, with defaults', () => {
  const made = node('Any', [], ['y']);
  const value = makeTensor('', { dataType: 'int8', dims: [], data: Int8Array.of(1) });
  made.attribute.push(
    intAttribute('axis', -1),
    intsAttribute('pads', [0, 1]),
    floatAttribute('alpha', 0.1),
    stringAttribute('mode', 'linéaire'),
    create(AttributeProtoSchema, { name: 'value', type: AttributeType.TENSOR, t: value }),
    create(AttributeProtoSchema, { name: 'end', type: AttributeType.INT, i: 2n ** 63n - 1n }),
    create(AttributeProtoSchema, { name: 'huge', type: AttributeType.INT, i: 2n ** 60n }),
    create(AttributeProtoSchema, { name: 'untyped', i: 3n }),
  );
  assert.equal(attributeInt(made, 'axis', 1), -1);
  assert.equal(attributeInt(made, 'missing', 1), 1);
  assert.equal(attributeInt(made, 'missing', null), null);
  assert.equal(attributeInt(made, 'untyped', 0), 3);
  assert.equal(attributeInt(made, 'end', 0), Number.MAX_SAFE_INTEGER);
  assert.deepEqual(attributeInts(made, 'pads'), [0, 1]);
  assert.deepEqual(attributeInts(made, 'missing'), []);
  assert.equal(attributeFloat(made, 'alpha', 1), Math.fround(0.1));
  assert.equal(attributeString(made, 'mode', ''), 'linéaire');
  assert.throws(() => attributeInt(made, 'huge', 0), { code: 'model-malformed', message: /"huge".*"Any_y"/ });
  assert.throws(() => attributeFloat(made, 'axis', 0), { code: 'model-malformed', message: /INT, not FLOAT/ });
});

test('every way to write a Constant is a weight', () => {
  const attributes = [
    create(AttributeProtoSchema, { name: 'value_float', type: AttributeType.FLOAT, f: 2 }),
    create(AttributeProtoSchema, { name: 'value_floats', type: AttributeType.FLOATS, floats: [1, 2] }),
    create(AttributeProtoSchema, { name: 'value_int', type: AttributeType.INT, i: 3n }),
    create(AttributeProtoSchema, { name: 'value_ints', type: AttributeType.INTS, ints: [4n, 5n] }),
    create(AttributeProtoSchema, { name: 'value_string', type: AttributeType.STRING, s: Uint8Array.of(65) }),
  ];
  const nodes = attributes.map((attribute) => {
    const constant = node('Constant', [], [attribute.name]);
    constant.attribute.push(attribute);
    return constant;
  });
  const constants = listConstants(
    create(GraphProtoSchema, { node: [...nodes, node('Constant', [], ['other'], 'custom')] }),
  );
  const values = [...constants].map(([name, value]) => [name, value.dims.map(Number), ...readTensor(value, '').data]);
  assert.deepEqual(values, [
    ['value_float', [], 2],
    ['value_floats', [2], 1, 2],
    ['value_int', [], 3n],
    ['value_ints', [2], 4n, 5n],
  ]);
});

test('tensor files of ONNX test data', async () => {
  const path = join(folder, 'input_0.pb');
  const given: Tensor = { dataType: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) };
  writeFileSync(path, toBinary(TensorProtoSchema, makeTensor('x', given)));
  assert.deepEqual(await readTensorFile(path), { name: 'x', tensor: given });
  const bytes = toBinary(TensorProtoSchema, makeTensor('x', given));
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    await assert.rejects(readTensorFile(path), { code: 'data-malformed' }, `cut at ${length}`);
  }
  await assert.rejects(readTensorFile(join(folder, 'none.pb')), { code: 'file-not-found' });
});
