import { Checkbox, HoverCard, Text, UnstyledButton } from '@mantine/core';
import type { SortingState } from '@tanstack/react-table';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';
import type { TableColumn } from './table-column.ts';
import type { TableSelection } from './table-props.ts';
import { iconWidthPx, leastWidthPx, mostWidthPx } from './column-width.ts';
import type { WidthActions } from './width-actions.ts';
import type { SortedRow } from './use-sorted-rows.ts';
import classes from './table.module.css';

interface HeaderCellsProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly sorting: SortingState;
  /** With Shift, below the columns that are sorted by already. */
  readonly onSort: (columnId: string, isAdded: boolean) => void;
  /** Null where columns have the widths they have. */
  readonly resizing: WidthActions | null;
}

function HeaderCellsView<Row>({ columns, sorting, onSort, resizing }: HeaderCellsProps<Row>): ReactNode {
  return columns.map((column) => {
    const sorted = sorting.find((entry) => entry.id === column.id);
    const state = sorted === undefined ? false : sorted.desc ? 'desc' : 'asc';
    return (
      <div
        key={column.id}
        role="columnheader"
        className={classes.headCell}
        data-align={column.align ?? 'start'}
        data-column={column.id}
        aria-label={column.header}
        aria-sort={state === 'asc' ? 'ascending' : state === 'desc' ? 'descending' : 'none'}
      >
        <HeaderLabel
          column={column}
          state={state}
          onSort={column.sortable === false ? null : (isAdded) => onSort(column.id, isAdded)}
        />
        {resizing !== null && column.width > iconWidthPx && <ColumnEdge column={column} actions={resizing} />}
      </div>
    );
  });
}

/** Behind a column: dragged, or moved by arrow keys; its value is set where widths are known, in the table. */
function ColumnEdge<Row>({ column, actions }: { column: TableColumn<Row>; actions: WidthActions }) {
  const { t } = useTranslation();
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('table.resize', { name: column.header })}
      aria-valuemin={leastWidthPx}
      aria-valuemax={mostWidthPx}
      tabIndex={0}
      className={classes.edge}
      onFocus={actions.focus}
      onMouseDown={(event) => actions.drag(column.id, event)}
      onClick={actions.settle}
      onDoubleClick={(event) => actions.fit(column.id, event)}
      onKeyDown={(event) => actions.key(column.id, event)}
    />
  );
}

/** The box that selects all rows or none. */
export function SelectAll(props: {
  readonly selection: TableSelection;
  readonly sorted: readonly SortedRow<unknown>[];
}) {
  const { t } = useTranslation();
  const { selection, sorted } = props;
  const allSelected = sorted.length > 0 && sorted.every((row) => selection.ids.has(row.id));
  return (
    <div role="columnheader" className={classes.headCell}>
      <Checkbox
        size="xs"
        checked={allSelected}
        indeterminate={!allSelected && selection.ids.size > 0}
        aria-label={t('table.selectAll')}
        onChange={() => selection.onChange(allSelected ? new Set() : new Set(sorted.map((row) => row.id)))}
      />
    </div>
  );
}

/** Scrolling draws the table again; its header stays as it is. */
export const HeaderCells = memo(HeaderCellsView) as typeof HeaderCellsView;

function HeaderLabel<Row>(props: {
  readonly column: TableColumn<Row>;
  readonly state: false | 'asc' | 'desc';
  readonly onSort: ((isAdded: boolean) => void) | null;
}) {
  const { column, state, onSort } = props;
  const label =
    onSort === null ? (
      <span className={classes.headLabel} tabIndex={column.definition === undefined ? undefined : 0}>
        {column.header}
      </span>
    ) : (
      <UnstyledButton
        className={classes.headLabel}
        onClick={(event) => onSort(event.shiftKey)}
        data-defined={column.definition !== undefined || undefined}
      >
        <span className={classes.headText}>{column.header}</span>
        <span className={classes.sortMark} data-shown={state !== false || undefined}>
          <Icon name={state === 'asc' ? 'ascending' : 'descending'} size={12} />
        </span>
      </UnstyledButton>
    );
  if (column.definition === undefined) return label;
  return (
    <HoverCard position="bottom" openDelay={350}>
      <HoverCard.Target>{label}</HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="xs">{column.definition}</Text>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
