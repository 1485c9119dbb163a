import { isStandardOp, opsetVersion, type Graph } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import { isSoftmax } from '../graph/ops/arithmetic.ts';

/** The Softmax that an output comes from. */
export interface FinalSoftmax {
  readonly axis: number;
  /** Before opset 13 all dimensions from `axis` on add up to 1 together. */
  readonly flattens: boolean;
}

/** Smaller probabilities are no float32 with all its digits. */
const smallestProbability = 2 ** -126;

/** @returns null where an output does not come straight from a Softmax. */
export function findFinalSoftmax(graph: Graph, output: string): FinalSoftmax | null {
  const node = graph.producers.get(output);
  if (!isSoftmax(node) || !isStandardOp(node)) return null;
  const flattens = opsetVersion(graph.model) < 13;
  return { axis: attributeInt(node, 'axis', flattens ? 1 : -1), flattens };
}

/**
 * The scores that probabilities were made of, less their mean, which Softmax does not hand on: log p - mean(log p). Errors in
 * probabilities tell nothing where the model is sure, and most of what counts in a sum of squares is sure.
 */
export function undoSoftmax(
  probabilities: ArrayLike<number>,
  dims: readonly number[],
  { axis, flattens }: FinalSoftmax,
): Float64Array {
  const at = axis < 0 ? axis + dims.length : axis;
  const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);
  const classes = flattens ? product(dims.slice(at)) : dims[at]!;
  const inner = flattens ? 1 : product(dims.slice(at + 1));
  const scores = Float64Array.from(probabilities, (value) => Math.log(Math.max(value, smallestProbability)));
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
