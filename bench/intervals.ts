/**
 * How often the 95 % intervals of a difference hold what is true: `npm run bench:intervals [draws] [metric]`. Samples are drawn from a population
 * whose figures are known, again and again, and each draw's interval is asked whether the population's difference lies in it.
 */
import { createRandom } from '../electron/engine/tensor/random.ts';
import type { MetricName, MetricRow } from '../shared/metric-row.ts';
import { macroF1, meanF1 } from '../electron/engine/metrics/macro-f1.ts';
import { meanAbsoluteError, rootMeanSquaredError } from '../electron/engine/metrics/regression.ts';
import { createSampleSums, type Addition } from '../electron/engine/metrics/sample-sums.ts';
import { characterErrorRate } from '../electron/engine/metrics/transcripts.ts';

const draws = Number(process.argv[2] ?? 1000);
const only = process.argv[3];
const sampleCount = 100;
const populationSize = 20_000;

type Pair = readonly [before: Addition, after: Addition];

interface Simulation {
  readonly name: MetricName;
  readonly value: (sums: Float64Array) => number;
  readonly sample: (random: () => number) => Pair;
  /** What is said beside the name of the metric. */
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
function classes(kept: number, sizes: readonly number[], losesOnly = false): Simulation {
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

const simulations: readonly Simulation[] = [
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

function measure({ name, value, isWhole = false }: Simulation, pairs: readonly Pair[]): MetricRow {
  const sums = createSampleSums();
  for (const [before, after] of pairs) sums.add(before, after, [0, 0]);
  return sums.row(name, value, isWhole ? 1 / pairs.length : undefined)!;
}

/** The figure of a whole population: its sums alone. */
function differenceOf({ value }: Simulation, pairs: readonly Pair[]): number {
  const [before, after] = [0, 1].map((model) => {
    const sums = new Float64Array(32);
    for (const pair of pairs) for (const [slot, amount] of pair[model]!) sums[slot] = sums[slot]! + amount;
    return value(sums);
  });
  return after! - before!;
}

for (const simulation of simulations.filter(({ name }) => only === undefined || name.metric === only)) {
  const random = createRandom(1);
  const population = Array.from({ length: populationSize }, () => simulation.sample(random));
  const truth = differenceOf(simulation, population);
  let held = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = Array.from({ length: sampleCount }, () => population[Math.floor(random() * populationSize)]!);
    const [low, high] = measure(simulation, drawn).ci95!;
    if (low <= truth && truth <= high) held++;
  }
  const share = ((100 * held) / draws).toFixed(1);
  console.log(
    `${simulation.name.metric.padEnd(10)} ${(simulation.what ?? '').padEnd(12)} ${share} % of ${draws} intervals hold the true difference (${truth.toPrecision(3)}), n = ${sampleCount}`,
  );
}
