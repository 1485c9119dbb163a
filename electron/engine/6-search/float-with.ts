import { say } from '../../../shared/engine-texts/say.ts';
import { isReduced } from '../../../shared/precision.ts';
import type { NodePlan, QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { FloatWith } from '../5-measure/layer-effects.ts';
import type { Variant } from '../schemes/choice.ts';
import { planVariant, type VariantOptions } from './variant.ts';

const isCompressed = ({ precision, foldedInto }: NodePlan): boolean => isReduced(precision) || foldedInto !== null;

/**
 * What would be in float if the layer that hands out a tensor were: some operators, as a sum, are in 8 bits only where all that they read
 * is. By the same plan as a run that keeps that layer in float.
 */
export function createFloatWith(
  options: VariantOptions,
  variant: Variant,
  { nodes }: QuantizationPlan,
): (tensor: string) => FloatWith {
  const { graph } = options;
  const compressed = new Map(nodes.filter(isCompressed).map((planned) => [planned.node, planned]));
  return (tensor) => {
    const made = compressed.get(graph.producers.get(tensor)?.name ?? '');
    if (made === undefined) return { nodes: [], tensors: [] };
    const layer = made.foldedInto ?? made.node;
    const keepFloat = new Map([...variant.keepFloat, [layer, say('excluded')]]);
    const still = new Set(
      planVariant(options, { ...variant, keepFloat })
        .nodes.filter(isCompressed)
        .map(({ node }) => node),
    );
    const float = graph.nodes.filter(({ name }) => compressed.has(name) && !still.has(name));
    return {
      nodes: float
        .map(({ name }) => name)
        .filter((name) => name !== layer && compressed.get(name)!.foldedInto === null),
      tensors: float.flatMap(({ output }) => output),
    };
  };
}
