import { memo, useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { signCount, type ConfusionMatrix } from '../../../shared/confusion-matrix.ts';
import { escapeMarkdown, markdownTable } from '../../../shared/escape-markdown.ts';
import { nameAnswer, type SampleEvidence } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { writeGridWith } from '../../components/page-markdown.ts';
import { figureOf, lookOfCell, mostOf, type MatrixSide } from './matrix-cell.ts';
import { onMatrixKey } from './matrix-keys.ts';
import type { CellPlace } from './use-matrix-cell.ts';
import { useTextLanguage } from './use-text-language.ts';
import classes from './confusion.module.css';

interface MatrixTableProps {
  readonly samples: SampleEvidence;
  readonly matrix: ConfusionMatrix;
  readonly shown: readonly number[];
  readonly side: MatrixSide;
  readonly cell: CellPlace | null;
  readonly onCell: (cell: CellPlace) => void;
}

/** From so many classes on, cells are small and figures are left out where they find no room. */
const manyClasses = 26;

/** Right classes from top to bottom, answers from left to right; arrows lead from cell to cell, Enter chooses one. */
export function MatrixTable({ samples, matrix, shown, side, cell, onCell }: MatrixTableProps) {
  const { t } = useTranslation();
  const grid = useRef<HTMLTableElement>(null);
  const markdown = useMarkdown({ samples, matrix, shown, side });
  useEffect(() => {
    if (grid.current !== null) writeGridWith(grid.current, markdown);
  });
  const most = mostOf(matrix, shown, side);
  const name = (index: number): string => nameAnswer(index, samples);
  const chooseAt = (element: Element | null): void => {
    const { row, column } = (element?.closest<HTMLElement>('[data-column]')?.dataset ?? {}) as Record<string, string>;
    if (row !== undefined) onCell({ expected: shown[Number(row)]!, given: shown[Number(column)]! });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (grid.current !== null) onMatrixKey(event, grid.current, shown.length, chooseAt);
  };
  return (
    <div className={classes.scroll}>
      <table
        ref={grid}
        role="grid"
        className={classes.matrix}
        aria-label={t('confusion.label', { side: t(`confusion.sides.${side}`) })}
        aria-description={t('confusion.keys')}
        data-many={shown.length >= manyClasses || undefined}
        style={{ '--classes': shown.length } as React.CSSProperties}
        onKeyDown={onKey}
        onClick={(event) => chooseAt(event.target as Element)}
      >
        <thead>
          <tr role="row">
            <th className={classes.cornerHead}>
              <span>{t('confusion.expectedDown')}</span>
              <span>{t(matrix.isLabelled ? 'confusion.givenAcross' : 'confusion.afterAcross')}</span>
            </th>
            {shown.map((index) => (
              <th key={index} role="columnheader" scope="col" className={classes.columnHead} title={name(index)}>
                <span>{name(index)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((expected, row) => (
            <tr key={expected} role="row">
              <th role="rowheader" scope="row" className={classes.rowHead} title={name(expected)}>
                {name(expected)}
              </th>
              {shown.map((given, column) => {
                const own = matrix.cellOf(expected, given);
                const { text, tone, share } = lookOfCell(own, side, most);
                const isChosen = cell?.expected === expected && cell.given === given;
                const counts = { before: own?.before ?? 0, after: own?.after ?? 0 };
                const isDiagonal = expected === given;
                const said = isDiagonal
                  ? t(matrix.isLabelled ? 'confusion.rightCell' : 'confusion.sameCell', {
                      name: name(expected),
                      ...counts,
                    })
                  : t('confusion.cell', { expected: name(expected), given: name(given), ...counts });
                return (
                  <MatrixCellView
                    key={given}
                    row={row}
                    column={column}
                    said={said}
                    text={text}
                    tone={tone ?? undefined}
                    share={share}
                    isDiagonal={isDiagonal}
                    isChosen={isChosen}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Thousands of them: only those that changed are made anew. */
const MatrixCellView = memo(function MatrixCellView(props: {
  readonly row: number;
  readonly column: number;
  readonly said: string;
  readonly text: string;
  readonly tone: string | undefined;
  readonly share: number;
  readonly isDiagonal: boolean;
  readonly isChosen: boolean;
}) {
  const { row, column, tone, isChosen } = props;
  return (
    <td
      role="gridcell"
      data-row={row}
      data-column={column}
      data-tone={tone}
      data-diagonal={props.isDiagonal || undefined}
      aria-selected={isChosen}
      aria-label={props.said}
      title={props.said}
      // One stop for Tab: where the keys were last, see matrix-keys.ts.
      tabIndex={row === 0 && column === 0 ? 0 : -1}
      style={
        tone === undefined ? undefined : ({ '--share': `${Math.round(45 * props.share)}%` } as React.CSSProperties)
      }
    >
      {props.text}
    </td>
  );
});

/** What is shown as a list of pairs, those that changed most first: a matrix of fifty columns helps nobody in a comment. */
function useMarkdown({ samples, matrix, shown, side }: Omit<MatrixTableProps, 'cell' | 'onCell'>): () => string {
  const words = sampleWords[useTextLanguage()];
  return () => {
    const cells = shown.flatMap((expected) => shown.flatMap((given) => matrix.cellOf(expected, given) ?? []));
    const rows = cells
      .filter((one) => figureOf(one, side) !== 0)
      .toSorted((one, other) => Math.abs(figureOf(other, side)) - Math.abs(figureOf(one, side)))
      .slice(0, 500)
      .map(({ expected, given, before, after }) => [
        ...[expected, given].map((index) => escapeMarkdown(nameAnswer(index, samples))),
        ...[String(before), String(after), signCount(after - before)],
      ]);
    return markdownTable([words.className, words.answered, words.before, words.after, words.change], rows, [
      false,
      false,
      true,
      true,
      true,
    ]);
  };
}
