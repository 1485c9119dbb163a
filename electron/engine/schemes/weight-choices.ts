import { say } from '../../../shared/engine-texts/say.ts';
import { isPlanned } from '../2-plan/quantization-plan.ts';
import type { Alternative, Choice, ChoiceFacts } from './choice.ts';

const ranges: readonly Alternative[] = [
  {
    name: say('weightsOfBits', { bits: 8 }),
    note: say('pairsSaturate'),
    change: { weightRange: 'int8' },
    // What saturates on other inputs than those compared shows here only by chance.
    isRisky: true,
  },
  { name: say('weightsPairsBounded'), change: { weightRange: 'int8-pairs' }, isFallback: true },
  { name: say('weightsOfBits', { bits: 7 }), change: { weightRange: 'int8-reduced' } },
];

/** Of schemes that multiply 8-bit integers, on CPUs that add their products in 16 bits. */
export const weightRange: Choice = {
  name: 'weights',
  stage: 'ranges',
  most: ranges.length,
  isOpen: ({ recipe, features, plan }) =>
    recipe.reducedRange === 'auto' &&
    !features.int8DotProduct &&
    plan.nodes.some(
      (node) => isPlanned(node) && node.precision.activations !== null && node.precision.weights?.type === 'int8',
    ),
  rounds: () => [() => ranges],
  judgedBy: { by: 'caution' },
  isRepeated: true,
};

/** Weights that can be rounded with compensation: beside activations in 8 bits, and in blocks where inputs are real. */
export const canCompensate = ({ plan, areNoise }: Pick<ChoiceFacts, 'plan' | 'areNoise'>): boolean =>
  plan.observe.length > 0 || (!areNoise && plan.nodes.some(({ precision }) => precision.weights?.block != null));

export const weightRounding: Choice = {
  name: 'rounding',
  stage: 'rounding',
  most: 1,
  isOpen: (facts) => facts.recipe.weightRounding === 'auto' && canCompensate(facts),
  rounds: () => [
    ({ variant }) =>
      variant.weightRounding === 'compensated'
        ? []
        : [{ name: say('weightsCompensated'), change: { weightRounding: 'compensated' } }],
  ],
  judgedBy: { by: 'closeness' },
};
