import { say } from '../../../shared/engine-texts/say.ts';
import { makeNode } from '../graph/edit.ts';
import { isTransposeOf, transposeIntegers } from '../graph/transposed-constants.ts';
import { attributeInt, intAttribute, intsAttribute } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import {
  addDequantizeLinear,
  addInitializer,
  constantDims,
  constantValues,
  type GraphDraft,
  type StoredTensor,
} from './graph-draft.ts';
import type { NodePlan, WeightPlan } from '../2-plan/quantization-plan.ts';
import { meanOutputError, quantizeBias, quantizeWeight, type QuantizedWeight } from './weights.ts';
import { takesBias } from '../graph/ops/linear-layers.ts';
import { pairOrderOf, summationOrderOf, type SummationOrder } from '../graph/ops/summation-order.ts';

/** `TensorProto.DataType.FLOAT`. */
const float32Type = 1;

/**
 * Stored once for all nodes that share it while its scales agree: same axis and no channel raised for a bias. The transpose of a
 * table is stored as the table is.
 */
function storeWeight(draft: GraphDraft, weight: WeightPlan, { data: rounded, scales }: QuantizedWeight): StoredTensor {
  const { range } = weight;
  const table = tableOf(draft, weight);
  const [tensor, axis] = table === null ? [weight.tensor, weight.axis] : [table, swapped(weight.axis)];
  const key = `${tensor}|${axis ?? 'tensor'}|${range}|${Buffer.from(scales.buffer).toString('base64')}`;
  const known = draft.storedWeights.get(key);
  if (known !== undefined) return known;
  const dims = axis === null ? [] : [scales.length];
  const zeros = new Int8Array(scales.length);
  const [rows, columns] = constantDims(draft, weight.tensor) as [number, number];
  const data = table === null ? rounded : transposeIntegers(rounded, rows, columns);
  const stored = {
    integers: addInitializer(draft, `${tensor}_quantized`, {
      dataType: 'int8',
      dims: constantDims(draft, tensor),
      data,
    }),
    scale: addInitializer(draft, `${tensor}_scale`, { dataType: 'float32', dims, data: scales }),
    zeroPoint: addInitializer(draft, `${tensor}_zero_point`, { dataType: 'int8', dims, data: zeros }),
  };
  draft.storedWeights.set(key, stored);
  return stored;
}

/** The table that a weight is the transpose of, if it still is one: evening out channels changes weights, not tables. */
function tableOf({ graph }: GraphDraft, { tensor, transposeOf }: WeightPlan): string | null {
  const [weight, table] = [graph.constants.get(tensor), graph.constants.get(transposeOf ?? '')];
  const isStill = weight !== undefined && table !== undefined && isTransposeOf(weight, table, graph.weights);
  return isStill ? transposeOf! : null;
}

const swapped = (axis: number | null): number | null => (axis === null ? null : 1 - axis);

/**
 * The table of a lookup that shares its integers with a layer.
 * @param layer as planned; its scales are those of the table's rows, or columns, that it multiplies by.
 * @returns null where the layer's weight is no longer the table's.
 */
export function storeSharedTable(
  draft: GraphDraft,
  table: string,
  layer: NodeProto,
  layerPlan: NodePlan & { readonly weight: WeightPlan },
  inputScale: number,
): StoredTensor | null {
  if (layerPlan.weight.tensor !== table && tableOf(draft, layerPlan.weight) !== table) return null;
  return storeWeight(draft, layerPlan.weight, roundWeight(draft, layer, layerPlan, inputScale).quantized);
}

/**
 * The table of a lookup, as integers.
 * @param weight with channels along the last axis, or none.
 */
export function storeTable(draft: GraphDraft, weight: WeightPlan): StoredTensor {
  return storeWeight(draft, weight, roundTable(draft, weight));
}

