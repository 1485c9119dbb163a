import { say } from '../../../shared/engine-texts/say.ts';
import { bitsOf, type Precision } from '../../../shared/precision.ts';
import { describeScheme, schemeNames, type SchemeName } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { isPlanned, type NodePlan, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import { selectorOf } from '../2-plan/select-nodes.ts';
import type { Graph } from '../graph/graph.ts';
import { tensorElementCount } from '../onnx/tensor-proto.ts';
import type { Standing, Variant } from '../schemes/choice.ts';

/** What a layer may be changed to: a scheme, float, or what it was before the search put it into float. */
export type Form = SchemeName | 'float' | 'unkept';

/** Layers that read one weight, which is stored once: they change together. */
export interface Unit {
  readonly elements: number;
  /** Bits of a weight now, scales included. */
  readonly bits: number;
  readonly layers: readonly string[];
  /** Schemes that take it, which of its layers, and bits of a weight in each. */
  readonly schemes: ReadonlyMap<SchemeName, { readonly layers: readonly string[]; readonly bits: number }>;
}

/** Schemes that a layer can be given without having been calibrated for. */
const offered: readonly SchemeName[] = schemeNames.filter((name) => !describeScheme(name).needsData);
/** Scale and zero point of a block. */
const blockBits = 32;

function weightBits({ weights }: Precision): number {
  if (weights === null) return 32;
  const bits = bitsOf(weights);
  return weights.block === null ? bits : bits + (blockBits + bits) / weights.block;
}

/** A change of some layers to other forms; the last that names a layer counts, but for the recipe's own overrides. */
export function changeForms(
  { keepFloat, overrides }: Variant,
  forms: ReadonlyMap<string, Form>,
): Pick<Variant, 'keepFloat' | 'overrides'> {
  const namesOf = (wanted: Form): string[] => [...forms].flatMap(([name, form]) => (form === wanted ? [name] : []));
  const others = [...keepFloat].filter(([name]) => !forms.has(name));
  const float = namesOf('float').map((name) => [name, say('measuredInFloat')] as const);
  const added = schemeNames.flatMap((scheme): Recipe['overrides'] => {
    const names = namesOf(scheme);
    return names.length === 0 ? [] : [{ scheme, nodes: names.map(selectorOf), opTypes: [] }];
  });
  return { keepFloat: new Map([...others, ...float]), overrides: [...overrides, ...added] };
}

const weightOf = ({ weight }: NodePlan, { nodes }: QuantizationPlan): string | null => {
  const tied = nodes.find(({ node }) => weight?.sharedWith !== undefined && node === weight.sharedWith)?.weight;
  return tied?.tensor ?? weight?.tensor ?? null;
};

/** Every weight that some scheme could store otherwise, the largest first. */
export function findUnits(graph: Graph, { variant, plan, planOf }: Standing): Unit[] {
  const names = graph.nodes.map(({ name }) => name);
  const plans = offered.map((scheme) => {
    const forms = new Map(names.map((name) => [name, scheme] as const));
    return { scheme, made: planOf({ ...variant, ...changeForms(variant, forms) }) };
  });
  const found = new Map<string, Map<SchemeName, { layers: string[]; bits: number }>>();
  for (const { scheme, made } of plans) {
    for (const planned of made.nodes) {
      const tensor = weightOf(planned, made);
      if (tensor === null || planned.precision.scheme !== scheme || !isPlanned(planned)) continue;
      const schemes = found.get(tensor) ?? new Map<SchemeName, { layers: string[]; bits: number }>();
      found.set(tensor, schemes);
      const entry = schemes.get(scheme) ?? { layers: [], bits: weightBits(planned.precision) };
      schemes.set(scheme, { ...entry, layers: [...entry.layers, planned.node] });
    }
  }
  const precisionOf = new Map(plan.nodes.map(({ node, precision }) => [node, precision]));
  return [...found]
    .map(([tensor, schemes]): Unit => {
      const layers = [...new Set([...schemes.values()].flatMap((entry) => entry.layers))];
      const bits = Math.max(...layers.map((layer) => weightBits(precisionOf.get(layer)!)));
      return { elements: tensorElementCount(graph.constants.get(tensor)!), bits, layers, schemes };
    })
    .sort((left, right) => right.elements * right.bits - left.elements * left.bits);
}
