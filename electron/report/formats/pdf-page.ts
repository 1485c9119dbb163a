import type { ReportFonts } from './fonts.ts';
import { cutText } from './pdf-text.ts';
import type { ReportDocument } from '../report-document.ts';

/** Points (1/72 inch). */
export const pageSizesPt = { A4: { width: 595.28, height: 841.89 }, Letter: { width: 612, height: 792 } } as const;
export const margin = { left: 48, top: 52, right: 48, bottom: 48 };

/** What runs along the head of every page but the first, and along the foot of every page. */
export const runningSizePt = 7.5;
/** From the top of the page, and from the end of the text. */
export const headerTopPt = 26;
export const footerGapPt = 14;

export interface RunningText {
  readonly left: string;
  readonly right: string;
}

export function headerOf(report: ReportDocument, fonts: ReportFonts, pageWidthPt: number): RunningText {
  const widthPt = (pageWidthPt - margin.left - margin.right) * 0.6;
  return { left: cutText(fonts, `${report.title} – ${report.kind}`, widthPt, runningSizePt), right: report.subtitle };
}

export function footerOf(report: ReportDocument, page: number, pageCount: number): RunningText {
  return { left: report.author, right: report.labels.page(page, pageCount) };
}
