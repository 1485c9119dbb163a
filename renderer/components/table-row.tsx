import { Checkbox } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { TableColumn } from './table-column.ts';
import classes from './table.module.css';

interface RowViewProps<Row> {
  readonly row: Row;
  readonly domId: string;
  readonly index: number;
  readonly start: number;
  readonly columns: readonly TableColumn<Row>[];
  readonly active: boolean;
  readonly selected: boolean | null;
  readonly muted: boolean;
  readonly link: boolean;
  readonly selectLabel: string;
  readonly onClick: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly onToggle: (index: number, range: boolean) => void;
}

function RowView<Row>(props: RowViewProps<Row>) {
  const { row, columns, active, selected, index } = props;
  return (
    <div
      role="row"
      id={props.domId}
      aria-rowindex={index + 2}
      aria-selected={selected ?? active}
      className={classes.row}
      data-active={active || undefined}
      data-link={props.link || undefined}
      data-selected={selected === true || undefined}
      data-muted={props.muted || undefined}
      style={{ transform: `translateY(${props.start}px)` }}
      onClick={() => props.onClick(index)}
      onDoubleClick={() => props.onOpen(index)}
    >
      {selected !== null && (
        <div role="gridcell" className={classes.cell}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            checked={selected}
            aria-label={props.selectLabel}
            onClick={(event) => event.stopPropagation()}
            onChange={(event) => props.onToggle(index, (event.nativeEvent as unknown as MouseEvent).shiftKey)}
          />
        </div>
      )}
      {columns.map((column) => {
        const share = column.heat?.(row) ?? null;
        return (
          <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align ?? 'start'}>
            {share !== null && share > 0 && (
              <span className={classes.heat} style={{ width: `${Math.min(100, share * 100)}%` }} aria-hidden="true" />
            )}
            <span className={classes.content} data-clip={column.clip}>
              <Content column={column} row={row} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

function Content<Row>({ column, row }: { column: TableColumn<Row>; row: Row }): ReactNode {
  const content = column.render === undefined ? column.value(row) : column.render(row);
  // Cut at the start by the rules of right-to-left text, so what is read from the left has to say so.
  return column.clip === 'start' ? <bdi dir="ltr">{content}</bdi> : content;
}

/** Thousands of rows scroll by: one is drawn again only when something in it changed. */
export const TableRow = memo(RowView) as typeof RowView;
