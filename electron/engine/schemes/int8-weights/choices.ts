import { say } from '../../../../shared/engine-texts/say.ts';
import type { Override } from '../../../../shared/overrides.ts';
import { isReduced } from '../../../../shared/precision.ts';
import type { NodePlan } from '../../2-plan/quantization-plan.ts';
import { nameSome, type Alternative, type Choice, type Standing } from '../choice.ts';

const scheme = 'int8-weights';

/** These layers stored in 8 bits and computed in float, whatever else was found of them. */
function withStored({ variant, planOf }: Standing, layers: readonly string[]): Alternative[] {
  const wanted = new Set(layers);
  const keepFloat = new Map([...variant.keepFloat].filter(([name]) => !wanted.has(name)));
  const store = (nodes: readonly string[]): Override[] => [
    ...variant.overrides,
    { scheme, nodes: [...nodes], opTypes: [] },
  ];
  const planned = planOf({ ...variant, keepFloat, overrides: store(layers) });
  const stored = planned.nodes.filter(({ node, precision }) => wanted.has(node) && precision.scheme === scheme);
  if (stored.length === 0) return [];
  const note = nameSome(stored.map(({ node }) => node));
  const change = { keepFloat, overrides: store(layers) };
  return [{ name: say('storedLayers', { count: stored.length, scheme }), note, change }];
}

/**
 * All that is in static int8 computed in float instead, and stored in 8 bits: where activations in 8 bits make a network slower, single
 * layers in float do not help, for each needs its conversions.
 */
const everyLayer: Choice = {
  name: 'every layer stored',
  stage: 'schemes',
  most: 1,
  isOpen: ({ recipe }) => recipe.scheme === 'auto',
  rounds: () => [
    (best) => {
      if (best.plan.observe.length === 0) return [];
      const others = best.plan.nodes.filter(({ precision }) => precision.scheme !== 'int8-dynamic');
      return withStored(best, others.map(({ node }) => node)); // prettier-ignore
    },
  ],
  judgedBy: { by: 'exchange', curesRuin: false },
  isUrgent: true,
};

/** Of no layer's making but its own: what is folded into one in static int8 would only be taken out of it. */
const isFloat = ({ precision, foldedInto }: NodePlan): boolean => !isReduced(precision) && foldedInto === null;

/** Layers that stay in float take the time they took when they are stored in 8 bits, for ONNX Runtime makes floats of them when it loads. */
const floatLayers: Choice = {
  name: 'layers in float stored',
  stage: 'schemes',
  most: 1,
  isOpen: ({ recipe }) => recipe.scheme === 'auto',
  rounds: () => [
    (best) =>
      withStored(
        best,
        best.plan.nodes.filter(isFloat).map(({ node }) => node),
      ),
  ],
  judgedBy: { by: 'tolerance', mostLossDb: 0.5, orAmple: true },
  isUrgent: true,
};

export const storedChoices = [everyLayer, floatLayers];
