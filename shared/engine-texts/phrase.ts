/**
 * A sentence as it is written in English, and its translation. `{name}` stands for any text, `{#name}` for a number; the
 * translation has each as `{name}`. What stands in quotation marks is a name and stays as it is; other text that is itself a
 * known phrase is translated where it is put in.
 */
export type Phrase = readonly [english: string, chinese: string];

interface Pattern {
  /** What stands between the slots for text, in order: given characters and numbers. */
  readonly segments: readonly RegExp[];
  /** The slots for text; each lies between two segments. */
  readonly textSlots: readonly string[];
  readonly chinese: string;
  /** Slots that stand for names. */
  readonly quoted: ReadonlySet<string>;
  /** Characters that are given; of two phrases that fit, the one that says more is meant. */
  readonly literalLength: number;
}

const slot = /\{(#?)([a-zA-Z]+)\}/g;
/** No number is longer. Without the bound a text of digits would be searched in quadratic time. */
const numberPattern = '\\d[\\d.]{0,30}';

function compile([english, chinese]: Phrase): Pattern {
  const textSlots: string[] = [];
  const sources: string[] = [];
  let source = '';
  for (const part of english.split(/(\{#?[a-zA-Z]+\})/)) {
    const [found] = part.matchAll(slot);
    if (found === undefined) source += part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else if (found[1] === '#') source += `(?<${found[2]!}>${numberPattern})`;
    else {
      textSlots.push(found[2]!);
      sources.push(source);
      source = '';
    }
  }
  sources.push(source);
  const last = sources.length - 1;
  return {
    segments: sources.map((part, index) => new RegExp(index === last ? `${part}$` : part, index === 0 ? 'y' : 'g')),
    textSlots,
    chinese,
    quoted: new Set([...english.matchAll(/"\{#?([a-zA-Z]+)\}"/g)].map((match) => match[1]!)),
    literalLength: english.replace(slot, '').length,
  };
}

/**
 * What the slots of a pattern stand for in a text; null where it does not fit. Each segment is taken where it occurs first,
 * and nothing is taken back, so that the time is linear in the text.
 */
function matchPattern({ segments, textSlots }: Pattern, text: string): Map<string, string> | null {
  const found = new Map<string, string>();
  let position = 0;
  for (const [index, segment] of segments.entries()) {
    segment.lastIndex = position;
    const match = segment.exec(text);
    if (match === null) return null;
    if (index > 0) found.set(textSlots[index - 1]!, text.slice(position, match.index));
    for (const [name, value] of Object.entries(match.groups ?? {})) found.set(name, value);
    position = match.index + match[0].length;
  }
  return found;
}

/** What says most comes first. */
const sortBySaid = <Given extends Pattern>(patterns: Given[]): Given[] =>
  patterns.sort((a, b) => b.literalLength - a.literalLength);

/** @returns what tells which of some English sentences a text is, by the key of each; null for none. */
export function createMatcher(
  sentences: readonly (readonly [english: string, key: string])[],
): (text: string) => { readonly key: string; readonly slots: ReadonlyMap<string, string> } | null {
  const patterns = sortBySaid(sentences.map(([english, key]) => ({ ...compile([english, '']), key })));
  return (text) => {
    for (const pattern of patterns) {
      const slots = matchPattern(pattern, text);
      if (slots !== null) return { key: pattern.key, slots };
    }
    return null;
  };
}

/** Sentences within sentences within sentences; a message that quotes itself comes to an end here. */
const deepest = 6;

/** @returns what translates a text by these phrases, and leaves those it does not know as they are. */
export function createTranslator(phrases: readonly Phrase[]): (text: string) => string {
  const patterns = sortBySaid(phrases.map(compile));

  function translate(text: string, depth: number): string {
    if (depth > deepest) return text;
    for (const pattern of patterns) {
      const found = matchPattern(pattern, text);
      if (found === null) continue;
      return pattern.chinese.replace(slot, (_, __, name: string) => {
        const value = found.get(name) ?? '';
        return pattern.quoted.has(name) ? value : translate(value, depth + 1);
      });
    }
    return text;
  }

  return (text) => translate(text, 0);
}
