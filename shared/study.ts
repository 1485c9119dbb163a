import { typicalSqnrDb } from './agreement.ts';
import { isMachineBusy } from './busy-machine.ts';
import { decisionOf, type Decided, type DecidedRun, type Decision } from './decision.ts';
import { lossOf, mainRow } from './metric-row.ts';
import type { Interval95, Latency, RunDocument } from './run.ts';

/*
 * Which of several runs of one model to take: the better decision, then the faster, the smaller and the closer to the original. A
 * member falls behind in speed and closeness only where the whole of its 95 % interval lies behind that of another; what is left in
 * the end is a tie.
 */

export type StudiedRun = DecidedRun & Pick<RunDocument, 'runId' | 'model'>;

export interface StudyMember {
  readonly name: string;
  readonly run: StudiedRun;
}

/** What a member is behind in. */
export type Lag = 'decision' | 'speed' | 'size' | 'closeness';

export interface Placed {
  readonly member: StudyMember;
  readonly decided: Decided;
  /** From 1; members of one place are equal within what was measured. */
  readonly place: number;
  /** The first thing in which it is behind the winner; null for the winner and what ties with it. */
  readonly lostBy: Lag | null;
}

interface Entry {
  readonly member: StudyMember;
  readonly decided: Decided;
  /** Inferences of the compressed model per millisecond. */
  readonly rate: Interval95;
  readonly sizeBytes: number;
}

const decisionOrder: readonly Decision[] = ['ship', 'notProven', 'doNotShip'];

/** Models whose sizes differ by less are as large as each other: names of nodes and notes in the file make that much. */
const sameSizeShare = 0.005;
/** dB. Outputs whose SQNR differs by less are as close to the original's. */
const sameSqnrDb = 1;

/** Where the speed-up lies; on a busy machine the least and the most that can be behind it. */
function speedupInterval({ speedup, processorShare }: Latency): Interval95 {
  const [low, high] = speedup.ci95;
  return isMachineBusy({ processorShare }) ? [low * processorShare!, high / processorShare!] : [low, high];
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * With one number of threads, rates are speed-ups over one time of the original: they compare as the paired ratios do. With several,
 * the original's time for each number of threads tells how these relate.
 */
function enter(members: readonly StudyMember[]): Entry[] {
  const originalMs = (threads: number): number =>
    medianOf(members.flatMap(({ run: { latency } }) => (latency.threads === threads ? [latency.before.medianMs] : [])));
  return members.map((member) => {
    const { latency, model } = member.run;
    const [low, high] = speedupInterval(latency);
    const time = originalMs(latency.threads);
    return {
      member,
      decided: decisionOf(member.run),
      rate: [low / time, high / time],
      sizeBytes: model.compressed.sizeBytes,
    };
  });
}

/**
 * Losses against the original, as intervals; lower is closer. By the metric of the task where all have it, else by SQNR; null where
 * they were not measured on the same samples.
 */
function lossesOf(entries: readonly Entry[]): readonly Interval95[] | null {
  const runs = entries.map(({ member }) => member.run);
  if (new Set(runs.map(({ data }) => data.evaluationSha256)).size > 1) return null;
  const rows = runs.map(({ accuracy }) => mainRow(accuracy));
  const losses = rows.map((row): Interval95 | null => {
    if (row === null || row.ci95 === null || row.metric !== rows[0]?.metric) return null;
    const ends = row.ci95.map((difference) => lossOf({ ...row, difference })!);
    return [Math.min(...ends), Math.max(...ends)];
  });
  if (losses.every((loss) => loss !== null)) return losses;
  return runs.map(({ accuracy }) => {
    const loss = -(typicalSqnrDb(accuracy.agreement) ?? Infinity);
    return [loss - sameSqnrDb / 2, loss + sameSqnrDb / 2];
  });
}

type Rule = (entries: readonly Entry[]) => readonly boolean[];

/** For each lag, in the order in which they count: who is not behind. At least one never is. */
const rules: readonly (readonly [Lag, Rule])[] = [
  [
    'decision',
    (entries) => {
      const ranks = entries.map(({ decided }) => decisionOrder.indexOf(decided.decision));
      return ranks.map((rank) => rank === Math.min(...ranks));
    },
  ],
  [
    'speed',
    (entries) => {
      const surest = Math.max(...entries.map(({ rate }) => rate[0]));
      return entries.map(({ rate }) => rate[1] >= surest);
    },
  ],
  [
    'size',
    (entries) => {
      const smallest = Math.min(...entries.map(({ sizeBytes }) => sizeBytes));
      return entries.map(({ sizeBytes }) => sizeBytes <= smallest * (1 + sameSizeShare));
    },
  ],
  [
    'closeness',
    (entries) => {
      const losses = lossesOf(entries);
      if (losses === null) return entries.map(() => true);
      const surest = Math.min(...losses.map(([, high]) => high));
      return losses.map(([low]) => low <= surest);
    },
  ],
];

/** The best of them, more than one where they tie, and what the others are behind in. */
function selectBest(entries: readonly Entry[]): { readonly best: Entry[]; readonly lags: ReadonlyMap<Entry, Lag> } {
  const lags = new Map<Entry, Lag>();
  let best = [...entries];
  for (const [lag, rule] of rules) {
    const keeps = rule(best);
    for (const [index, entry] of best.entries()) if (!keeps[index]!) lags.set(entry, lag);
    best = best.filter((_, index) => keeps[index]!);
  }
  return { best, lags };
}

/** Finished runs of one model, best first; those that tie are in the order in which they came. */
export function rankStudy(members: readonly StudyMember[]): readonly Placed[] {
  const placed: Placed[] = [];
  let rest = enter(members);
  const { lags } = selectBest(rest);
  while (rest.length > 0) {
    const { best } = selectBest(rest);
    const place = placed.length + 1;
    placed.push(...best.map((entry) => ({ ...entry, place, lostBy: lags.get(entry) ?? null })));
    rest = rest.filter((entry) => !best.includes(entry));
  }
  return placed.map(({ member, decided, place, lostBy }) => ({ member, decided, place, lostBy }));
}
