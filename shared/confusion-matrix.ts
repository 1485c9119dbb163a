import { mostCountedOnce, nameAnswer, type SampleEvidence, type SampleRow } from './sample-evidence.ts';

/*
 * Which class is answered for which, in both models: the counts of a document as a matrix. Without labels the original's class stands
 * for the right one, and how often it stayed the same is not known.
 */

/** As many are drawn at once; of more, the most confused. */
export const mostDrawnClasses = 50;

export interface MatrixCell {
  readonly expected: number;
  readonly given: number;
  readonly before: number;
  readonly after: number;
}

export interface ConfusionMatrix {
  readonly isLabelled: boolean;
  /** All that are named, those with most changed answers first. */
  readonly classes: readonly number[];
  readonly cellOf: (expected: number, given: number) => MatrixCell | null;
  /** Answers that the document has no room for; null where an older one does not say. */
  readonly leftOut: number | null;
}

type Counts = Pick<SampleEvidence, 'classes' | 'confusions' | 'leftOut'>;

const keyOf = (expected: number, given: number): string => `${expected} ${given}`;

function leftOutOf({ classes, confusions, leftOut }: Counts): number | null {
  if (leftOut !== null) return leftOut.classes + leftOut.confusions;
  return classes.length < mostCountedOnce && confusions.length < mostCountedOnce ? 0 : null;
}

/** @returns null where no sample is answered with a class, or every answer is the same without labels. */
export function confusionMatrix(samples: Counts): ConfusionMatrix | null {
  const { classes, confusions } = samples;
  if (classes.length + confusions.length === 0) return null;
  const cells = new Map<string, MatrixCell>();
  const weights = new Map<number, { changed: number; wrong: number }>();
  const weigh = (index: number, changed: number, wrong: number): void => {
    const known = weights.get(index) ?? { changed: 0, wrong: 0 };
    weights.set(index, { changed: known.changed + changed, wrong: known.wrong + wrong });
  };
  for (const { class: index, rightBefore, rightAfter } of classes) {
    cells.set(keyOf(index, index), { expected: index, given: index, before: rightBefore, after: rightAfter });
    weigh(index, Math.abs(rightAfter - rightBefore), 0);
  }
  for (const cell of confusions) {
    cells.set(keyOf(cell.expected, cell.given), cell);
    for (const index of [cell.expected, cell.given]) {
      weigh(index, Math.abs(cell.after - cell.before), cell.before + cell.after);
    }
  }
  const ordered = [...weights].toSorted(
    ([one, own], [other, theirs]) => theirs.changed - own.changed || theirs.wrong - own.wrong || one - other,
  );
  return {
    isLabelled: classes.length > 0,
    classes: ordered.map(([index]) => index),
    cellOf: (expected, given) => cells.get(keyOf(expected, given)) ?? null,
    leftOut: leftOutOf(samples),
  };
}

/**
 * The classes to draw: all in their order while they are few, else the most confused first. A query names classes, several parted by
 * commas, by a part of the name or the whole number; the ones they are confused with come along.
 */
export function drawnClasses(
  matrix: ConfusionMatrix,
  samples: Pick<SampleEvidence, 'classNames'>,
  query = '',
): { readonly shown: readonly number[]; readonly found: number } {
  const { classes, cellOf } = matrix;
  const parts = query.toLowerCase().split(',').map((part) => part.trim()).filter(Boolean); // prettier-ignore
  const isFound = (index: number): boolean => {
    const name = nameAnswer(index, samples).toLowerCase();
    return parts.some((part) => (/^\d+$/.test(part) ? String(index) === part : name.includes(part)));
  };
  const found = parts.length === 0 ? classes : classes.filter(isFound);
  const partners =
    parts.length === 0
      ? []
      : classes.filter(
          (index) =>
            !found.includes(index) && found.some((own) => cellOf(own, index) !== null || cellOf(index, own) !== null),
        );
  const shown = [...found, ...partners].slice(0, mostDrawnClasses);
  const isWhole = parts.length === 0 && classes.length <= mostDrawnClasses;
  return { shown: isWhole ? shown.toSorted((one, other) => one - other) : shown, found: found.length };
}

/** Of the samples that were kept, those that either model answers so. */
export function samplesOfCell(
  rows: readonly SampleRow[],
  { expected, given }: { readonly expected: number; readonly given: number },
): readonly SampleRow[] {
  return rows.filter(
    (row) => (row.expected ?? row.before) === expected && (row.before === given || row.after === given),
  );
}

/** Pairs of classes that are confused more or less often than before, the largest change first. */
export function changedConfusions(
  { confusions }: Pick<SampleEvidence, 'confusions'>,
  most: number,
): SampleEvidence['confusions'] {
  const changeOf = ({ before, after }: { readonly before: number; readonly after: number }): number => after - before;
  return confusions
    .filter((pair) => changeOf(pair) !== 0)
    .toSorted((one, other) => Math.abs(changeOf(other)) - Math.abs(changeOf(one)) || changeOf(other) - changeOf(one))
    .slice(0, most);
}

/** Classes of which more or fewer samples are right than before, the largest change first. */
export function changedClasses({ classes }: Pick<SampleEvidence, 'classes'>, most: number): SampleEvidence['classes'] {
  const changeOf = ({ rightBefore, rightAfter }: SampleEvidence['classes'][number]): number => rightAfter - rightBefore;
  return classes
    .filter((one) => changeOf(one) !== 0)
    .toSorted((one, other) => Math.abs(changeOf(other)) - Math.abs(changeOf(one)) || changeOf(one) - changeOf(other))
    .slice(0, most);
}

/** "+3", "-2" with a true minus, "0". */
export function signCount(change: number): string {
  return change > 0 ? `+${change}` : change < 0 ? `\u2212${-change}` : '0';
}
