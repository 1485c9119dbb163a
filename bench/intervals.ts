/**
 * How often the 95 % intervals of a difference hold what is true: `npm run bench:intervals [draws] [metric] [what]`. Samples are drawn from a population
 * whose figures are known, again and again, and each draw's interval is asked whether the population's difference lies in it.
 */
import { createRandom } from '../electron/engine/tensor/random.ts';
import type { MetricName, MetricRow } from '../shared/metric-row.ts';
import { macroF1, meanF1 } from '../electron/engine/metrics/macro-f1.ts';
import { meanAbsoluteError, rootMeanSquaredError } from '../electron/engine/metrics/regression.ts';
import { createSampleSums, type Addition } from '../electron/engine/metrics/sample-sums.ts';
import { compareRanks, rankCorrelation, type Ranked } from '../electron/engine/metrics/rank-correlation.ts';
import { characterErrorRate } from '../electron/engine/metrics/transcripts.ts';

const draws = Number(process.argv[2] ?? 1000);
const [only, onlyWhat] = process.argv.slice(3);
const sampleCount = 100;
const populationSize = 20_000;

type Pair = readonly [before: Addition, after: Addition];

interface Simulation<Sample = never> {
  readonly name: MetricName;
  readonly sample: (random: () => number) => Sample;
  readonly measure: (samples: readonly Sample[]) => MetricRow;
  /** The difference of a whole population. */
  readonly truth: (population: readonly Sample[]) => number;
  /** What is said beside the name of the metric. */
  readonly what?: string;
  /** Samples of a draw. */
  readonly count?: number;
}

