import type { Diagnostic } from '../../../shared/run.ts';
import { makeNode } from '../graph/edit.ts';
import type { Graph } from '../graph/graph.ts';
import { intAttribute } from '../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor, readTensor, toFloat32 } from '../onnx/tensor-proto.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { QuantizationParameters } from '../tensor/quantization.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { QuantizationPlan } from './plan.ts';
import type { WeightCache } from './weights.ts';

/** Names of the tensors of the new graph that real values are made of: x = scale * (integers - zeroPoint). */
export interface StoredTensor extends StoredParameters {
  readonly integers: string;
}

export interface StoredParameters {
  readonly scale: string;
  readonly zeroPoint: string;
}

/** A quantized graph in the making: what it is made of, and what of it there is already. */
export interface GraphDraft {
  readonly prepared: OnnxModel;
  /** Of the prepared model. */
  readonly graph: Graph;
  readonly plan: QuantizationPlan;
  /** Each 8-bit activation's group, whose scale and zero point it has. */
  readonly groups: ReadonlyMap<string, string>;
  /** Scale and zero point by group. */
  readonly parameters: ReadonlyMap<string, QuantizationParameters>;
  /** Mean of each channel of the tensors behind which biases are corrected. */
  readonly inputMeans: ReadonlyMap<string, Float64Array>;
  readonly weightCache: WeightCache;
  /** Makes a name nothing in the graph has. */
  readonly newName: (base: string) => string;

  /** In the order they run. */
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  readonly diagnostics: Diagnostic[];
  /** Initializers with the scale and the zero point of a group. */
  readonly storedParameters: Map<string, StoredParameters>;
  /** Prepared activation to its 8-bit form. */
  readonly quantized: Map<string, string>;
  /** Prepared activation to its 8-bit form turned back into float. */
  readonly dequantized: Map<string, string>;
  /** Weights by what makes them equal; one that several nodes share is stored once. */
  readonly storedWeights: Map<string, StoredTensor>;
  readonly dequantizedWeights: Map<StoredTensor, string>;
}

/** The operators of old opsets have no scales per channel; those of com.microsoft do. */
export function quantizationDomain({ plan }: Pick<GraphDraft, 'plan'>): string {
  return plan.form === 'onnx' ? '' : 'com.microsoft';
}

/** The values of a constant of the prepared model. */
export function constantValues(
  { prepared, graph }: Pick<GraphDraft, 'prepared' | 'graph'>,
  name: string,
): Float32Array {
  return toFloat32(readTensor(graph.constants.get(name)!, prepared.folder));
}

export function constantDims({ graph }: GraphDraft, name: string): number[] {
  return graph.constants.get(name)!.dims.map(Number);
}

export function addInitializer(draft: GraphDraft, baseName: string, tensor: Tensor): string {
  const name = draft.newName(baseName);
  draft.initializers.push(makeTensor(name, tensor));
  return name;
}

/**
 * Adds the node that turns integers into float values.
 * @param axis of the channels; null for one scale.
 * @returns the name of the values.
 */
export function addDequantizeLinear(
  draft: GraphDraft,
  baseName: string,
  { integers, scale, zeroPoint }: StoredTensor,
  axis: number | null,
  output = draft.newName(`${baseName}_dequantized`),
): string {
  draft.nodes.push(
    makeNode(
      'DequantizeLinear',
      draft.newName(`${baseName}_DequantizeLinear`),
      [integers, scale, zeroPoint],
      [output],
      axis === null ? [] : [intAttribute('axis', axis)],
      quantizationDomain(draft),
    ),
  );
  return output;
}
