import { CancelledError } from '../../../shared/app-error.ts';
import {
  longestSampleText,
  mostClasses,
  mostConfusions,
  mostPictureBytes,
  mostPicturesBytes,
  mostSamples,
  type SampleEvidence,
  type SampleOutcome,
  type SampleRow,
} from '../../../shared/sample-evidence.ts';
import type { Dataset } from '../data/dataset.ts';
import { firstClass, hasOneDecision } from '../metrics/class-scores.ts';
import type { MetricSample } from '../metrics/metric.ts';

/** Pairs and classes that are counted at most. */
const mostCounted = 65_536;
const order: Readonly<Record<SampleOutcome, number>> = { lost: 0, changed: 1, gained: 2, bothWrong: 3, far: 4 };

type Answers = Pick<SampleRow, 'expected' | 'before' | 'after' | 'marginBefore' | 'marginAfter'>;

/** By how much a class leads the best other one; null where it is no class of the scores, or not finite. */
function leadOf(scores: ArrayLike<number>, of: number): number | null {
  if (of < 0 || of >= scores.length) return null;
  let best = -Infinity;
  for (let index = 0; index < scores.length; index++) if (index !== of) best = Math.max(best, scores[index]!);
  const lead = scores[of]! - best;
  return Number.isFinite(lead) ? lead : null;
}

const shorten = (text: string): string =>
  text.length > longestSampleText ? `${text.slice(0, longestSampleText - 1)}…` : text;

/** What both models answer; null where their outputs are no answers. */
function answersOf({ scores, text, label }: MetricSample): Answers | null {
  if (text !== null) {
    const [before, after] = text.read.map(shorten) as [string, string];
    const expected = text.target === null ? null : shorten(text.target);
    return { expected, before, after, marginBefore: null, marginAfter: null };
  }
  if (scores === null || !hasOneDecision(scores.layout)) return null;
  const [mine, theirs] = scores.pair;
  const [before, after] = [firstClass(mine, scores.layout), firstClass(theirs, scores.layout)];
  const by = label ?? before;
  const [marginBefore, marginAfter] = scores.layout.areClasses ? [null, null] : [leadOf(mine, by), leadOf(theirs, by)];
  // NaN among the scores gives no class.
  const given = (value: number): number | null => (value < 0 ? null : value);
  return { expected: label, before: given(before), after: given(after), marginBefore, marginAfter };
}

/** Null where both are right, or alike without anything that is right. */
function outcomeOf({ expected, before, after }: Answers): SampleOutcome | null {
  if (expected === null) return before === after ? null : 'changed';
  if (before === expected) return after === expected ? null : 'lost';
  return after === expected ? 'gained' : 'bothWrong';
}

/** How much of margin or likeness is left: less is worse. */
const leftOf = ({ marginBefore, marginAfter, sqnrDb }: SampleRow): number =>
  marginBefore === null || marginAfter === null ? (sqnrDb ?? -Infinity) : marginAfter - marginBefore;

function worst(rows: readonly SampleRow[]): SampleRow[] {
  return rows
    .toSorted((one, other) => order[one.outcome] - order[other.outcome] || leftOf(one) - leftOf(other))
    .slice(0, mostSamples);
}

interface Counted {
  before: number;
  after: number;
}

/** Those that changed most, then the most frequent, in the order they are told in: what got worse first. */
function mostChanged<One>(
  all: readonly One[],
  most: number,
  by: { change: (one: One) => number; size: (one: One) => number },
): { kept: One[]; left: number } {
  const weighed = all.toSorted(
    (one, other) => Math.abs(by.change(other)) - Math.abs(by.change(one)) || by.size(other) - by.size(one),
  );
  return {
    kept: weighed
      .slice(0, most)
      .sort((one, other) => by.change(other) - by.change(one) || by.size(other) - by.size(one)),
    left: weighed.slice(most).reduce((sum, one) => sum + by.size(one), 0),
  };
}

