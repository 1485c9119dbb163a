import { Checkbox } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import {
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { ColumnMenu } from './column-menu.tsx';
import { CopyRows } from './copy-rows.tsx';
import { compareCells, toTabSeparated, type CellValue, type TableColumn } from './table-column.ts';
import { HeaderCells } from './table-header.tsx';
import { TableRow } from './table-row.tsx';
import classes from './table.module.css';

const rowHeightPx = 28;
/** Columns as narrow as this hold one sign and stay so. */
const iconWidthPx = 40;
/** A wide window gives figures some air, and names most of it. */
const usualGrow = 0.5;
const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
});

export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

export interface TableSelection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
  readonly labelOf: (id: string) => string;
}

export interface TableProps<Row> {
  /** What the table holds, for people who cannot see it. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  /** The highlighted row. */
  readonly activeId?: string | null;
  /** Arrow keys and clicks. */
  readonly onActivate?: (row: Row) => void;
  /** Enter and double clicks. */
  readonly onOpen?: (row: Row) => void;
  readonly selection?: TableSelection;
  readonly initialSort?: TableSort;
  /** With `onSort`, rows come sorted and the table only shows how. */
  readonly sort?: TableSort | null;
  readonly onSort?: (sort: TableSort | null) => void;
  /** First and last row on screen, for rows that are loaded as they are needed. */
  readonly onVisibleRange?: (first: number, last: number) => void;
  /** Left of the toolbar: filters, counts. */
  readonly toolbar?: ReactNode;
  /** Copy and choose columns. */
  readonly withTools?: boolean;
  readonly empty?: ReactNode;
  /** Pixels; without it the table fills what its parent leaves. */
  readonly maxHeight?: number;
  readonly muted?: (row: Row) => boolean;
  /** One click opens: for lists of links. */
  readonly openOnClick?: boolean;
}

/**
 * The one table of the window: sorted by TanStack Table, drawn by TanStack Virtual, so that five thousand rows cost as much
 * as thirty. It is one stop in the tab order; arrow keys, Page Up/Down, Home and End move, Enter opens, Space selects.
 */
