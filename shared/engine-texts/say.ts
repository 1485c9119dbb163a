import { candidates } from './candidates.ts';
import { dataNotes } from './data-notes.ts';
import { diagnostics } from './diagnostics.ts';
import { garbageReasons } from './garbage-reasons.ts';
import { imageNotes } from './image-notes.ts';
import { layerReasons } from './layer-reasons.ts';
import { searchNotes } from './search-notes.ts';
import { schemes, schemeTexts } from '../schemes.ts';
import { taskNotes } from './task-notes.ts';
import { textNotes } from './text-notes.ts';
import type { TextTable } from './text-table.ts';

/** Every sentence that is said by its code; each table in a file of its own. */
export const texts = {
  ...layerReasons,
  ...diagnostics,
  ...dataNotes,
  ...imageNotes,
  ...searchNotes,
  ...taskNotes,
  ...textNotes,
  ...candidates,
  ...garbageReasons,
  ...schemeTexts,
} as const;
/** Apart, for a code in two of them would hide one. */
export const textTables: readonly TextTable[] = [
  layerReasons,
  diagnostics,
  dataNotes,
  imageNotes,
  searchNotes,
  taskNotes,
  textNotes,
  candidates,
  garbageReasons,
  ...schemes.map((scheme) => scheme.texts),
];

export type TextCode = keyof typeof texts;

declare const isSaid: unique symbol;
/** An English sentence of the tables: it has a Chinese one beside it, and a code that documents keep. */
export type Sentence = string & { readonly [isSaid]: true };

/** Why something is not done; empty where it is. */
export type Reason = Sentence | '';

/** Python's braces, as of `{'zipmap': False}`, are no slots. */
export type SlotNames<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `'${string}` ? never : Name) | SlotNames<Rest>
  : never;
type SlotsOf<Code extends TextCode> = {
  readonly [
    Name in SlotNames<(typeof texts)[Code]['en']> as Name extends `#${infer Bare}` ? Bare : Name
  ]: Name extends `#${string}` ? number | string : string;
};

/** What stands in braces in a sentence; in the Chinese one without its sign. */
export const slotPattern = /\{[#&]?([a-zA-Z]+)\}/g;

/** The sentence of a code, with its slots filled. */
export function say<Code extends TextCode>(
  code: Code,
  ...[slots]: keyof SlotsOf<Code> extends never ? [] : [SlotsOf<Code>]
): Sentence {
  const entry: { readonly en: string; readonly one?: string } = texts[code];
  const values: Readonly<Record<string, number | string>> = slots ?? {};
  const template = entry.one !== undefined && Number(values['count']) === 1 ? entry.one : entry.en;
  return template.replace(slotPattern, (_, name: string) => String(values[name])) as Sentence;
}
