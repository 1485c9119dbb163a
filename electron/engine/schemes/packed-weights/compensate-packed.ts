import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../../shared/app-error.ts';
import { isStoredLookup, type QuantizationPlan } from '../../2-plan/quantization-plan.ts';
import {
  describeLayerInput,
  observeInputMoments,
  type LayerInput,
  type MomentOptions,
} from '../../3-calibrate/input-moments.ts';
import { orderInputs } from '../../4-quantize/compensate-rounding.ts';
import type { PackedCache } from '../../4-quantize/weights.ts';
import { indexGraph } from '../../graph/graph.ts';
import type { OnnxModel } from '../../onnx/read-model.ts';
import { compensateBlocks } from './compensate-blocks.ts';
import { formatOf, packedDigest, packedKey, rowsOf } from './store-packed.ts';

/** Inputs of a layer beyond which it is left: 2,048 take 34 MB of moments and as much for their factor, and some seconds. */
export const longestPackedLayer = 2048;

/**
 * Packed weights of a plan rounded with compensation, where that can be had: of layers with a weight of their own, which no
 * table is tied to, and at most `longestPackedLayer` inputs an output.
 */
export async function compensatePacked(
  model: OnnxModel,
  plan: QuantizationPlan,
  options: MomentOptions,
): Promise<PackedCache> {
  const graph = indexGraph(model);
  const planOf = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  const packed = graph.nodes.flatMap((node) => {
    const planned = planOf.get(node.name);
    if (planned?.precision.weights?.block == null) return [];
    const constant = graph.constants.get(planned.weight!.tensor)!;
    return [{ node, planned, digest: packedDigest(node, constant, graph.weights, formatOf(planned.precision)) }];
  });
  const digests = new Set<string>();
  const shared = new Set(
    packed.map(({ digest }) => digest).filter((digest) => digests.size === digests.add(digest).size),
  );
  const layers = packed.flatMap(({ node, planned, digest }): LayerInput[] => {
    const { tensor } = planned.weight!;
    if (isStoredLookup(planned) || graph.consumers.get(tensor)?.length !== 1 || shared.has(digest)) return [];
    const layer = describeLayerInput(node, graph.constants.get(tensor)!.dims.map(Number), options.shapes);
    return layer !== null && layer.length <= longestPackedLayer ? [layer] : [];
  });
  const result: PackedCache = new Map();
  for await (const { layer, groups } of observeInputMoments(model, layers, options)) {
    await yieldToEvents();
    if (options.signal.aborted) throw new CancelledError();
    const ordered = orderInputs(groups[0]!, layer.length);
    if (ordered === null) continue;
    const planned = planOf.get(layer.node.name)!;
    const constant = graph.constants.get(planned.weight!.tensor)!;
    const [layout, format] = [rowsOf(layer.node, constant), formatOf(planned.precision)];
    const values = graph.weights.floats(constant);
    result.set(constant, new Map([[packedKey(layout, format), compensateBlocks(values, layout, format, ordered)]]));
  }
  return result;
}
