import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { ValueInfo } from '../runtime/session.ts';
import type { ScoredPair } from './dataset.ts';
import type { Targets } from './targets.ts';
import type { TextRow } from './text-row.ts';

const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];
const isNumber = (cell: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);
const hasFraction = (cell: string): boolean => !Number.isInteger(Number(cell));

/**
 * Numbers that somebody gave each text or pair of texts: of a column of scores, or of labels that are numbers, one of them at least with a
 * fraction. Null where there are none.
 * @param mayBeLabels false where the model ranks classes, so that labels are of those.
 * @throws AppError `labels-malformed` with the line.
 */
export function scoresOfRows(rows: readonly TextRow[], mayBeLabels: boolean): Float64Array | null {
  const labels = rows.map(({ label }) => label?.trim() ?? '');
  const areScores = mayBeLabels && labels.every(isNumber) && labels.some(hasFraction);
  if (!areScores && rows.every(({ score }) => score === null)) return null;
  return Float64Array.from(rows, ({ score, path, line }, row) => {
    const cell = areScores ? labels[row]! : (score?.trim() ?? '');
    if (isNumber(cell)) return Number(cell);
    const what = cell === '' ? tell('labelMissing') : tell('scoreNoNumber', { score: cell });
    throw new AppError('labels-malformed', tell('textLabelMalformed', { path, line, what }));
  });
}

/** Whether a model gives one number a sample, as those that score texts do; others give vectors. */
export function givesOneNumber(outputs: readonly ValueInfo[]): boolean {
  return outputs.some(
    ({ dataType, dims }) =>
      floatTypes.includes(dataType) && (dims.length === 1 || (dims.length === 2 && dims.at(-1) === 1)),
  );
}

/** Scores as what the one output should be. */
export function targetsOfScores(name: string, scores: Float64Array): Targets {
  return {
    name,
    output: null,
    dataType: 'float64',
    dims: [1],
    areYesOrNo: false,
    read: (index) => Promise.resolve({ dataType: 'float64', dims: [1], data: scores.slice(index, index + 1) }),
  };
}

/** Both texts of each pair as rows of their own: vectors are of one text. */
export function splitPairs(rows: readonly TextRow[]): readonly TextRow[] {
  return rows.flatMap((row) => [
    { ...row, pair: null },
    { ...row, text: row.pair ?? '', pair: null },
  ]);
}

/**
 * The pairs among samples that were rows of their own.
 * @param halves as `splitPairs` made them, of which `kept` are samples.
 */
export function pairsOfHalves(
  halves: readonly TextRow[],
  kept: readonly TextRow[],
  scores: Float64Array,
): readonly ScoredPair[] {
  const places = new Map(kept.map((row, place) => [row, place]));
  return [...scores].flatMap((score, pair) => {
    const [first, second] = [places.get(halves[2 * pair]!), places.get(halves[2 * pair + 1]!)];
    return first === undefined || second === undefined ? [] : [{ first, second, score }];
  });
}
