import { foldedInto } from '../../../shared/engine-texts.ts';
import type { Layer, TensorRange, WeightRange } from '../../../shared/run.ts';

function rangeNamed(name: string, ranges: ReadonlyMap<string, TensorRange>): TensorRange | null {
  // Exporters name a node's output after the node: Keras as it is, PyTorch with "_output_0", others with ":0".
  for (const suffix of ['', '_output_0', ':0']) {
    const range = ranges.get(name + suffix);
    if (range !== undefined) return range;
  }
  return null;
}

/** The calibrated range of what a layer gives. */
export function findRange(layer: Layer, layers: readonly Layer[], ranges: readonly TensorRange[]): TensorRange | null {
  const { outputTensor } = layer;
  if (outputTensor === undefined) return guessRange(layer, layers, ranges);
  if (outputTensor === null) return null;
  return ranges.find(({ tensor, sharedBy }) => tensor === outputTensor || sharedBy.includes(outputTensor)) ?? null;
}

/**
 * For documents that do not say which tensor a layer gives. A layer that others were folded into (BatchNormalization, Relu) gives
 * what the last of them gave; a folded layer gives what it was folded into.
 */
function guessRange(layer: Layer, layers: readonly Layer[], ranges: readonly TensorRange[]): TensorRange | null {
  const byTensor = new Map(ranges.map((range) => [range.tensor, range]));
  const queue = [layer.name];
  const seen = new Set<string>();
  let found: TensorRange | null = null;
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    found = rangeNamed(name, byTensor) ?? found;
    for (const other of layers) {
      if (foldedInto(other.reason) === name) queue.push(other.name);
    }
  }
  if (found !== null) return found;
  const into = foldedInto(layer.reason);
  const target = layers.find((other) => other.name === into);
  return target === undefined || target.name === layer.name ? null : guessRange(target, layers, ranges);
}

/** The weights of a layer, or of the layer it was folded into. */
export function findWeights(layer: Layer, weights: readonly WeightRange[]): WeightRange | null {
  const names = [layer.name, foldedInto(layer.reason)];
  return weights.find((range) => names.includes(range.node)) ?? null;
}
