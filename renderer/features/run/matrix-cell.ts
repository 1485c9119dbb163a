import { signCount, type ConfusionMatrix, type MatrixCell } from '../../../shared/confusion-matrix.ts';

/** What of a confusion matrix is looked at. */
export type MatrixSide = 'difference' | 'before' | 'after';

/** Without labels the original is what is right: there is nothing to see of it alone. */
export function sidesOf({ isLabelled }: Pick<ConfusionMatrix, 'isLabelled'>): readonly MatrixSide[] {
  return isLabelled ? ['difference', 'before', 'after'] : ['difference'];
}

export interface CellLook {
  readonly text: string;
  /** What its colour says; null where there is nothing. */
  readonly tone: 'better' | 'worse' | 'before' | 'after' | 'right' | null;
  /** How strong the colour is, 0 to 1. */
  readonly share: number;
}

const nothing: CellLook = { text: '', tone: null, share: 0 };

export function figureOf({ before, after }: Pick<MatrixCell, 'before' | 'after'>, side: MatrixSide): number {
  return side === 'difference' ? after - before : side === 'before' ? before : after;
}

/** Large counts in few places. */
function shorten(count: number): string {
  return Math.abs(count) < 1000 ? String(count) : `${Math.round(count / 1000)}k`;
}

/** @param most the largest figures on the diagonal and beside it, by which colours are measured. */
export function lookOfCell(
  cell: MatrixCell | null,
  side: MatrixSide,
  most: { readonly right: number; readonly wrong: number },
): CellLook {
  if (cell === null) return nothing;
  const isRight = cell.expected === cell.given;
  const figure = figureOf(cell, side);
  if (figure === 0) return side === 'difference' ? { ...nothing, text: '0' } : nothing;
  const largest = isRight ? most.right : most.wrong;
  const share = Math.max(0.2, Math.min(1, Math.abs(figure) / Math.max(1, largest)));
  if (side !== 'difference') return { text: shorten(figure), tone: isRight ? 'right' : side, share };
  // More right answers are better, more wrong ones worse.
  const text = Math.abs(figure) < 1000 ? signCount(figure) : shorten(figure);
  return { text, tone: figure > 0 === isRight ? 'better' : 'worse', share };
}

/** The largest figures that are shown. */
export function mostOf(
  { cellOf }: Pick<ConfusionMatrix, 'cellOf'>,
  shown: readonly number[],
  side: MatrixSide,
): { readonly right: number; readonly wrong: number } {
  let [right, wrong] = [0, 0];
  for (const expected of shown) {
    for (const given of shown) {
      const cell = cellOf(expected, given);
      if (cell === null) continue;
      const figure = Math.abs(figureOf(cell, side));
      if (expected === given) right = Math.max(right, figure);
      else wrong = Math.max(wrong, figure);
    }
  }
  return { right, wrong };
}
