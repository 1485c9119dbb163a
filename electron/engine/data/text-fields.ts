import { findTagColumns, findWordColumn } from './label-columns.ts';

/* What fields of JSON lines hold that are more than a text or a number. */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of words that a text is divided into and of their tags; null where an object has no such words. */
export function findTaggedFields(value: Json): { readonly words: string; readonly tags: string | null } | null {
  const header = Object.keys(value);
  const column = findWordColumn(header);
  const words = column === null ? null : header[column]!;
  if (words === null || !Array.isArray(value[words])) return null;
  const tags = findTagColumns(header)
    .map((tagColumn) => header[tagColumn]!)
    .find((name) => name !== words && Array.isArray(value[name]));
  return { words, tags: tags ?? null };
}

/**
 * Right answers as SQuAD's files and those of Hugging Face write them: a text, a list of texts or of objects with a `text`, or an object
 * whose `text` is a list; nothing where the question has none. Null where it is none of these.
 */
export function answersOf(value: unknown): string[] | null {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (isObject(value)) return answersOf(value['text'] ?? []);
  if (!Array.isArray(value)) return null;
  const found = value.map((one: unknown) => (isObject(one) ? one['text'] : one));
  return found.every((one) => typeof one === 'string') ? found : null;
}
