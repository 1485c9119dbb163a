import { z } from 'zod';
import { createMatcher } from './phrase.ts';
import { texts } from './say.ts';
import type { TextTable } from './text-table.ts';

/** A sentence taken apart, as run documents keep it beside the English one: it outlives every change of the wording. */
export const saidSchema = z.object({
  /** In the tables of `shared/engine-texts/`. */
  code: z.string(),
  slots: z.record(z.string(), z.string()),
});
export type Said = z.infer<typeof saidSchema>;

const match = createMatcher(
  Object.entries(texts as TextTable).flatMap(([code, { en, one }]) =>
    [en, ...(one === undefined ? [] : [one])].map((text) => [text, code] as const),
  ),
);

/** @returns null for a sentence that no table has. */
export function takeApart(sentence: string): Said | null {
  const found = match(sentence);
  if (found === null) return null;
  const slots = Object.fromEntries(found.slots);
  const { en, one } = (texts as TextTable)[found.key]!;
  // Of one alone the English may be without its number.
  return {
    code: found.key,
    slots: one !== undefined && !('count' in slots) && en.includes('{#count}') ? { ...slots, count: '1' } : slots,
  };
}
