import type { Shapes } from '../graph/shapes.ts';
import type { Graph } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { OutputPair } from './closeness.ts';
import { handsOnWhole, isConcat, isTranspose, permutationOf } from '../graph/ops/layouts.ts';

/** The float model and the dimensions its tensors had in one run: they tell what an output is made of. */
export interface OutputSource {
  readonly graph: Graph;
  readonly shapes: Shapes;
}

/** How an output is joined from parts: their lengths along an axis of it. */
export interface OutputParts {
  readonly axis: number;
  readonly lengths: readonly number[];
}

/**
 * The parts that an output of three or more dimensions is joined from, as YOLO joins boxes in pixels with scores below 1: in one
 * sum of squares boxes would be all that counts. Null where it is not joined, or along the batch.
 */
export function findOutputParts({ graph, shapes }: OutputSource, output: string): OutputParts | null {
  const permutations: (readonly number[])[] = [];
  let node = graph.producers.get(output);
  while (handsOnWhole(node)) {
    const rank = shapes.get(node.output[0]!)?.dims.length ?? 0;
    if (isTranspose(node)) permutations.unshift(permutationOf(node, rank));
    node = graph.producers.get(node.input[0]!);
  }
  const dims = shapes.get(node?.output[0] ?? '')?.dims;
  if (!isConcat(node) || dims === undefined || dims.length < 3) return null;
  const own = attributeInt(node, 'axis', 1);
  const joined = own < 0 ? own + dims.length : own;
  const lengths = node.input.map(
    (input) => shapes.get(input)?.dims[joined] ?? graph.constants.get(input)?.dims[joined],
  );
  const axis = permutations.reduce((at, permutation) => permutation.indexOf(at), joined);
  return axis < 1 || lengths.includes(undefined) ? null : { axis, lengths: lengths.map(Number) };
}

/**
 * Both models' values of one output, part by part.
 * @param dims of the values; where they are not those the parts were found in, the output stays whole.
 */
export function splitParts(pair: OutputPair, dims: readonly number[], parts: OutputParts | null): OutputPair[] {
  if (parts === null) return [pair];
  const { axis, lengths } = parts;
  const size = dims[axis] ?? 0;
  if (lengths.reduce((sum, length) => sum + length, 0) !== size) return [pair];
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const take = (values: ArrayLike<number>, start: number, length: number): Float64Array => {
    const taken = new Float64Array((values.length / size) * length);
    let count = 0;
    for (let block = start * inner; block < values.length; block += size * inner) {
      for (let index = block; index < block + length * inner; index++) taken[count++] = values[index]!;
    }
    return taken;
  };
  let start = 0;
  return lengths.map((length) => {
    const part: OutputPair = [take(pair[0], start, length), take(pair[1], start, length)];
    start += length;
    return part;
  });
}
