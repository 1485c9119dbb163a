import { say, type Sentence } from '../../../../shared/engine-texts/say.ts';
import {
  describeMethod,
  type Alternative,
  type Choice,
  type ChoiceFacts,
  type RangeMethod,
  type Standing,
  type Variant,
} from '../choice.ts';
import { triedStrengths } from '../../3-calibrate/smooth.ts';
import { startingMethod } from '../starting-variant.ts';
import { weightRange, weightRounding } from '../weight-choices.ts';

const isSame = (left: RangeMethod, right: RangeMethod): boolean => describeMethod(left) === describeMethod(right);

/** Percentiles worth trying: how much tail is noise differs from model to model. */
const methodCandidates: readonly RangeMethod[] = [
  startingMethod,
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'minmax', percentile: 100 },
  { method: 'entropy', percentile: 100 },
  { method: 'mse', percentile: 100 },
];

/** Where no activation is stored there are no ranges to choose. */
const hasRanges = ({ plan }: ChoiceFacts): boolean => plan.observe.length > 0;
const choosesMethods = (facts: ChoiceFacts): boolean => hasRanges(facts) && facts.recipe.calibrationMethod === 'auto';

const nameMethod = (method: RangeMethod): string => say('rangesBy', { method: describeMethod(method) });

function methodsForAll({ variant: { oneSided } }: Standing): Alternative[] {
  const others = methodCandidates.filter((method) => !isSame(method, oneSided));
  return [
    { name: nameMethod(oneSided), change: {} },
    ...others.map((method) => ({ name: nameMethod(method), change: { oneSided: method, twoSided: method } })),
  ];
}

/** Where all tensors are of one kind, a method for the signed ones is the same model again, or the same as before. */
function methodsForSigned({ variant: { oneSided }, ranges }: Standing): Alternative[] {
  const signed = [...ranges.values()].filter(({ low }) => low < 0).length;
  if (signed === 0 || signed === ranges.size) return [];
  return methodCandidates
    .filter((method) => !isSame(method, oneSided))
    .map((method) => ({
      name: say('rangesMixed', { one: describeMethod(oneSided), two: describeMethod(method) }),
      change: { twoSided: method },
    }));
}

const methods: Choice = {
  name: 'methods',
  stage: 'ranges',
  most: 2 * methodCandidates.length - 1,
  isOpen: choosesMethods,
  rounds: () => [methodsForAll, methodsForSigned],
  judgedBy: { by: 'closeness' },
};

/** Before ranges are chosen, for which are best depends on it; only where calibration saw uneven channels and made models of these strengths. */
const smoothings: readonly (number | null)[] = [null, ...triedStrengths];
const smoothing: Choice = {
  name: 'smoothing',
  stage: 'ranges',
  most: smoothings.length - 1,
  isOpen: (facts) => hasRanges(facts) && facts.recipe.smoothing === 'auto' && facts.smoothings.length > 0,
  rounds: () => [
    ({ variant }) =>
      smoothings
        .filter((strength) => strength !== variant.smoothing)
        .map((strength) => ({
          name: strength === null ? say('withoutSmoothing') : say('smoothedBy', { strength: String(strength) }),
          change: { smoothing: strength },
        })),
  ],
  judgedBy: { by: 'closeness' },
};

/** Something that is on or off: the other one is tried. */
const createSwitch = (
  name: string,
  setting: 'equalized' | 'biasCorrection',
  isOpen: Choice['isOpen'],
  words: Readonly<Record<'on' | 'off', Sentence>>,
): Choice => ({
  name,
  stage: 'ranges',
  most: 1,
  isOpen: (facts) => hasRanges(facts) && isOpen(facts),
  rounds: () => [
    ({ variant }) => {
      // What is smoothed is equalized or not from the start.
      if (setting === 'equalized' && variant.smoothing !== null) return [];
      const isOn = variant[setting];
      return [{ name: isOn ? words.off : words.on, change: { [setting]: !isOn } satisfies Partial<Variant> }];
    },
  ],
  judgedBy: { by: 'closeness' },
});

const equalization = createSwitch(
  'equalization',
  'equalized',
  ({ recipe, canEqualize }) => recipe.equalization === 'auto' && canEqualize,
  { on: say('withEqualization'), off: say('withoutEqualization') },
);
const correction = createSwitch('correction', 'biasCorrection', ({ recipe }) => recipe.biasCorrection === 'auto', {
  on: say('withBiasCorrection'),
  off: say('withoutBiasCorrection'),
});

/** Tensors are refined in this many runs of neighbours: single ones would cost more trials than they bring. */
const refinedRuns = 12;

/** What refinement chooses from. */
const refinements: readonly RangeMethod[] = [
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.97 },
  { method: 'percentile', percentile: 99.99 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'mse', percentile: 100 },
];

/**
 * One pass of coordinate descent over the ranges: for each run of neighbouring tensors the method under which the output
 * comes closest to the float model's. How much of a tail may be cut differs with depth, which no common method can follow.
 */
const refinement: Choice = {
  name: 'ranges refined by depth',
  stage: 'margins',
  most: refinedRuns + 1,
  isOpen: choosesMethods,
  rounds: ({ plan, ranges }) => {
    const tensors = plan.observe.filter((tensor) => ranges.has(tensor));
    const length = Math.ceil(tensors.length / refinedRuns);
    return Array.from({ length: length === 0 ? 0 : Math.ceil(tensors.length / length) }, (_, index) => {
      const run = tensors.slice(index * length, (index + 1) * length);
      return ({ variant }: Standing) =>
        refinements.map((method) => ({
          name: say('rangesByDepth'),
          change: { refined: new Map([...variant.refined, ...run.map((tensor) => [tensor, method] as const)]) },
        }));
    });
  },
  judgedBy: {
    by: 'descent',
    leastGainDb: 0.02,
    name: say('rangesByDepth'),
    note: (changed, rounds) => say('tensorRunsChanged', { count: changed, all: rounds }),
  },
  untilAmple: true,
};

/**
 * How far ranges reach beyond what is best for the calibration samples. A cut that is best for the samples it was chosen on
 * cuts too deep for others: on MobileNetV2's unseen images a tenth more costs no SQNR, and the divergence of the class
 * probabilities falls by a tenth.
 */
const headroom: Choice = {
  name: 'ranges with headroom',
  stage: 'margins',
  most: 1,
  isOpen: choosesMethods,
  rounds: () => [
    () => [
      {
        name: say('rangesWithHeadroom', { share: 10 }),
        note: say('forUnseenInputs'),
        change: { headroom: 1.1 },
      },
    ],
  ],
  judgedBy: { by: 'tolerance', mostLossDb: 1 },
};

export const staticChoices = [
  weightRange,
  smoothing,
  methods,
  equalization,
  correction,
  weightRounding,
  refinement,
  headroom,
];
