import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { createRandom } from '../../../electron/engine/tensor/random.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';

const float32 = 1;
type Dims = readonly (number | string)[];

function makeValue(name: string, dims: Dims, elemType: number = float32) {
  const shape = create(TensorShapeProtoSchema, {
    dim: dims.map((dim) =>
      create(TensorShapeProto_DimensionSchema, {
        value: typeof dim === 'number' ? { case: 'dimValue', value: BigInt(dim) } : { case: 'dimParam', value: dim },
      }),
    ),
  });
  const tensorType = create(TypeProto_TensorSchema, { elemType, shape });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}

export function makeInts(name: string, ints: readonly number[]): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: ints.map(BigInt) });
}

export function makeInt(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

export function makeNode(
  opType: string,
  name: string,
  input: string[],
  output: string[],
  attribute: AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType, name, input, output, attribute });
}

/** Without values: seeded noise in [-1, 1). */
export function makeWeight(name: string, dims: readonly number[], values?: ArrayLike<number>): TensorProto {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const random = createRandom(name.length + count);
  const data =
    values === undefined ? Float32Array.from({ length: count }, () => random() * 2 - 1) : Float32Array.from(values);
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: float32,
    rawData: new Uint8Array(data.buffer),
  });
}

/** `dataType` 2 is uint8, 3 int8, 6 int32. */
export function makeIntegerWeight(
  name: string,
  dataType: 2 | 3 | 6,
  dims: readonly number[],
  values: number[],
): TensorProto {
  const data =
    dataType === 6 ? Int32Array.from(values) : dataType === 3 ? Int8Array.from(values) : Uint8Array.from(values);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData: new Uint8Array(data.buffer) });
}

export interface TinyModel {
  readonly nodes: NodeProto[];
  readonly weights?: TensorProto[];
  readonly inputs: Readonly<Record<string, Dims>>;
  readonly outputs: Readonly<Record<string, Dims>>;
  /** Outputs of int64. */
  readonly integerOutputs?: Readonly<Record<string, Dims>>;
}

/** ONNX bytes, opset 13. */
export function encodeTinyModel({ nodes, weights = [], inputs, outputs, integerOutputs = {} }: TinyModel): Uint8Array {
  const list = (values: Readonly<Record<string, Dims>>, elemType: number = float32) =>
    Object.entries(values).map(([name, dims]) => makeValue(name, dims, elemType));
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 13n })],
    graph: create(GraphProtoSchema, {
      name: 'tiny',
      node: nodes,
      initializer: weights,
      input: list(inputs),
      output: [...list(outputs), ...list(integerOutputs, 7)],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

/** output = input passed through `layers` 8x8 matrix products. */
export function makeMatMulChain(layers: number, names = true): TinyModel {
  const nodes = Array.from({ length: layers }, (_, i) =>
    makeNode(
      'MatMul',
      names ? `product${i}` : '',
      [i === 0 ? 'input' : `t${i - 1}`, 'w'],
      [i === layers - 1 ? 'output' : `t${i}`],
    ),
  );
  return {
    nodes,
    weights: [makeWeight('w', [8, 8])],
    inputs: { input: ['N', 8] },
    outputs: { output: ['N', 8] },
  };
}

/** output = input, for scores given as data. `dims` of one output; the first dimension is the batch. */
export function makeIdentity(dims: Dims): TinyModel {
  return {
    nodes: [makeNode('Identity', 'same', ['input'], ['output'])],
    inputs: { input: dims },
    outputs: { output: dims },
  };
}

/** output = input + offset, elementwise over the last dimension. */
export function makeOffset(dims: Dims, offset: readonly number[]): TinyModel {
  return {
    nodes: [makeNode('Add', 'shift', ['input', 'offset'], ['output'])],
    weights: [makeWeight('offset', [offset.length], offset)],
    inputs: { input: dims },
    outputs: { output: dims },
  };
}

export function makeTensor(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { dataType: 'float32', dims, data: Float32Array.from(values) };
}
