import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { createRandom, shuffle } from '../tensor/random.ts';
import { hashBytes } from './content-hash.ts';
import type { Dataset, ScoredPair } from './dataset.ts';

export interface SplitOptions {
  readonly calibrationCount: number;
  /** At most this many evaluation samples; null takes all that are left. */
  readonly evaluationCount: number | null;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface SplitWarning {
  readonly code: 'data-tiny' | 'data-duplicates' | 'labels-conflict';
  readonly message: string;
}

/** Sample indices in drawn order: any prefix of either list is itself a fair sample. */
export interface DataSplit {
  readonly calibration: readonly number[];
  readonly evaluation: readonly number[];
  /** Over the sorted sample hashes and labels of each side; null for an empty side. */
  readonly calibrationSha256: string | null;
  readonly evaluationSha256: string | null;
  readonly warnings: readonly SplitWarning[];
}

/** Samples of equal content: they go to one side together, or a duplicate would be both calibrated on and evaluated. */
interface Group {
  readonly indices: readonly number[];
  /** Class of the first sample; -1 without labels. */
  readonly label: number;
}

/**
 * Splits a dataset into calibration and evaluation samples, disjoint by index and by content. The draw comes from
 * `createRandom(seed)`, so the same data and seed give the same split on any machine. With labels, calibration takes the
 * classes in turn; evaluation stays a plain random draw, so that its class frequencies are the data's own.
 * With fewer than twice `calibrationCount` samples at most half are for calibration; at least one is left to evaluate.
 * @throws AppError `data-missing` when calibration is asked for and there are not two different samples; CancelledError.
 */
export async function splitDataset(dataset: Dataset, options: SplitOptions): Promise<DataSplit> {
  const hashes: string[] = [];
  for (let index = 0; index < dataset.count; index++) {
    // Samples in memory are hashed without ever leaving the microtask queue, so a cancellation could not arrive.
    if (index % 32 === 0) await yieldToEvents();
    if (options.signal?.aborted === true) throw new CancelledError();
    hashes.push(await dataset.sampleSha256(index));
  }
  const copies = groupByContent(hashes, dataset.labels);
  const groups = joinPairs(copies, dataset.scoredPairs ?? []);
  if (options.calibrationCount > 0 && copies.length < 2) {
    const { count } = dataset;
    throw new AppError(
      'data-missing',
      count > 1 ? tell('samplesAllTheSame', { count }) : tell('samplesTooFew', { count }),
    );
  }
  const random = createRandom(options.seed);
  const shuffled = shuffle(groups, random);
  const target = Math.min(options.calibrationCount, Math.floor(dataset.count / 2));
  const chosen = chooseCalibration(shuffled, target);
  const rest = shuffled.filter((group) => !chosen.has(group));
  const calibration = [...chosen].flatMap((group) => group.indices);
  const evaluation = rest.flatMap((group) => group.indices).slice(0, options.evaluationCount ?? dataset.count);
  return {
    calibration,
    evaluation,
    calibrationSha256: hashSide(calibration, hashes, dataset.labels),
    evaluationSha256: hashSide(evaluation, hashes, dataset.labels),
    warnings: [
      ...warnOfSize(options, dataset.count, calibration.length, evaluation.length),
      ...warnOfDuplicates(copies, dataset),
    ],
  };
}

function groupByContent(hashes: readonly string[], labels: Int32Array | null): Group[] {
  const byHash = new Map<string, number[]>();
  for (const [index, hash] of hashes.entries()) {
    const indices = byHash.get(hash);
    if (indices === undefined) byHash.set(hash, [index]);
    else indices.push(index);
  }
  return [...byHash.values()].map((indices) => ({ indices, label: labels?.[indices[0]!] ?? -1 }));
}

/** Pairs whose samples lie on different sides cannot be compared. A sample of several pairs stays with the first of them. */
function joinPairs(groups: readonly Group[], pairs: readonly ScoredPair[]): readonly Group[] {
  const groupOf = new Map(groups.flatMap(({ indices }, at) => indices.map((index) => [index, at] as const)));
  const partners = new Map<number, number>();
  for (const { first, second } of pairs) {
    const [one, other] = [groupOf.get(first)!, groupOf.get(second)!];
    if (one === other || partners.has(one) || partners.has(other)) continue;
    partners.set(one, other).set(other, one);
  }
  // One pair alone would leave nothing to evaluate.
  if (groups.length - partners.size / 2 < 2) return groups;
  return groups.flatMap((group, at) => {
    const partner = partners.get(at);
    if (partner === undefined) return [group];
    return partner < at ? [] : [{ ...group, indices: [...group.indices, ...groups[partner]!.indices] }];
  });
}

/** Takes groups class by class in turn until `target` samples are reached; a group too large for what is left is passed by. */
function chooseCalibration(shuffled: readonly Group[], target: number): Set<Group> {
  const byLabel = new Map<number, Group[]>();
  for (const group of shuffled) {
    const queue = byLabel.get(group.label);
    if (queue === undefined) byLabel.set(group.label, [group]);
    else queue.push(group);
  }
  const chosen = new Set<Group>();
  let left = target;
  const queues = [...byLabel.values()];
  for (let round = 0; left > 0 && queues.some((queue) => round < queue.length); round++) {
    for (const queue of queues) {
      const group = queue[round];
      if (group === undefined || group.indices.length > left) continue;
      chosen.add(group);
      left -= group.indices.length;
    }
  }
  // Every group may be larger than what is asked for; one of them is still better than no calibration.
  if (chosen.size === 0 && target > 0) {
    chosen.add(
      shuffled.reduce((smallest, group) => (group.indices.length < smallest.indices.length ? group : smallest)),
    );
  }
  return chosen;
}

function hashSide(indices: readonly number[], hashes: readonly string[], labels: Int32Array | null): string | null {
  if (indices.length === 0) return null;
  return hashBytes(
    indices
      .map((index) => `${hashes[index]!} ${labels?.[index] ?? ''}\n`)
      .sort()
      .join(''),
  );
}

function warnOfSize(options: SplitOptions, count: number, calibration: number, evaluation: number): SplitWarning[] {
  const wantedEvaluation = options.evaluationCount ?? 1;
  if (calibration >= options.calibrationCount && evaluation >= wantedEvaluation) return [];
  const slots = { all: count, wanted: options.calibrationCount, calibrate: calibration, evaluate: evaluation };
  return [
    {
      code: 'data-tiny',
      message:
        options.evaluationCount === null
          ? say('fewSamplesToCalibrate', slots)
          : say('fewSamplesToSplit', { ...slots, evaluation: options.evaluationCount }),
    },
  ];
}

function warnOfDuplicates(groups: readonly Group[], { labels }: Dataset): SplitWarning[] {
  const duplicated = groups.filter((group) => group.indices.length > 1);
  if (duplicated.length === 0) return [];
  const surplus = duplicated.reduce((sum, group) => sum + group.indices.length - 1, 0);
  const warnings: SplitWarning[] = [
    {
      code: 'data-duplicates',
      message: say('samplesRepeat', { count: surplus }),
    },
  ];
  const conflicts = duplicated.filter(({ indices, label }) =>
    indices.some((index) => (labels?.[index] ?? label) !== label),
  );
  if (conflicts.length > 0) {
    warnings.push({
      code: 'labels-conflict',
      message: say('labelsContradict', { count: conflicts.length, first: conflicts[0]!.indices[0]! }),
    });
  }
  return warnings;
}
