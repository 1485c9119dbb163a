import { create } from '@bufbuild/protobuf';
import type { SchemeName } from '../../../shared/schemes.ts';
import {
  ModelProtoSchema,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { dataTypes, type DataType, type Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, noise, type Dims } from '../build-model.ts';

export type AnyScheme = SchemeName | 'auto';

/** One model of the corpus: an operator in one shape, as some exporter writes it. */
export interface Entry {
  readonly name: string;
  readonly model: ModelProto;
  /** Sizes of its open dimensions, but for the batch. */
  readonly dims?: Readonly<Record<string, number>>;
  /** What is said of the model as a whole, by every scheme: it is never compressed. */
  readonly refusal?: RegExp;
  /** Lowest SQNR, where a scheme can do no better than this: see `floorsDb`. */
  readonly floorsDb?: Partial<Record<AnyScheme, number>>;
}

export interface Sketch {
  readonly opset?: number;
  readonly irVersion?: number;
  readonly inputs: Readonly<Record<string, Dims>>;
  /** Of inputs that are not float32. */
  readonly types?: Readonly<Record<string, DataType>>;
  readonly outputs: string;
  readonly nodes: readonly NodeProto[];
  readonly weights?: Readonly<Record<string, Tensor>>;
}

export function model({ types = {}, irVersion, ...sketch }: Sketch): ModelProto {
  seed = firstSeed;
  const made = buildModel(sketch);
  for (const input of made.graph!.input) setType(input, types[input.name] ?? 'float32');
  return create(ModelProtoSchema, irVersion === undefined ? made : { ...made, irVersion: BigInt(irVersion) });
}

function setType(input: ValueInfoProto, type: DataType): void {
  if (input.type?.value.case === 'tensorType') input.type.value.value.elemType = dataTypes[type].number;
}

export function entry(name: string, sketch: Sketch, more: Omit<Entry, 'name' | 'model'> = {}): Entry {
  return { name, model: model(sketch), ...more };
}

/** The same for the first weight of each model, whatever models stand before it. */
const firstSeed = 1000;
let seed = firstSeed;
/** Weights under which what comes out is about as large as what goes in. @param fanIn products in each sum. */
export function weight(
  dims: readonly number[],
  fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1),
): Tensor {
  return noise(dims, seed++, 1 / Math.sqrt(Math.max(1, fanIn)));
}

export function bias(count: number): Tensor {
  return noise([count], seed++, 0.1);
}

/** A matrix that rows are multiplied by: inputs x outputs. */
export function matrix(inputs: number, outputs: number): Tensor {
  return weight([inputs, outputs], inputs);
}