function roundTable(draft: GraphDraft, { tensor, axis, range }: WeightPlan): QuantizedWeight {
  const scheme = { dims: constantDims(draft, tensor), axis, range, order: null };
  const constant = draft.graph.constants.get(tensor)!;
  return quantizeWeight(constant, () => constantValues(draft, tensor), scheme, null, 1, draft.weightCache);
}

/**
 * The weight of a layer that computes in float: rounded to the nearest, whatever its bias is. A cast and a product, which ONNX Runtime
 * computes once, when it loads the model; a DequantizeLinear it would compute in every run, and convolutions whose weights are not
 * constant are several times slower.
 * @returns the name of its values.
 */
export function widenStoredWeight(draft: GraphDraft, weight: WeightPlan): string {
  const rounded = roundTable(draft, weight);
  const stored = storeWeight(draft, weight, rounded);
  const integers = tableOf(draft, weight) === null ? stored.integers : transposeStored(draft, stored.integers);
  const key = `widened ${integers}`;
  const known = draft.dequantizedWeights.get(key);
  if (known !== undefined) return known;
  const { tensor, axis } = weight;
  const dims =
    axis === null ? [] : constantDims(draft, tensor).map((_dim, at) => (at === axis ? rounded.scales.length : 1));
  const scale = addInitializer(draft, `${tensor}_factor`, { dataType: 'float32', dims, data: rounded.scales });
  const [cast, output] = [draft.newName(`${tensor}_cast`), draft.newName(`${tensor}_widened`)];
  const toFloat = [intAttribute('to', float32Type)];
  draft.nodes.push(
    makeNode('Cast', draft.newName(`${tensor}_Cast`), [integers], [cast], toFloat),
    makeNode('Mul', draft.newName(`${tensor}_Mul`), [cast, scale], [output]),
  );
  draft.dequantizedWeights.set(key, output);
  return output;
}

/**
 * The weight and the bias of a layer as an int8 node reads them.
 * @param inputScale of the layer's input: a bias is in steps of it times the weight's.
 * @returns names of their dequantized values; the bias is null when there is none.
 */
export function dequantizeParameters(
  draft: GraphDraft,
  node: NodeProto,
  nodePlan: NodePlan & { readonly weight: WeightPlan },
  inputScale: number,
): { readonly weight: string; readonly bias: string | null } {
  const { values, bias, order, quantized } = roundWeight(draft, node, nodePlan, inputScale);
  if (quantized.raisedChannels > 0) {
    draft.diagnostics.push({
      severity: 'info',
      code: 'weight-scale-raised',
      message: say('weightScaleRaised', { count: quantized.raisedChannels }),
      node: node.name,
    });
  }
  const correction = order === null ? null : biasCorrection(draft, node, values, quantized, order);
  const weight = dequantizeWeight(draft, nodePlan.weight, quantized);
  const corrected = addValues(bias, correction);
  if (corrected === null) return { weight, bias: null };
  return { weight, bias: dequantizeBias(draft, nodePlan, corrected, inputScale, quantized.scales) };
}

/** The weight of a layer that multiplies integers and adds its bias in float. */
export function roundLayerWeight(draft: GraphDraft, node: NodeProto, weight: WeightPlan): QuantizedWeight {
  const { tensor, axis, range } = weight;
  const dims = constantDims(draft, tensor);
  const scheme = { dims, axis, range, order: pairOrderOf(node, dims) };
  const constant = draft.graph.constants.get(tensor)!;
  return quantizeWeight(constant, () => constantValues(draft, tensor), scheme, null, 1, draft.weightCache);
}

/** A layer's weight in integers, with what they were made of. */
function roundWeight(
  draft: GraphDraft,
  node: NodeProto,
  nodePlan: NodePlan & { readonly weight: WeightPlan },
  inputScale: number,
) {
  const { tensor, axis, range } = nodePlan.weight;
  const values = (): Float32Array => constantValues(draft, tensor);
  const bias = nodePlan.bias === null ? null : constantValues(draft, nodePlan.bias);
  const dims = constantDims(draft, tensor);
  const order = summationOrderOf(node, dims);
  const constant = draft.graph.constants.get(tensor)!;
  const scheme = { dims, axis, range, order: pairOrderOf(node, dims) };
  const quantized = quantizeWeight(constant, values, scheme, bias, inputScale, draft.weightCache);
  return { values, bias, order, quantized };
}

