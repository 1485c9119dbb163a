import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { OutputFacts } from './task.ts';

/** Steps of characters in one output: T x C of one sample. */
export interface TextOutput {
  readonly name: string;
  /** Characters by class from 1 on; 0 is the blank. */
  readonly characters: readonly string[];
}

/**
 * The output that ranks characters at each step: as many classes as characters and a blank, or one more, which is the space.
 * @throws AppError `data-shape-mismatch` where there is none.
 */
export function findTextOutput(characters: readonly string[], outputs: readonly OutputFacts[]): TextOutput {
  const classes = characters.length + 1;
  const sequences = outputs.filter(({ dims }) => dims.length === 2);
  const exact = sequences.find(({ dims }) => dims[1] === classes);
  if (exact !== undefined) return { name: exact.name, characters };
  const spaced = sequences.find(({ dims }) => dims[1] === classes + 1);
  if (spaced !== undefined && !characters.includes(' ')) return { name: spaced.name, characters: [...characters, ' '] };
  const found = outputs.map(({ name, dims }) => `"${name}" [${dims.join(', ')}]`).join(', ');
  throw new AppError('data-shape-mismatch', tell('noCharacterOutput', { count: characters.length, found }));
}

/** The best class of each step (the first of equal ones), repeats once, blanks left out. */
export function decodeGreedily(scores: ArrayLike<number>, characters: readonly string[]): string {
  const classes = characters.length + 1;
  let [text, last] = ['', 0];
  for (let start = 0; start + classes <= scores.length; start += classes) {
    let best = 0;
    for (let index = 1; index < classes; index++) if (scores[start + index]! > scores[start + best]!) best = index;
    if (best !== 0 && best !== last) text += characters[best - 1]!;
    last = best;
  }
  return text.normalize('NFC');
}

/** Fewest insertions, deletions and replacements that make one list of the other. */
export function editDistance(left: readonly string[], right: readonly string[]): number {
  let row = Uint32Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, item] of left.entries()) {
    const next = new Uint32Array(right.length + 1);
    next[0] = index + 1;
    for (let at = 0; at < right.length; at++)
      next[at + 1] = Math.min(row[at + 1]! + 1, next[at]! + 1, row[at]! + Number(item !== right[at]));
    row = next;
  }
  return row[right.length]!;
}
