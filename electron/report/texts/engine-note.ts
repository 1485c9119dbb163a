import type { Block } from '../report-document.ts';
import type { ReportTexts } from './report-texts.ts';

/** Says that some of the engine's words are in its own language, where a translation left them as they were. */
export function noteUntranslated(
  said: readonly string[],
  translate: (text: string) => string,
  { engineLanguageNote }: ReportTexts,
): Block[] {
  if (engineLanguageNote === null || said.every((text) => translate(text) !== text)) return [];
  return [{ kind: 'paragraph', text: engineLanguageNote, tone: 'muted' }];
}
