import { say } from '../../../shared/engine-texts/say.ts';
import { isPlanned } from '../2-plan/quantization-plan.ts';
import type { Override } from '../../../shared/overrides.ts';
import type { Graph } from '../graph/graph.ts';
import { compareWith, nameSome, tieDb } from './float-layers.ts';
import type { OpenChoice } from './agenda.ts';
import type { Journal } from './journal.ts';
import { keepSlowLayersFloat, slowChoice } from './keep-float.ts';
import type { Laboratory } from './laboratory.ts';
import type { QuantizedVariant, Variant } from './variant.ts';

const suffix = ', with int8-dynamic';
/** What this takes at most, with the look at slow layers behind it. */
export const mixChoices: readonly OpenChoice[] = [{ choice: 'int8-dynamic', most: 2 }, slowChoice(suffix)];

const productTypes = ['MatMul', 'Gemm', 'LSTM'];

/** A variant of which these layers are int8-dynamic, whatever was found of them in int8-static. */
function withDynamic(base: Variant, override: Override, layers: ReadonlySet<string>): Variant {
  const keepFloat = new Map([...base.keepFloat].filter(([name]) => !layers.has(name)));
  return { ...base, keepFloat, overrides: [...base.overrides, override] };
}

/**
 * Products and recurrent layers in dynamic int8 beside a graph in static int8: those that static int8 leaves in float, or all of
 * them. What is closer to the original or faster, by more than a tie, is taken.
 */
export async function mixSchemes(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  journal: Journal,
): Promise<QuantizedVariant> {
  journal.begin(mixChoices[0]!.choice);
  const ofTypes: Override = { scheme: 'int8-dynamic', nodes: [], opTypes: productTypes };
  const every = laboratory.build(withDynamic(base.variant, ofTypes, new Set(graph.nodes.map(({ name }) => name))));
  const isDynamic = new Set(
    every.plan.nodes.filter(({ precision }) => precision.scheme === 'int8-dynamic').map(({ node }) => node),
  );
  const before = new Set(base.plan.nodes.filter(isPlanned).map(({ node }) => node));
  const inFloat = [...isDynamic].filter((name) => !before.has(name));
  const ofFloat: Override = { scheme: 'int8-dynamic', nodes: inFloat, opTypes: [] };
  const trials = [
    { layers: inFloat, override: ofFloat },
    // The same again where all of them are in float.
    { layers: inFloat.length === isDynamic.size ? [] : [...isDynamic], override: ofTypes },
  ].filter(({ layers }) => layers.length > 0);
  if (trials.length === 0) return base;
  let best = { variant: base, gain: tieDb, name: '' };
  await compareWith(laboratory, base, async (compare) => {
    for (const { layers, override } of trials) {
      const variant = laboratory.build(withDynamic(base.variant, override, new Set(layers)));
      const { quality, ratio, gain } = await compare(variant);
      const name = say('dynamicLayers', { count: layers.length });
      journal.record(name, variant, quality, ratio, nameSome(layers));
      if (gain > best.gain) best = { variant, gain, name };
    }
  });
  if (best.variant === base) return base;
  journal.hold(best.variant, best.name);
  journal.choose(best.name);
  return keepSlowLayersFloat(graph, laboratory, best.variant, journal, suffix);
}
