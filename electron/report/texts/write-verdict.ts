import type { RunDocument } from '../../../shared/run.ts';
import type { ReportTexts } from './report-texts.ts';
import { writeChineseVerdict } from './verdict-zh.ts';

/** The two lines for the person who decides, in the reader's language. */
export function writeVerdict(document: RunDocument, texts: ReportTexts): readonly string[] {
  // The engine wrote the English one; a translation is made from the figures, for sentences cannot be.
  if (texts.engineLanguageNote !== null) return writeChineseVerdict(document, texts);
  // Written for terminals, which may have no arrow; a line must not end between its two characters.
  return document.verdict.map((line) => line.replaceAll(' -> ', ' → '));
}
