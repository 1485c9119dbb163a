/**
 * A sentence as it is written in English, and its translation. `{name}` stands for any text, `{#name}` for a number; the
 * translation has each as `{name}`. What stands in quotation marks is a name and stays as it is; other text that is itself a
 * known phrase is translated where it is put in.
 */
export type Phrase = readonly [english: string, chinese: string];

interface Pattern {
  readonly english: RegExp;
  readonly chinese: string;
  /** Slots that stand for names. */
  readonly quoted: ReadonlySet<string>;
  /** Characters that are given; of two phrases that fit, the one that says more is meant. */
  readonly literalLength: number;
}

const slot = /\{(#?)([a-zA-Z]+)\}/g;

function compile([english, chinese]: Phrase): Pattern {
  const source = english
    .split(/(\{#?[a-zA-Z]+\})/)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return part.replace(
        slot,
        (_, number: string, name: string) => `(?<${name}>${number === '' ? '.*?' : '\\d[\\d.]*'})`,
      );
    })
    .join('');
  const quoted = new Set([...english.matchAll(/"\{#?([a-zA-Z]+)\}"/g)].map((match) => match[1]!));
  return { english: new RegExp(`^${source}$`, 's'), chinese, quoted, literalLength: english.replace(slot, '').length };
}

/** Sentences within sentences within sentences; a message that quotes itself comes to an end here. */
const deepest = 6;

/** @returns what translates a text by these phrases, and leaves those it does not know as they are. */
export function createTranslator(phrases: readonly Phrase[]): (text: string) => string {
  const patterns = phrases.map(compile).sort((a, b) => b.literalLength - a.literalLength);

  function translate(text: string, depth: number): string {
    if (depth > deepest) return text;
    for (const { english, chinese, quoted } of patterns) {
      const match = english.exec(text);
      if (match === null) continue;
      return chinese.replace(slot, (_, __, name: string) => {
        const found = match.groups?.[name] ?? '';
        return quoted.has(name) ? found : translate(found, depth + 1);
      });
    }
    return text;
  }

  return (text) => translate(text, 0);
}
