import type { AnswerPlaces } from '../data/answer-places.ts';

/** Longer answers are none: as SQuAD's baselines have it. */
const mostTokens = 30;

/** The most probable piece of the text by the sum of its first and last token's scores; empty where none is more probable. */
export function readAnswer(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  { text, spans, none }: AnswerPlaces,
): string {
  let best = none === null ? -Infinity : start[none]! + end[none]!;
  let found: readonly [number, number] | null = null;
  const count = Math.min(start.length, spans.length / 2);
  for (let first = 0; first < count; first++) {
    if (spans[2 * first]! < 0) continue;
    for (let last = first; last < Math.min(count, first + mostTokens); last++) {
      if (spans[2 * last]! < 0 || !(start[first]! + end[last]! > best)) continue;
      best = start[first]! + end[last]!;
      found = [spans[2 * first]!, spans[2 * last + 1]!];
    }
  }
  return found === null ? '' : text.slice(...found);
}
