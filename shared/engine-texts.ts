import type { Failure } from './app-error.ts';
import { formerPhrases } from './engine-texts/former-sentences.ts';
import { formerMetricTexts, testTexts } from './engine-texts/metrics.ts';
import { createTranslator } from './engine-texts/phrase.ts';
import { takeApart, type Said } from './engine-texts/said.ts';
import { slotPattern, texts } from './engine-texts/say.ts';
import { isKnown, readTold } from './engine-texts/tell.ts';
import { phrasesOf, type TextTable } from './engine-texts/text-table.ts';
import { lookUp } from './look-up.ts';
import type { MetricRow, MetricWords } from './metric-row.ts';
import { presetDescriptions } from './recipe.ts';
import type { Words } from './scheme-description.ts';

/**
 * What the engine says in English, in the reader's language. The engine writes one language, into run documents that stay as
 * they are; known sentences are recognized here, and others are shown as they came.
 */
export type TextLanguage = 'en' | 'zh-CN';

const recipeTexts = Object.values(presetDescriptions).map(({ description: { en, zh } }) => [en, zh] as const);
const ofFormer = formerPhrases.map(([english, code]) => [english, (texts as TextTable)[code]!.zh] as const);
const translateRemark = createTranslator([
  ...phrasesOf(texts),
  ...ofFormer,
  ...recipeTexts,
  ...testTexts,
  ...formerMetricTexts,
]);
export const inLanguage = ({ en, zh }: Words, language: TextLanguage): string => (language === 'en' ? en : zh);

/**
 * Diagnostics, reasons of layers and of garbage, candidates, descriptions of presets.
 * @returns the translation; the text itself where it is not known.
 */
export function translateEngineText(text: string, language: TextLanguage): string {
  return language === 'en' ? text : translateRemark(text);
}

/** What a metric is called and what it is: its row says so, and of rows that say it in English alone the sentences are recognized. */
export function metricWords(
  { label, definition, zh }: MetricWords & Pick<MetricRow, 'zh'>,
  language: TextLanguage,
): MetricWords {
  if (language === 'en') return { label, definition };
  return zh ?? { label: translateRemark(label), definition: translateRemark(definition) };
}

/**
 * What a document keeps taken apart, in the reader's language.
 * @param sentence the English one beside it, for documents of versions that kept it alone and codes of versions to come.
 */
export function retell(said: Said | null | undefined, sentence: string, language: TextLanguage): string {
  if (language === 'en') return sentence;
  const entry = said == null ? undefined : lookUp(texts as TextTable, said.code);
  if (entry === undefined) return translateRemark(sentence);
  return entry.zh.replace(slotPattern, (_, name: string) => {
    const value = said!.slots[name] ?? '';
    return entry.en.includes(`"{${name}}"`) ? value : translateRemark(value);
  });
}

/**
 * What an error or a warning says, in the reader's language.
 * @returns its English where it was kept alone, or its code is of a version to come.
 */
export function retellError({ message, said }: Failure, language: TextLanguage): string {
  return language === 'en' || said == null || !isKnown(said) ? message : readTold(said, 'zh');
}

/** The layer that one was folded into, by the engine's reason; null when it was not. */
export function foldedInto(reason: string): string | null {
  const said = takeApart(reason);
  return said?.code === 'foldedInto' || said?.code === 'foldedIntoRange' ? said.slots['name']! : null;
}
