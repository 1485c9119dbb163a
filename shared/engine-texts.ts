import { dataErrors } from './engine-texts/data-errors.ts';
import { garbageReasons } from './engine-texts/garbage-reasons.ts';
import { historyErrors } from './engine-texts/history-errors.ts';
import { labErrors } from './engine-texts/lab-errors.ts';
import { metricTexts } from './engine-texts/metrics.ts';
import { modelErrors, noComparableOutput } from './engine-texts/model-errors.ts';
import { createTranslator } from './engine-texts/phrase.ts';
import { takeApart, type Said } from './engine-texts/said.ts';
import { slotPattern, texts } from './engine-texts/say.ts';
import { phrasesOf, type TextTable } from './engine-texts/text-table.ts';
import { lookUp } from './look-up.ts';
import { recipeDescriptions } from './engine-texts/recipes.ts';
import { targetErrors } from './engine-texts/target-errors.ts';
import { runErrors } from './engine-texts/run-errors.ts';

/**
 * What the engine says in English, in the reader's language. The engine writes one language, into run documents that stay as
 * they are; known sentences are recognized here, and others are shown as they came.
 */
export type TextLanguage = 'en' | 'zh-CN';

const translateRemark = createTranslator([
  ...phrasesOf(texts),
  noComparableOutput,
  ...recipeDescriptions,
  ...garbageReasons,
  ...metricTexts,
]);
// Some errors quote why layers stay in float.
const translateFailure = createTranslator([
  ...modelErrors,
  ...dataErrors,
  ...targetErrors,
  ...runErrors,
  ...historyErrors,
  ...labErrors,
  ...phrasesOf(texts),
]);

/**
 * Diagnostics, reasons of layers and of garbage, candidates, descriptions of presets.
 * @returns the translation; the text itself where it is not known.
 */
export function translateEngineText(text: string, language: TextLanguage): string {
  return language === 'en' ? text : translateRemark(text);
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

/** The message of an `AppError`. @returns the translation; the message itself where it is not known. */
export function translateError(message: string, language: TextLanguage): string {
  return language === 'en' ? message : translateFailure(message);
}

/** The layer that one was folded into, by the engine's reason; null when it was not. */
export function foldedInto(reason: string): string | null {
  const said = takeApart(reason);
  return said?.code === 'foldedInto' || said?.code === 'foldedIntoRange' ? said.slots['name']! : null;
}
