import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Range } from '../3-calibrate/ranges.ts';
import {
  asymmetricParameters,
  int8SymmetricRange,
  quantizeValue,
  symmetricParameters,
  uint8Range,
  type QuantizationParameters,
} from '../tensor/quantization.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  addDequantizeLinear,
  addInitializer,
  addQuantizeLinear,
  constantDims,
  constantValues,
  type GraphDraft,
  type StoredParameters,
} from './graph-draft.ts';

/**
 * Scale and zero point of every group of activations.
 * @param ranges calibrated range of each group; a constant has its own.
 */
export function chooseParameters(
  draft: Pick<GraphDraft, 'prepared' | 'graph' | 'plan'>,
  ranges: ReadonlyMap<string, Range>,
): Map<string, QuantizationParameters> {
  const choose = draft.plan.activationType === 'uint8' ? asymmetricParameters : symmetricParameters;
  return new Map(
    draft.plan.observe.map((group) => {
      const range =
        ranges.get(group) ?? (draft.graph.constants.has(group) ? extremes(constantValues(draft, group)) : null);
      if (range === null) throw new AppError('internal', tell('tensorWithoutRange', { name: group }));
      return [group, choose(range.low, range.high)];
    }),
  );
}

function extremes(values: Float32Array): Range {
  return values.reduce<Range>(
    (range, value) => ({ low: Math.min(range.low, value), high: Math.max(range.high, value) }),
    { low: Infinity, high: -Infinity },
  );
}

export function quantizationParametersOf({ groups, parameters }: GraphDraft, tensor: string): QuantizationParameters {
  return parameters.get(groups.get(tensor)!)!;
}

/** Integers as activations are stored. */
export function activationTensor({ plan }: GraphDraft, dims: readonly number[], values: readonly number[]): Tensor {
  return plan.activationType === 'uint8'
    ? { dataType: 'uint8', dims, data: Uint8Array.from(values) }
    : { dataType: 'int8', dims, data: Int8Array.from(values) };
}

/** The initializers with a tensor's scale and zero point, which its group shares. */
function storeParameters(draft: GraphDraft, tensor: string): StoredParameters {
  const group = draft.groups.get(tensor)!;
  const known = draft.storedParameters.get(group);
  if (known !== undefined) return known;
  const { scale, zeroPoint } = quantizationParametersOf(draft, tensor);
  const stored = {
    scale: addInitializer(draft, `${group}_scale`, { dataType: 'float32', dims: [], data: Float32Array.of(scale) }),
    zeroPoint: addInitializer(draft, `${group}_zero_point`, activationTensor(draft, [], [zeroPoint])),
  };
  draft.storedParameters.set(group, stored);
  return stored;
}

/**
 * The 8-bit form of a tensor, made once.
 * @param source where its float values are: the tensor itself, or what a node makes for it.
 */
export function quantizeActivation(draft: GraphDraft, tensor: string, source = tensor): string {
  const known = draft.quantized.get(tensor);
  if (known !== undefined) return known;
  const parameters = storeParameters(draft, tensor);
  const quantized = draft.graph.constants.has(tensor)
    ? addInitializer(draft, `${tensor}_quantized`, quantizeConstant(draft, tensor))
    : addQuantizeLinear(draft, tensor, source, parameters);
  draft.quantized.set(tensor, quantized);
  return quantized;
}

function quantizeConstant(draft: GraphDraft, tensor: string): Tensor {
  const parameters = quantizationParametersOf(draft, tensor);
  const range = draft.plan.activationType === 'uint8' ? uint8Range : int8SymmetricRange;
  const integers = Array.from(constantValues(draft, tensor), (value) => quantizeValue(value, parameters, range));
  return activationTensor(draft, constantDims(draft, tensor), integers);
}

/** Turns the 8-bit form of a tensor, which there must be, back into float under this name. */
function dequantize(draft: GraphDraft, tensor: string, output?: string): string {
  const stored = { integers: draft.quantized.get(tensor)!, ...storeParameters(draft, tensor) };
  const dequantized = addDequantizeLinear(draft, tensor, stored, null, output);
  draft.dequantized.set(tensor, dequantized);
  return dequantized;
}

/** What an int8 node reads of a tensor: its values after they went through 8 bits. */
export function dequantizedActivation(draft: GraphDraft, tensor: string): string {
  const known = draft.dequantized.get(tensor);
  if (known !== undefined) return known;
  quantizeActivation(draft, tensor);
  return dequantize(draft, tensor);
}

/** Behind an int8 node: everyone else reads, under the old name, what 8 bits leave of the values. */
export function publishFloat(draft: GraphDraft, tensor: string, source: string): void {
  quantizeActivation(draft, tensor, source);
  dequantize(draft, tensor, tensor);
}

/** The same where the node made integers. */
export function publishIntegers(draft: GraphDraft, tensor: string, integers: string): void {
  draft.quantized.set(tensor, integers);
  dequantize(draft, tensor, tensor);
}
