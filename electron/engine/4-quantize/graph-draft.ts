import type { Precision } from '../../../shared/precision.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { makeNode } from '../graph/edit.ts';
import { opsetVersion, type Graph } from '../graph/graph.ts';
import { intAttribute } from '../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { QuantizationParameters } from '../tensor/quantization.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { NodePlan, QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { PackedCache, WeightCache } from './weights.ts';

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
  /** Its nodes by name. */
  readonly planned: ReadonlyMap<string, NodePlan>;
  /** Output of a node to the output of the last clamp that is folded into it. */
  readonly foldedInto: ReadonlyMap<string, string>;
  /** Each 8-bit activation's group, whose scale and zero point it has. */
  readonly groups: ReadonlyMap<string, string>;
  /** Scale and zero point by group. */
  readonly parameters: ReadonlyMap<string, QuantizationParameters>;
  /** Mean of each channel of the tensors behind which biases are corrected. */
  readonly inputMeans: ReadonlyMap<string, Float64Array>;
  readonly weightCache: WeightCache;
  /** Weights in blocks that are not simply the nearest integers. */
  readonly compensatedBlocks: PackedCache;
  /** Makes a name nothing in the graph has. */
  readonly newName: (base: string) => string;

  /** What was stored for each node that is not float, by name. */
  readonly stored: Map<string, Precision>;
  /** Float tensors that are made of rounded values, besides those that were stored in 8 bits. */
  readonly rounded: string[];
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
  /** Prepared tensor to the same values behind a scale for each channel, for layers that stay in float. */
  readonly dequantizedByChannel: Map<string, string>;
  /** Prepared tensor to its integers of one run, with their scale and zero point, which the graph computes. */
  readonly quantizedInRun: Map<string, StoredTensor>;
  /** Weights by what makes them equal; one that several nodes share is stored once. */
  readonly storedWeights: Map<string, StoredTensor>;
  /** Integers of a weight, as its layer reads them, to the values made of them. */
  readonly dequantizedWeights: Map<string, string>;
  /** Stored integers to the same with rows and columns exchanged, or in other dimensions, for a layer tied to a table. */
  readonly transposedIntegers: Map<string, string>;
}

export const contribDomain = 'com.microsoft';

/** The standard operators have scales per channel from opset 13 on; those of com.microsoft always have them. */
function quantizationDomain({ plan, graph }: GraphDraft, axis: number | null): string {
  return plan.form === 'onnx' && (axis === null || opsetVersion(graph.model) >= 13) ? '' : contribDomain;
}

/** The values of a constant of the prepared model. */
export function constantValues({ graph }: Pick<GraphDraft, 'graph'>, name: string): Float32Array {
  return graph.weights.floats(graph.constants.get(name)!);
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
      quantizationDomain(draft, axis),
    ),
  );
  return output;
}

/** Adds the node that rounds float values to integers, in one scale. @returns the name of the integers. */
export function addQuantizeLinear(
  draft: GraphDraft,
  tensor: string,
  source: string,
  { scale, zeroPoint }: StoredParameters,
): string {
  const output = draft.newName(`${tensor}_quantized`);
  const name = draft.newName(`${tensor}_QuantizeLinear`);
  const inputs = [source, scale, zeroPoint];
  draft.nodes.push(makeNode('QuantizeLinear', name, inputs, [output], [], quantizationDomain(draft, null)));
  return output;
}
