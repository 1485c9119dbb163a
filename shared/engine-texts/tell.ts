import { cutMessage, cutName } from '../cut-text.ts';
import { lookUp } from '../look-up.ts';
import { errorTexts } from './error-texts.ts';
import { slotPattern, texts, type SlotNames } from './say.ts';
import type { TextTable } from './text-table.ts';

/** What an error says, as data: an entry of a table, and for each slot a text or what another entry says. */
export interface Told {
  readonly code: string;
  readonly slots: Readonly<Record<string, string | Told>>;
}

const allTexts = { ...texts, ...errorTexts } as const;
const table: TextTable = allTexts;
type ToldCode = keyof typeof allTexts;
type SlotsOf<Code extends ToldCode> = {
  readonly [
    Name in SlotNames<(typeof allTexts)[Code]['en']> as Name extends `${'#' | '&'}${infer Bare}` ? Bare : Name
  ]: Name extends `&${string}` ? Told : bigint | number | string;
};

/** Errors within errors within errors: what quotes itself becomes a text here. */
export const deepestTold = 6;

/** What an error says by the code of its sentence: `tell('folderMissing', { path })`. Long texts in slots are cut. */
export function tell<Code extends ToldCode>(
  code: Code,
  ...[slots]: keyof SlotsOf<Code> extends never ? [] : [SlotsOf<Code>]
): Told {
  const { en } = allTexts[code];
  const given = Object.entries<bigint | number | string | Told>(slots ?? {});
  return {
    code,
    slots: Object.fromEntries(
      given.map(([name, value]) => {
        if (typeof value === 'object') return [name, depthOf(value) < deepestTold ? value : readTold(value, 'en')];
        return [name, en.includes(`"{${name}}"`) ? cutName(String(value)) : cutMessage(String(value))];
      }),
    ),
  };
}

function depthOf({ slots }: Told): number {
  return 1 + Math.max(0, ...Object.values(slots).map((value) => (typeof value === 'object' ? depthOf(value) : 0)));
}

/** A text that no table has: what a library or another version said. */
export function quoteText(text: string): Told {
  return { code: verbatim, slots: { text: cutMessage(text) } };
}
const verbatim = 'verbatim' satisfies ToldCode;

/** The same with other texts in its slots. */
export function mapTexts({ code, slots }: Told, change: (text: string) => string): Told {
  const changed = Object.entries(slots).map(([name, value]) => [
    name,
    typeof value === 'object' ? mapTexts(value, change) : change(value),
  ]);
  return { code, slots: Object.fromEntries(changed) as Told['slots'] };
}

/** What stands between those that are told together, in each language. */
const lists = { names: [', ', '、'], reasons: ['; ', '；'], sentences: [' ', ''] } as const;

/** Some that are told together, such as the reasons that nodes have. */
export function joinTold(list: keyof typeof lists, items: readonly Told[]): Told {
  return { code: list, slots: Object.fromEntries(items.map((item, index) => [String(index), item])) };
}

/** The sentence in one language. Slots that another version left out are empty, and its unknown codes are shown as they are. */
export function readTold(told: Told, language: 'en' | 'zh'): string {
  const read = (value: string | Told | undefined): string =>
    typeof value === 'object' ? readTold(value, language) : (value ?? '');
  const separators = lookUp<readonly [string, string]>(lists, told.code);
  if (separators !== undefined)
    return Object.values(told.slots)
      .map(read)
      .join(separators[language === 'en' ? 0 : 1]);
  const entry = lookUp(table, told.code);
  if (entry === undefined) return told.code;
  const english = entry.one !== undefined && told.slots['count'] === '1' ? entry.one : entry.en;
  return (language === 'en' ? english : entry.zh).replace(slotPattern, (_, name: string) => read(told.slots[name]));
}

/** Whether this version has the sentence. */
export function isKnown({ code }: Told): boolean {
  return Object.hasOwn(lists, code) || lookUp(table, code) !== undefined;
}