interface OfSums {
  readonly name: MetricName;
  readonly value: (sums: Float64Array) => number;
  readonly sample: (random: () => number) => Pair;
  readonly what?: string;
  /** Samples are right or wrong as a whole. */
  readonly isWhole?: boolean;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const errors = (error: number): Addition => [
  [0, Math.abs(error)],
  [1, error * error],
  [2, 1],
];

/** A classifier and one that answers otherwise now and then. @param sizes of the classes, against each other. */
function classes(kept: number, sizes: readonly number[], losesOnly = false): OfSums {
  const owners = sizes.flatMap((size, label) => Array.from({ length: size }, () => label));
  const draw = (random: () => number): number => owners[Math.floor(owners.length * random())]!;
  return {
    name: macroF1,
    value: meanF1,
    isWhole: true,
    sample: (random) => {
      const label = draw(random);
      const guess = (share: number): Addition => {
        const given = random() < share ? label : draw(random);
        return given === label
          ? [[3 * label, 1]]
          : [
              [3 * given + 1, 1],
              [3 * label + 2, 1],
            ];
      };
      const before = guess(0.8);
      if (losesOnly) return [before, random() < kept ? before : guess(0)];
      return [before, random() < kept ? before : guess(0.7)];
    },
  };
}

/** A model that puts things nearly in order, and one that moves all of them a little and some anywhere. */
function ranks(what: string, noise: number, anew: number, count?: number): Simulation<Ranked> {
  return {
    name: rankCorrelation,
    what,
    ...(count === undefined ? {} : { count }),
    sample: (random) => {
      const target = normal(random);
      const before = target + 0.5 * normal(random);
      const moved = before + noise * normal(random);
      return { before, after: random() < anew ? Math.sqrt(1.25) * normal(random) : moved, target };
    },
    measure: (samples) => compareRanks(samples)!,
    truth: (population) => correlationOf(population, 'after') - correlationOf(population, 'before'),
  };
}

/** Spearman's, of values without ties. */
function correlationOf(population: readonly Ranked[], key: 'before' | 'after'): number {
  const ranksOf = (values: readonly number[]): Float64Array => {
    const own = new Float64Array(values.length);
    const order = [...values.keys()].sort((left, right) => values[left]! - values[right]!);
    for (const [rank, owner] of order.entries()) own[owner] = rank;
    return own;
  };
  const [own, right] = [ranksOf(population.map((one) => one[key])), ranksOf(population.map(({ target }) => target))];
  const squares = own.reduce((sum, rank, at) => sum + (rank - right[at]!) ** 2, 0);
  return 1 - (6 * squares) / (population.length * (population.length ** 2 - 1));
}

const ofSums: readonly OfSums[] = [
  {
    name: meanAbsoluteError,
    value: (sums) => sums[0]! / sums[2]!,
    sample: (random) => {
      const error = normal(random) * Math.exp(0.5 * normal(random));
      return [errors(error), errors(1.05 * error + 0.1 * normal(random))];
    },
  },
  {
    name: rootMeanSquaredError,
    value: (sums) => Math.sqrt(sums[1]! / sums[2]!),
    sample: (random) => {
      const error = normal(random);
      return [errors(error), errors(error + 0.2 * normal(random))];
    },
  },
  { ...classes(0.85, [1, 1, 1, 1]), what: '' },
  { ...classes(0.96, [1, 1, 1, 1]), what: 'few changes' },
  { ...classes(0.9, [8, 4, 2, 1]), what: 'rare classes' },
  { ...classes(0.9, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), what: 'ten classes' },
  { ...classes(0.96, [1, 1, 1, 1], true), what: 'losses only' },
  {
    name: characterErrorRate,
    value: (sums) => sums[0]! / sums[1]!,
    sample: (random) => {
      const length = 5 + Math.floor(30 * random());
      const countErrors = (share: number): number =>
        Array.from({ length }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0);
      const before = countErrors(0.05);
      const addition = (count: number): Addition => [
        [0, count],
        [1, length],
      ];
      return [addition(before), addition(before + countErrors(0.02))];
    },
  },
];

function measure({ name, value, isWhole = false }: OfSums, pairs: readonly Pair[]): MetricRow {
  const sums = createSampleSums();
  for (const [before, after] of pairs) sums.add(before, after, [0, 0]);
  return sums.row(name, value, isWhole ? 1 / pairs.length : undefined)!;
}

/** The figure of a whole population: its sums alone. */
function differenceOf({ value }: OfSums, pairs: readonly Pair[]): number {
  const [before, after] = [0, 1].map((model) => {
    const sums = new Float64Array(32);
    for (const pair of pairs) for (const [slot, amount] of pair[model]!) sums[slot] = sums[slot]! + amount;
    return value(sums);
  });
  return after! - before!;
}

function run<Sample>({
  name,
  what = '',
  count = sampleCount,
  sample,
  measure: rowOf,
  truth: truthOf,
}: Simulation<Sample>): void {
  const random = createRandom(1);
  const population = Array.from({ length: populationSize }, () => sample(random));
  const truth = truthOf(population);
  let held = 0;
  for (let draw = 0; draw < draws; draw++) {
    const [low, high] = rowOf(
      Array.from({ length: count }, () => population[Math.floor(random() * populationSize)]!),
    ).ci95!;
    if (low <= truth && truth <= high) held++;
  }
  const share = ((100 * held) / draws).toFixed(1);
  console.log(
    `${name.metric.padEnd(10)} ${what.padEnd(18)} ${share} % of ${draws} intervals hold the true difference (${truth.toPrecision(3)}), n = ${count}`,
  );
}

const isWanted = ({ name, what = '' }: { readonly name: MetricName; readonly what?: string }): boolean =>
  (only === undefined || name.metric === only) && (onlyWhat === undefined || what === onlyWhat);
for (const one of ofSums.filter(isWanted))
  run({ ...one, measure: (pairs) => measure(one, pairs), truth: (pairs) => differenceOf(one, pairs) });
for (const one of [
  ranks('noise', 0.2, 0),
  ranks('noise, few', 0.2, 0, 30),
  ranks('few changes', 0, 0.04),
  ranks('hardly any, few', 0.001, 0.02, 30),
  ranks('no rank, few', 1e-6, 0, 30),
].filter(isWanted))
  run(one);
