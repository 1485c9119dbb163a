import { openSync as openFontFile, type Font } from 'fontkit';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { ReportLanguage } from '../../../shared/report-options.ts';
import type { TextMeasure, TextPiece } from './svg-text.ts';

/** The families in resources/fonts (see its README). Each covers what the other lacks. */
export type FontFamily = 'Noto Sans' | 'Noto Sans SC';

const fileNames: Readonly<Record<FontFamily, { readonly regular: string; readonly bold: string }>> = {
  'Noto Sans': { regular: 'noto-sans-regular.ttf', bold: 'noto-sans-semibold.ttf' },
  'Noto Sans SC': { regular: 'noto-sans-sc-regular.ttf', bold: 'noto-sans-sc-semibold.ttf' },
};

/** In the source tree this file is three folders below the root; bundled, the program lies two below, one below or in the root itself. */
function findFontFolder(): string {
  const resourcesPath = (process as { resourcesPath?: string }).resourcesPath;
  const candidates = [
    ...['../../../resources/fonts', '../../resources/fonts', '../resources/fonts', './resources/fonts'].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    ),
    ...(resourcesPath === undefined ? [] : [join(resourcesPath, 'fonts'), join(resourcesPath, 'resources', 'fonts')]),
  ];
  const found = candidates.find((path) => existsSync(join(path, fileNames['Noto Sans'].regular)));
  if (found === undefined) {
    throw new AppError('file-not-found', tell('fontsMissing', { folders: candidates.join(', ') }));
  }
  return found;
}

interface OpenFont {
  readonly font: Font;
  /** Advance widths by code point, in ems; null where the font has no glyph. */
  readonly advances: Map<number, number | null>;
}

function advanceOf({ font, advances }: OpenFont, codePoint: number): number | null {
  let advance = advances.get(codePoint);
  if (advance === undefined) {
    advance = font.hasGlyphForCodePoint(codePoint)
      ? font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm
      : null;
    advances.set(codePoint, advance);
  }
  return advance;
}

/** Printable ASCII, which every family has. */
const plain = /^[\x20-\x7e]*$/;

/** The fonts of one report: its language's own family first, the other one for what that lacks. */
export interface ReportFonts {
  readonly primary: FontFamily;
  /** Files by family, absolute. */
  readonly files: Readonly<Record<FontFamily, { readonly regular: string; readonly bold: string }>>;
  /** Pieces of one font each. A character no font has is written as its code: [U+1F600]. */
  split(text: string): readonly (TextPiece & { readonly family: FontFamily })[];
  /** Width in units of the size, unkerned. */
  measure(text: string, bold: boolean): number;
  /** Of the primary family, in units of the size: above the baseline, and from line to line without any lead. */
  readonly ascent: number;
  readonly lineHeight: number;
  /** For charts, in their own unit. */
  readonly textMeasure: TextMeasure;
}

export function openFonts(language: ReportLanguage): ReportFonts {
  const folder = findFontFolder();
  const primary: FontFamily = language === 'zh-CN' ? 'Noto Sans SC' : 'Noto Sans';
  const secondary = primary === 'Noto Sans' ? 'Noto Sans SC' : 'Noto Sans';
  const pathsOf = (family: FontFamily) => ({
    regular: join(folder, fileNames[family].regular),
    bold: join(folder, fileNames[family].bold),
  });
  const files = { 'Noto Sans': pathsOf('Noto Sans'), 'Noto Sans SC': pathsOf('Noto Sans SC') };
  const opened = new Map<string, OpenFont>();
  const open = (family: FontFamily, bold: boolean): OpenFont => {
    const path = files[family][bold ? 'bold' : 'regular'];
    let font = opened.get(path);
    if (font === undefined) {
      font = { font: openFontFile(path) as Font, advances: new Map() };
      opened.set(path, font);
    }
    return font;
  };

  const split: ReportFonts['split'] = (text) => {
    if (plain.test(text)) return [{ text, family: primary }];
    const pieces: { text: string; family: FontFamily }[] = [];
    for (const character of text) {
      const codePoint = character.codePointAt(0)!;
      let family = primary;
      let shown = character;
      if (character !== '\n' && advanceOf(open(primary, false), codePoint) === null) {
        if (advanceOf(open(secondary, false), codePoint) !== null) family = secondary;
        else shown = `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
      }
      const last = pieces.at(-1);
      if (last?.family === family) last.text += shown;
      else pieces.push({ text: shown, family });
    }
    return pieces;
  };

  const measure: ReportFonts['measure'] = (text, bold) => {
    let width = 0;
    for (const piece of split(text)) {
      const font = open(piece.family, bold);
      for (const character of piece.text) width += advanceOf(font, character.codePointAt(0)!) ?? 0;
    }
    return width;
  };

  const { font } = open(primary, false);
  return {
    primary,
    files,
    split,
    measure,
    ascent: font.ascent / font.unitsPerEm,
    lineHeight: (font.ascent - font.descent) / font.unitsPerEm,
    textMeasure: {
      measure: (text, sizePx, bold) => sizePx * measure(text, bold),
      capHeightShare: font.capHeight / font.unitsPerEm,
      ascentShare: 0.95,
      descentShare: 0.25,
      split,
    },
  };
}
