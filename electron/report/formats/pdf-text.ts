import type { Content } from 'pdfmake';
import { lightChartColors } from '../../../shared/charts/chart-style.ts';
import type { ReportFonts } from './fonts.ts';
import type { Tone } from '../report-document.ts';

type ContentText = Extract<Content, { text: unknown }>;

export const colors = {
  ...lightChartColors,
  rule: '#c9d0d8',
  softSurface: '#f4f6f8',
  good: lightChartColors.after,
  bad: '#a8320a',
  warning: '#8a5a00',
};

export const toneColors: Readonly<Record<Tone, string>> = {
  plain: colors.ink,
  good: colors.good,
  bad: colors.bad,
  warning: colors.warning,
  muted: colors.mutedInk,
};

/** What every function that makes content needs. */
export interface Setting {
  readonly fonts: ReportFonts;
  readonly widthPt: number;
  /** Line height as a multiple of the font's own. */
  readonly lead: number;
  /** Counts charts, so that their clip paths have ids of their own. */
  readonly nextChart: () => number;
}

export type TextProps = Omit<ContentText, 'text'> & {
  readonly width?: number | 'auto' | '*';
  readonly outline?: boolean;
  readonly outlineText?: string;
};

/** A figure and its unit stay on one line. */
function bindUnits(value: string): string {
  return value.replace(/(\d) (?=(?:%|ms|s|min|h|k?B|MB|GB|dB|[MGT]|points|个百分点)(?![A-Za-z]))/g, '$1\u00a0');
}

/** A text in as many fonts as it needs. */
export function text(fonts: ReportFonts, value: string, props: TextProps = {}): ContentText {
  const pieces = fonts.split(bindUnits(value));
  const [only] = pieces;
  if (pieces.length <= 1 && (only === undefined || only.family === fonts.primary)) {
    return { text: only?.text ?? '', ...props };
  }
  return { text: pieces.map((piece) => ({ text: piece.text, font: piece.family })), ...props };
}

const breakAfter = /[/._:\-,;\\]/;

/** Breaks a word that is wider than its column: after a separator where there is one, else anywhere. */
function breakWord(fonts: ReportFonts, word: string, widthEm: number, bold: boolean): string {
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  let lastBreak = -1;
  for (const character of word) {
    const advance = fonts.measure(character, bold);
    if (lineWidth + advance > widthEm && line !== '') {
      // A break that leaves less than a third of the line is worse than one inside a name.
      const end = lastBreak > line.length / 3 ? lastBreak : line.length;
      lines.push(line.slice(0, end));
      line = line.slice(end);
      lineWidth = fonts.measure(line, bold);
      lastBreak = -1;
    }
    line += character;
    lineWidth += advance;
    if (breakAfter.test(character)) lastBreak = line.length;
  }
  return [...lines, line].join('\n');
}

export function fits(fonts: ReportFonts, value: string, widthPt: number, sizePt: number, bold: boolean): boolean {
  // Two ems are the widest character there is: most texts need no measuring.
  return value.length * 2 * sizePt <= widthPt || fonts.measure(value, bold) * sizePt <= widthPt;
}

/** pdfmake breaks lines between words only; what is left over would stick out of its column. */
export function fitWords(fonts: ReportFonts, value: string, widthPt: number, sizePt: number, bold: boolean): string {
  if (fits(fonts, value, widthPt, sizePt, bold)) return value;
  const widthEm = widthPt / sizePt;
  return (
    value
      // Chinese breaks between any two characters, which pdfmake knows.
      .split(/( |(?<=[\u2e80-\u9fff\uff00-\uffef])|(?=[\u2e80-\u9fff\uff00-\uffef]))/)
      .map((word) => (fonts.measure(word, bold) > widthEm ? breakWord(fonts, word, widthEm, bold) : word))
      .join('')
  );
}

/** Chinese breaks between any two characters, but no line begins with what closes a sentence. */
const betweenWords = /(?<= )|(?<=[\u2e80-\u9fff\uff00-\uffef])(?![\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f])/;

/** The lines of a text in a column of that width; a word that is wider than it is broken too. */
export function wrapText(
  fonts: ReportFonts,
  value: string,
  widthPt: number,
  sizePt: number,
  bold: boolean,
): readonly string[] {
  const bound = bindUnits(value);
  if (fits(fonts, bound, widthPt, sizePt, bold)) return [bound];
  const lines: string[] = [];
  let line = '';
  for (const word of bound.split(betweenWords)) {
    if (fonts.measure((line + word).trimEnd(), bold) * sizePt <= widthPt) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    const broken = breakWord(fonts, word, widthPt / sizePt, bold).split('\n');
    line = broken.pop()!;
    lines.push(...broken);
  }
  lines.push(line.trimEnd());
  return lines;
}

/** Cuts a text to a width, with an ellipsis. */
export function cutText(fonts: ReportFonts, value: string, widthPt: number, sizePt: number): string {
  if (fonts.measure(value, false) * sizePt <= widthPt) return value;
  let cut = value;
  while (cut !== '' && fonts.measure(`${cut}…`, false) * sizePt > widthPt) cut = Array.from(cut).slice(0, -1).join('');
  return `${cut}…`;
}
