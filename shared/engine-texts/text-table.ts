import type { Phrase } from './phrase.ts';

/**
 * A sentence in each language. `{name}` is a slot for text, `{#count}` for a number, and in errors `{&what}` for what another
 * entry says; the Chinese has each as `{name}`. What stands
 * in quotation marks is a name and stays as it is; other text that is itself a sentence of a table is put in translated.
 */
export interface TextEntry {
  readonly en: string;
  /** In place of `en` where the slot `count` is 1. */
  readonly one?: string;
  readonly zh: string;
}

/** Sentences by their codes, which run documents keep: a code is never given to another sentence. */
export type TextTable = Readonly<Record<string, TextEntry>>;

/** As they are recognized in documents that hold sentences alone. */
export function phrasesOf(table: TextTable): Phrase[] {
  return Object.values(table).flatMap(
    ({ en, one, zh }) =>
      [
        [en, zh],
        ...(one === undefined ? [] : [[one, one.includes('{#count}') ? zh : zh.replace('{count}', '1')] as const]),
      ] as Phrase[],
  );
}