export function Table<Row extends RowData>(props: TableProps<Row>) {
  const { t } = useTranslation();
  const { columns, rows, rowId, selection, activeId = null, onActivate, onOpen } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<SortingState>(
    props.initialSort === undefined ? [] : [{ id: props.initialSort.column, desc: props.initialSort.descending }],
  );
  /** What the user wants to see or not. */
  const [chosen, setChosen] = useState<Readonly<Record<string, boolean>>>({});
  const choose = useCallback(
    (columnId: string, shown: boolean) => setChosen((old) => ({ ...old, [columnId]: shown })),
    [],
  );
  const size = useElementSize();
  const scrollerRef = useMergedRef(scroller, size.ref);
  const [focusedIndex, setFocusedIndex] = useState<number | null>(null);
  const anchor = useRef<number | null>(null);
  const manual = props.onSort !== undefined;
  const shownSorting: SortingState = useMemo(
    () => (!manual ? sorting : props.sort == null ? [] : [{ id: props.sort.column, desc: props.sort.descending }]),
    [manual, sorting, props.sort],
  );

  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, Row> => ({
        id: column.id,
        header: column.header,
        // Missing figures are undefined to TanStack, which then keeps them last in both directions.
        accessorFn: (row) => column.value(row) ?? undefined,
        sortUndefined: 'last',
        sortFn: (left, right, columnId) =>
          compareCells(left.getValue<CellValue | undefined>(columnId), right.getValue<CellValue | undefined>(columnId)),
        enableSorting: column.sortable !== false,
        sortDescFirst: column.align === 'end',
      })),
    [columns],
  );
  const rowSelection = useMemo<RowSelectionState>(() => {
    // Without what objects inherit: a row may be called `constructor`.
    const selected = Object.create(null) as RowSelectionState;
    for (const selectedId of selection?.ids ?? []) selected[selectedId] = true;
    return selected;
  }, [selection?.ids]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    manualSorting: manual,
    state: { sorting: shownSorting, rowSelection },
    onSortingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(shownSorting) : updater;
      const first = next[0];
      if (manual) props.onSort(first === undefined ? null : { column: first.id, descending: first.desc });
      else setSorting(next);
    },
  });

  const sorted = table.getRowModel().rows;
  const visible = useMemo(() => {
    const usual = columns.filter((column) => column.initiallyHidden !== true);
    const isRoomy = size.width === 0 || usual.reduce((sum, column) => sum + column.width, 0) <= size.width;
    return columns.filter(
      (column) => chosen[column.id] ?? (usual.includes(column) && (isRoomy || column.yields !== true)),
    );
  }, [columns, chosen, size.width]);
  const template = useMemo(() => {
    const tracks = visible.map(
      (column) => `minmax(${column.width}px, ${column.grow ?? (column.width > iconWidthPx ? usualGrow : 0)}fr)`,
    );
    return (selection === undefined ? tracks : ['36px', ...tracks]).join(' ');
  }, [visible, selection]);
  const minimumWidth = visible.reduce((sum, column) => sum + column.width, selection === undefined ? 0 : 36);

  // Nothing it returns is passed to memoized children.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
    // The header sticks to the top of the same scroller.
    scrollPaddingStart: 32,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { onVisibleRange } = props;
  useEffect(() => onVisibleRange?.(first, last), [first, last, onVisibleRange]);

  const activeIndex = useMemo(() => {
    if (activeId === null) return null;
    const index = sorted.findIndex((row) => row.id === activeId);
    return index === -1 ? null : index;
  }, [sorted, activeId]);
  // A row chosen elsewhere (in a chart) comes into view.
  useEffect(() => {
    if (activeIndex !== null) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
    // Only a new choice moves the view, not every re-sort.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [activeId]);

  const cursor = activeIndex ?? (focusedIndex !== null && focusedIndex < sorted.length ? focusedIndex : null);

  // The newest state for callbacks that must keep their identity, or every row would be drawn again.
  const { openOnClick } = props;
  const latest = useRef({ sorted, selection, onActivate, onOpen, openOnClick, table });
  useEffect(() => {
    latest.current = { sorted, selection, onActivate, onOpen, openOnClick, table };
  });
  const callbacks = useMemo(() => {
    const made = {
      activate: (index: number) => {
        const row = latest.current.sorted[index];
        setFocusedIndex(index);
        if (row !== undefined) latest.current.onActivate?.(row.original);
      },
      click: (index: number) => {
        if (latest.current.openOnClick === true) made.open(index);
        else made.activate(index);
      },
      sort: (columnId: string) => {
        latest.current.table.getColumn(columnId)?.toggleSorting(undefined, false);
      },
      open: (index: number) => {
        const row = latest.current.sorted[index];
        if (row !== undefined) latest.current.onOpen?.(row.original);
      },
      toggle: (index: number, range: boolean) => {
        const { selection: current, sorted: order } = latest.current;
        const row = order[index];
        if (current === undefined || row === undefined) return;
        const ids = new Set(current.ids);
        const select = !ids.has(row.id);
        const from = range && anchor.current !== null ? anchor.current : index;
        for (let at = Math.min(from, index); at <= Math.max(from, index); at += 1) {
          const other = order[at];
          if (other === undefined) continue;
          if (select) ids.add(other.id);
          else ids.delete(other.id);
        }
        anchor.current = index;
        current.onChange(ids);
      },
    };
    return made;
  }, []);

  function moveTo(index: number): void {
    const target = Math.max(0, Math.min(sorted.length - 1, index));
    callbacks.activate(target);
    virtualizer.scrollToIndex(target, { align: 'auto' });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || sorted.length === 0) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeightPx) - 2);
    const moves: Record<string, number> = {
      ArrowDown: (cursor ?? -1) + 1,
      ArrowUp: (cursor ?? 1) - 1,
      PageDown: (cursor ?? 0) + page,
      PageUp: (cursor ?? 0) - page,
      Home: 0,
      End: sorted.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && cursor !== null) callbacks.open(cursor);
    else if (event.key === ' ' && cursor !== null && selection !== undefined) callbacks.toggle(cursor, event.shiftKey);
    else return;
    event.preventDefault();
  }

  const allSelected = selection !== undefined && sorted.length > 0 && sorted.every((row) => selection.ids.has(row.id));
  const style = { '--columns': template, '--minimum-width': `${minimumWidth}px` } as CSSProperties;

  return (
    <div className={classes.root} style={props.maxHeight === undefined ? undefined : { maxHeight: props.maxHeight }}>
      {(props.toolbar !== undefined || props.withTools === true) && (
        <div className={classes.toolbar}>
          <div className={classes.toolbarStart}>{props.toolbar}</div>
          {props.withTools === true && (
            <>
              <CopyRows
                label={props.label}
                text={() =>
                  toTabSeparated(
                    visible,
                    sorted.map((row) => row.original),
                  )
                }
              />
              <ColumnMenu columns={columns} visible={visible} onChange={choose} />
            </>
          )}
        </div>
      )}
      <div
        ref={scrollerRef}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={sorted.length + 1}
        aria-colcount={visible.length + (selection === undefined ? 0 : 1)}
        aria-multiselectable={selection === undefined ? undefined : true}
        aria-activedescendant={cursor === null || cursor < first || cursor > last ? undefined : `${id}-${cursor}`}
        style={style}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={classes.header}>
          {selection !== undefined && (
            <div role="columnheader" className={classes.headCell}>
              <Checkbox
                size="xs"
                checked={allSelected}
                indeterminate={!allSelected && selection.ids.size > 0}
                aria-label={t('table.selectAll')}
                onChange={() => selection.onChange(allSelected ? new Set() : new Set(sorted.map((row) => row.id)))}
              />
            </div>
          )}
          <HeaderCells columns={visible} sorting={shownSorting} onSort={callbacks.sort} />
        </div>
        {sorted.length === 0 ? (
          <div role="row" className={classes.empty}>
            <div role="gridcell">{props.empty ?? t('table.empty')}</div>
          </div>
        ) : (
          <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = sorted[item.index];
              if (row === undefined) return null;
              return (
                <TableRow
                  key={row.id}
                  row={row.original}
                  domId={`${id}-${item.index}`}
                  index={item.index}
                  start={item.start}
                  columns={visible}
                  active={item.index === cursor}
                  selected={selection === undefined ? null : selection.ids.has(row.id)}
                  muted={props.muted?.(row.original) ?? false}
                  link={openOnClick === true}
                  selectLabel={selection === undefined ? '' : t('table.select', { name: selection.labelOf(row.id) })}
                  onClick={callbacks.click}
                  onOpen={callbacks.open}
                  onToggle={callbacks.toggle}
                />
              );
            })}
          </div>
        )}
      </div>
    </div>
  );
}
