import { Checkbox } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { MiddleCut } from './middle-cut.tsx';
import type { TableColumn } from './table-column.ts';
import classes from './table.module.css';

const indentPx = 14;

interface RowViewProps<Row> {
  readonly row: Row;
  readonly domId: string;
  readonly index: number;
  readonly start: number;
  readonly columns: readonly TableColumn<Row>[];
  readonly active: boolean;
  readonly selected: boolean | null;
  /** In a tree. */
  readonly depth: number | null;
  /** Of a row that holds others. */
  readonly isOpen: boolean | null;
  readonly muted: boolean;
  readonly link: boolean;
  readonly selectLabel: string;
  readonly onClick: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly onToggle: (index: number, range: boolean) => void;
  readonly onFold: (index: number, isOpen: boolean) => void;
}

function RowView<Row>(props: RowViewProps<Row>) {
  const { row, columns, active, selected, index } = props;
  return (
    <div
      role="row"
      id={props.domId}
      aria-rowindex={index + 2}
      aria-selected={selected ?? active}
      aria-level={props.depth === null ? undefined : props.depth + 1}
      aria-expanded={props.isOpen ?? undefined}
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
      {columns.map((column, place) => {
        const share = column.heat?.(row) ?? null;
        return (
          <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align ?? 'start'}>
            {share !== null && share > 0 && (
              <span className={classes.heat} style={{ width: `${Math.min(100, share * 100)}%` }} aria-hidden="true" />
            )}
            {place === 0 && props.depth !== null && <Fold {...props} depth={props.depth} />}
            <span className={classes.content} data-clip={column.clip} data-content={place === 0 ? 'start' : ''}>
              <Content column={column} row={row} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** As deep as the row is, with a sign to click where it holds others; keys and assistive technology have the row itself. */
function Fold({
  depth,
  index,
  isOpen,
  onFold,
}: Pick<RowViewProps<unknown>, 'index' | 'isOpen' | 'onFold'> & { readonly depth: number }) {
  return (
    <span className={classes.fold} style={{ marginInlineStart: depth * indentPx }} aria-hidden="true">
      {isOpen !== null && (
        <span
          className={classes.foldSign}
          data-open={isOpen || undefined}
          onClick={(event) => {
            event.stopPropagation();
            onFold(index, !isOpen);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <Icon name="chevron" size={12} />
        </span>
      )}
    </span>
  );
}

function Content<Row>({ column, row }: { column: TableColumn<Row>; row: Row }): ReactNode {
  const content = column.render === undefined ? column.value(row) : column.render(row);
  return column.clip === 'middle' && typeof content === 'string' ? <MiddleCut text={content} /> : content;
}

/** Thousands of rows scroll by: one is drawn again only when something in it changed. */
export const TableRow = memo(RowView) as typeof RowView;
