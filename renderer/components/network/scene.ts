import { cutText } from '../../../shared/cut-text.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Palette } from '../../theme.ts';
import { titleHeight, type Box, type NetworkLayout } from './layout.ts';
import type { Look } from './overlay.ts';

/*
 * What a picture of a network is made of, in units of a pixel at full size: made once for each layout and colouring, painted on a
 * canvas as often as it moves, and written as SVG.
 */

export interface Shape {
  readonly box: Box;
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly isDashed: boolean;
  readonly isHatched: boolean;
  readonly isFaded: boolean;
  readonly radius: number;
  readonly title: string;
  readonly subtitle: string;
  readonly figure: string;
}

export interface Stroke {
  readonly points: readonly (readonly [number, number])[];
  readonly color: string;
  readonly width: number;
  readonly isDashed: boolean;
  /** Integers become floats on the way, or floats integers: a mark says so. */
  readonly isMarked: boolean;
}

export interface Scene {
  readonly shapes: readonly Shape[];
  readonly strokes: readonly Stroke[];
  readonly width: number;
  readonly height: number;
}

/** What is known of a box beyond its place. */
export interface BoxFacts {
  readonly title: string;
  readonly subtitle: string;
  readonly look: Look;
  readonly isFloat: boolean;
  /** Less than somebody wants to see. */
  readonly isDimmed: boolean;
  /** Not there on the side that is shown: only its outline stays. */
  readonly isGone: boolean;
  readonly isTerminal: boolean;
}

export interface LineFacts {
  readonly converts: boolean;
  readonly side: 'both' | 'before' | 'after';
  readonly isHidden: boolean;
}

/** Wide characters take two places. */
function fit(text: string, places: number): string {
  const shown = makeVisible(text);
  const wide = shown.match(/[\u2e80-\uffff]/g)?.length ?? 0;
  return cutText(shown, Math.max(4, places - Math.min(wide, places / 2)));
}

/** @param marked those that stand out; null where all do. */
export function makeScene(
  layout: NetworkLayout,
  factsOf: (box: Box) => BoxFacts,
  lineFactsOf: (edges: readonly number[]) => LineFacts,
  selection: {
    readonly id: string | null;
    readonly edges: ReadonlySet<number>;
    readonly marked: ReadonlySet<string> | null;
  },
  palette: Palette,
): Scene {
  const shapes = layout.boxes.map((box): Shape => {
    const { title, subtitle, look, isFloat, isDimmed, isGone, isTerminal } = factsOf(box);
    const isSelected = box.id === selection.id;
    const isMarked = selection.marked?.has(box.id) === true;
    const figure = box.isOpen || isGone ? '' : look.text;
    return {
      box,
      fill: box.isOpen ? palette.raised : isGone ? palette.surface : look.fill,
      stroke: isSelected || isMarked ? palette.accent : palette.strongBorder,
      strokeWidth: isSelected ? 2.5 : isMarked ? 2 : 1,
      isDashed: isGone,
      isHatched: isFloat && !isGone && !box.isOpen && !isTerminal,
      isFaded: (selection.marked !== null && !isMarked && !box.isOpen) || (isDimmed && !box.isOpen) || isGone,
      radius: isTerminal ? box.height / 2 : box.isOpen ? 8 : 4,
      title: fit(title, box.isOpen ? Math.floor(box.width / 7) : 22 - (figure === '' ? 0 : figure.length + 1)),
      subtitle: box.isOpen ? '' : fit(subtitle, 25),
      figure,
    };
  });
  const strokes = layout.lines.flatMap(({ points, edges, isContinued }): Stroke[] => {
    const { converts, side, isHidden } = lineFactsOf(edges);
    if (isHidden) return [];
    const isSelected = edges.some((edge) => selection.edges.has(edge));
    const color = isSelected
      ? palette.accent
      : converts
        ? palette.warning
        : side === 'after'
          ? palette.inserted
          : palette.muted;
    return [
      {
        points,
        color,
        width: isSelected ? 2.5 : converts ? 1.6 : 1,
        isDashed: side === 'before',
        isMarked: converts && !isContinued,
      },
    ];
  });
  return { shapes, strokes, width: layout.width, height: layout.height };
}

export function titlePlace({ isOpen, y }: Box): number {
  return isOpen ? y + titleHeight / 2 : y + 14;
}

/** The middle of a line, where what it converts is marked. */
export function middleOf(points: Stroke['points']): readonly [number, number] {
  const index = points.length >> 1;
  const [right, left] = [points[index]!, points[Math.max(0, index - 1)]!];
  return points.length % 2 === 1 ? right : [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
}