/** Counts what single samples say, and keeps the worst of them. */
export function createSampleEvidence() {
  const counts = { lost: 0, changed: 0, gained: 0, bothWrong: 0 };
  let rows: SampleRow[] = [];
  const classes = new Map<number, Counted & { count: number }>();
  const confusions = new Map<string, Counted & { expected: number; given: number }>();
  const uncounted = { classes: 0, confusions: 0 };

  const countConfusion = (expected: number, given: SampleRow['before'], side: keyof Counted) => {
    if (typeof given !== 'number' || given === expected) return;
    const key = `${expected} ${given}`;
    const known = confusions.get(key);
    if (known === undefined && confusions.size >= mostCounted) {
      uncounted.confusions++;
      return;
    }
    const counted = known ?? { expected, given, before: 0, after: 0 };
    counted[side]++;
    confusions.set(key, counted);
  };

  const countClasses = ({ expected, before, after }: Answers) => {
    const right = expected ?? before;
    if (typeof right !== 'number') return;
    countConfusion(right, before, 'before');
    countConfusion(right, after, 'after');
    if (expected === null) return;
    const known = classes.get(right);
    if (known === undefined && classes.size >= mostCounted) {
      uncounted.classes++;
      return;
    }
    const counted = known ?? { count: 0, before: 0, after: 0 };
    counted.count++;
    if (before === right) counted.before++;
    if (after === right) counted.after++;
    classes.set(right, counted);
  };

  return {
    /** @param sqnrDb of its outputs; null where they are not finite. */
    add: (sample: MetricSample, sqnrDb: number | null) => {
      const answers = answersOf(sample);
      const outcome = answers === null ? 'far' : outcomeOf(answers);
      if (answers !== null) countClasses(answers);
      if (outcome === null) return;
      if (outcome !== 'far') counts[outcome]++;
      const nothing = { expected: null, before: null, after: null, marginBefore: null, marginAfter: null };
      rows.push({ index: sample.index, name: null, outcome, ...(answers ?? nothing), sqnrDb, picture: null });
      if (rows.length >= 4 * mostSamples) rows = worst(rows);
    },

    report: (): SampleEvidence => {
      const ofClasses = mostChanged(
        [...classes].map(([index, { count, before, after }]) => ({
          class: index,
          count,
          rightBefore: before,
          rightAfter: after,
        })),
        mostClasses,
        { change: ({ rightBefore, rightAfter }) => rightBefore - rightAfter, size: ({ count }) => count },
      );
      const ofPairs = mostChanged([...confusions.values()], mostConfusions, {
        change: ({ before, after }) => after - before,
        size: ({ before, after }) => before + after,
      });
      return {
        counts,
        rows: worst(rows),
        classes: ofClasses.kept,
        confusions: ofPairs.kept,
        leftOut: {
          classes: uncounted.classes + ofClasses.left,
          confusions: uncounted.confusions + ofPairs.left,
        },
        classNames: {},
      };
    },
  };
}

/** With the names that the data has for samples and classes. */
export function nameEvidence(evidence: SampleEvidence, { sampleName, classNames }: Dataset): SampleEvidence {
  const mentioned = new Set<number>();
  const note = (given: SampleRow['before']) => {
    if (typeof given === 'number') mentioned.add(given);
  };
  for (const { expected, before, after } of evidence.rows) [expected, before, after].forEach(note);
  for (const { class: index } of evidence.classes) note(index);
  for (const { expected, given } of evidence.confusions) [expected, given].forEach(note);
  const names = [...mentioned].flatMap((index) => {
    const name = classNames?.get(index);
    return name === undefined ? [] : [[String(index), shorten(name)] as const];
  });
  return {
    ...evidence,
    rows: evidence.rows.map((row) => ({ ...row, name: sampleName == null ? null : shorten(sampleName(row.index)) })),
    classNames: Object.fromEntries(names),
  };
}

/** With pictures of the samples, the worst first, as long as there is room; one that cannot be drawn is left out. */
export async function drawPictures(
  evidence: SampleEvidence,
  { picture }: Pick<Dataset, 'picture'>,
  signal?: AbortSignal,
): Promise<SampleEvidence> {
  if (picture === undefined) return evidence;
  let room = mostPicturesBytes;
  const rows: SampleRow[] = [];
  for (const row of evidence.rows) {
    if (signal?.aborted === true) throw new CancelledError();
    const drawn = room <= 0 ? null : await picture(row.index).catch(() => null);
    const fits = drawn !== null && drawn.length <= Math.min(room, mostPictureBytes);
    if (fits) room -= drawn.length;
    rows.push({ ...row, picture: fits ? `data:image/webp;base64,${Buffer.from(drawn).toString('base64')}` : null });
  }
  return { ...evidence, rows };
}