function dequantizeWeight(draft: GraphDraft, weight: WeightPlan, quantized: QuantizedWeight): string {
  const stored = storeWeight(draft, weight, quantized);
  const integers = tableOf(draft, weight) === null ? stored.integers : transposeStored(draft, stored.integers);
  const known = draft.dequantizedWeights.get(integers);
  if (known !== undefined) return known;
  const output = addDequantizeLinear(draft, weight.tensor, { ...stored, integers }, weight.axis);
  draft.dequantizedWeights.set(integers, output);
  return output;
}

/** Integers with rows and columns exchanged: ONNX Runtime does it once, when it loads the model. */
function transposeStored(draft: GraphDraft, integers: string): string {
  const known = draft.transposedIntegers.get(integers);
  if (known !== undefined) return known;
  const output = draft.newName(`${integers}_transposed`);
  draft.nodes.push(
    makeNode(
      'Transpose',
      draft.newName(`${integers}_Transpose`),
      [integers],
      [output],
      [intsAttribute('perm', [1, 0])],
    ),
  );
  draft.transposedIntegers.set(integers, output);
  return output;
}

function dequantizeBias(
  draft: GraphDraft,
  { node, bias }: NodePlan,
  values: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): string {
  const { data, scales } = quantizeBias(values, inputScale, weightScales);
  const isPerChannel = scales.length > 1;
  const dims = isPerChannel ? [scales.length] : [];
  const baseName = `${bias ?? 'bias'}_${node}`;
  const zeros = new Int32Array(scales.length);
  const stored = {
    // One value a channel whatever the rank it was written with (a Gemm bias may be 1xN).
    integers: addInitializer(draft, `${baseName}_quantized`, { dataType: 'int32', dims: [values.length], data }),
    scale: addInitializer(draft, `${baseName}_scale`, { dataType: 'float32', dims, data: scales }),
    zeroPoint: addInitializer(draft, `${baseName}_zero_point`, { dataType: 'int32', dims, data: zeros }),
  };
  return addDequantizeLinear(draft, baseName, stored, isPerChannel ? 0 : null);
}

/** What was found before, by integers and means: variants of one model are made by the dozen, and most share both. */
const outputErrors = new WeakMap<Int8Array, WeakMap<Float64Array, Map<string, Float32Array>>>();

/** What the bias must make up for; null where the means of the inputs are not known, or there is no bias to hold it. */
function biasCorrection(
  draft: GraphDraft,
  node: NodeProto,
  values: () => Float32Array,
  quantized: QuantizedWeight,
  order: SummationOrder,
): Float32Array | null {
  const means = draft.inputMeans.get(node.input[0]!);
  if (means === undefined || !takesBias(node)) return null;
  const groups = attributeInt(node, 'group', 1);
  const ofWeight = outputErrors.get(quantized.data) ?? new WeakMap<Float64Array, Map<string, Float32Array>>();
  outputErrors.set(quantized.data, ofWeight);
  const ofMeans = ofWeight.get(means) ?? new Map<string, Float32Array>();
  ofWeight.set(means, ofMeans);
  // Where there is one scale in all, layers that sum in different directions share the integers.
  const key = `${groups}|${order.offset(0, 1)}`;
  const error = ofMeans.get(key) ?? meanOutputError(values(), quantized, order, means, groups);
  ofMeans.set(key, error);
  return error;
}

function addValues(left: Float32Array | null, right: Float32Array | null): Float32Array | null {
  if (left === null || right === null) return left ?? right;
  return left.map((value, index) => value + right[index]!);
}
