import { isStandardOp, opsetVersion, type Graph } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import { isSoftmax } from '../graph/ops/arithmetic.ts';
import { isCast } from '../graph/ops/conversions.ts';
import { dataTypes } from '../tensor/tensor.ts';

/** The Softmax that an output comes from. */
export interface FinalSoftmax {
  readonly axis: number;
  /** Before opset 13 all dimensions from `axis` on add up to 1 together. */
  readonly flattens: boolean;
  /** True where the probabilities were float16 on their way. */
  readonly isHalf?: boolean;
}

/** Smaller probabilities are no float32, or float16, with all its digits. */
const smallestProbability = 2 ** -126;
const smallestHalf = 2 ** -14;

/** @returns null where an output does not come straight from a Softmax, or through a Cast. */
export function findFinalSoftmax(graph: Graph, output: string): FinalSoftmax | null {
  const last = graph.producers.get(output);
  const node = isCast(last) ? graph.producers.get(last.input[0]!) : last;
  if (!isSoftmax(node) || !isStandardOp(node)) return null;
  const flattens = opsetVersion(graph.model) < 13;
  const softmax = { axis: attributeInt(node, 'axis', flattens ? 1 : -1), flattens };
  return isHalf(graph, output, isCast(last)) ? { ...softmax, isHalf: true } : softmax;
}

/** Of which type a tensor is, a graph says of its ends alone; behind a Cast it may have been of the weights' type. */
function isHalf({ model, constants }: Graph, output: string, isBehindCast: boolean): boolean {
  const float16 = dataTypes.float16.number;
  const type = model.graph!.output.find(({ name }) => name === output)?.type?.value;
  if (type?.case === 'tensorType' && type.value.elemType === float16) return true;
  return isBehindCast && [...constants.values()].some(({ dataType }) => dataType === float16);
}

/**
 * The scores that probabilities were made of, less their mean, which Softmax does not hand on: log p - mean(log p). Errors in
 * probabilities tell nothing where the model is sure, and most of what counts in a sum of squares is sure.
 */
export function undoSoftmax(
  probabilities: ArrayLike<number>,
  dims: readonly number[],
  { axis, flattens, isHalf: isRounded = false }: FinalSoftmax,
): Float64Array {
  const at = axis < 0 ? axis + dims.length : axis;
  const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);
  const classes = flattens ? product(dims.slice(at)) : dims[at]!;
  const inner = flattens ? 1 : product(dims.slice(at + 1));
  const smallest = isRounded ? smallestHalf : smallestProbability;
  const scores = Float64Array.from(probabilities, (value) => Math.log(Math.max(value, smallest)));
  for (let block = 0; block < scores.length; block += classes * inner) {
    for (let start = block; start < block + inner; start++) {
      const end = start + classes * inner;
      let sum = 0;
      for (let index = start; index < end; index += inner) sum += scores[index]!;
      for (let index = start; index < end; index += inner) scores[index] = scores[index]! - sum / classes;
    }
  }
  return scores;
}
