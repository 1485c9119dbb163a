import { z } from 'zod';
import { formerPhrases } from './former-sentences.ts';
import { createMatcher } from './phrase.ts';
import { texts } from './say.ts';
import { deepestTold, type Told } from './tell.ts';
import type { TextTable } from './text-table.ts';

/** A sentence taken apart, as run documents keep it beside the English one: it outlives every change of the wording. */
export const saidSchema = z.object({
  /** In the tables of `shared/engine-texts/`. */
  code: z.string(),
  slots: z.record(z.string(), z.string()),
});
export type Said = z.infer<typeof saidSchema>;

/** What an error said. Its depth has an end, for documents come from strangers. */
export const toldSchema: z.ZodType<Told> = nestTold(deepestTold);

function nestTold(depth: number): z.ZodType<Told> {
  const value = depth === 0 ? z.string() : z.union([z.string(), nestTold(depth - 1)]);
  return z.object({ code: z.string(), slots: z.record(z.string(), value) });
}

const match = createMatcher([
  ...Object.entries(texts as TextTable).flatMap(([code, { en, one }]) =>
    [en, ...(one === undefined ? [] : [one])].map((text) => [text, code] as const),
  ),
  ...formerPhrases,
]);

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
