import { candidates } from './engine-texts/candidates.ts';
import { dataErrors } from './engine-texts/data-errors.ts';
import { diagnostics } from './engine-texts/diagnostics.ts';
import { garbageReasons } from './engine-texts/garbage-reasons.ts';
import { historyErrors } from './engine-texts/history-errors.ts';
import { layerReasons } from './engine-texts/layer-reasons.ts';
import { metricTexts } from './engine-texts/metrics.ts';
import { modelErrors } from './engine-texts/model-errors.ts';
import { createTranslator } from './engine-texts/phrase.ts';
import { recipeDescriptions } from './engine-texts/recipes.ts';
import { runErrors } from './engine-texts/run-errors.ts';

/**
 * What the engine says in English, in the reader's language. The engine writes one language, into run documents that stay as
 * they are; known sentences are recognized here, and others are shown as they came.
 */
export type TextLanguage = 'en' | 'zh-CN';

const translateRemark = createTranslator([
  ...diagnostics,
  ...layerReasons,
  ...candidates,
  ...recipeDescriptions,
  ...garbageReasons,
  ...metricTexts,
]);
// Some errors quote why layers stay in float.
const translateFailure = createTranslator([
  ...modelErrors,
  ...dataErrors,
  ...runErrors,
  ...historyErrors,
  ...layerReasons,
]);

/**
 * Diagnostics, reasons of layers and of garbage, candidates, descriptions of presets.
 * @returns the translation; the text itself where it is not known.
 */
export function translateEngineText(text: string, language: TextLanguage): string {
  return language === 'en' ? text : translateRemark(text);
}

/** The message of an `AppError`. @returns the translation; the message itself where it is not known. */
export function translateError(message: string, language: TextLanguage): string {
  return language === 'en' ? message : translateFailure(message);
}

/** The layer that one was folded into, by the engine's reason; null when it was not. */
export function foldedInto(reason: string): string | null {
  if (reason === 'folded into a constant or removed') return null;
  return /^folded into (?:the range of )?(?<name>.+)$/.exec(reason)?.groups?.['name'] ?? null;
}
