import { ActionIcon, Checkbox, HoverCard, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core';
import {
  columnVisibilityFeature,
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
  memo,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type Dispatch,
  type KeyboardEvent,
  type ReactNode,
  type SetStateAction,
} from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';
import { compareCells, toTabSeparated, type CellValue, type TableColumn } from './table-column.ts';
import classes from './table.module.css';

const rowHeightPx = 28;
/** Columns as narrow as this hold one sign and stay so. */
const iconWidthPx = 40;
/** A wide window gives figures some air, and names most of it. */
const usualGrow = 0.5;
const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
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

// Thousands of rows scroll by: a row is drawn again only when something in it changed.
const MemoRow = memo(RowView) as typeof RowView;

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
  const [hidden, setHidden] = useState<Readonly<Record<string, boolean>>>(() =>
    Object.fromEntries(columns.filter((column) => column.initiallyHidden).map((column) => [column.id, false])),
  );
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
  const rowSelection = useMemo<RowSelectionState>(
    () => Object.fromEntries([...(selection?.ids ?? [])].map((selectedId) => [selectedId, true as const])),
    [selection?.ids],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    manualSorting: manual,
    state: { sorting: shownSorting, columnVisibility: hidden, rowSelection },
    onSortingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(shownSorting) : updater;
      const first = next[0];
      if (manual) props.onSort(first === undefined ? null : { column: first.id, descending: first.desc });
      else setSorting(next);
    },
    onColumnVisibilityChange: (updater) => setHidden((old) => (typeof updater === 'function' ? updater(old) : updater)),
  });

  const sorted = table.getRowModel().rows;
  const visible = useMemo(() => columns.filter((column) => hidden[column.id] !== false), [columns, hidden]);
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
              <ColumnMenu columns={columns} hidden={hidden} onChange={setHidden} />
            </>
          )}
        </div>
      )}
      <div
        ref={scroller}
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
                <MemoRow
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

interface ColumnMenuProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly hidden: Readonly<Record<string, boolean>>;
  readonly onChange: Dispatch<SetStateAction<Readonly<Record<string, boolean>>>>;
}

function ColumnMenuView<Row>({ columns, hidden, onChange }: ColumnMenuProps<Row>) {
  const { t } = useTranslation();
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={240}>
      <Menu.Target>
        <Tooltip label={t('table.columns')}>
          <ActionIcon aria-label={t('table.columns')}>
            <Icon name="columns" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={420} className={classes.columnMenu}>
        <Menu.Label>{t('table.columns')}</Menu.Label>
        {columns
          .filter((column) => column.hideable !== false)
          .map((column) => (
            <Menu.CheckboxItem
              key={column.id}
              checked={hidden[column.id] !== false}
              onChange={(shown) => onChange((old) => ({ ...old, [column.id]: shown }))}
            >
              {column.header}
            </Menu.CheckboxItem>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

// Scrolling draws the table again; its menu and header stay as they are.
const ColumnMenu = memo(ColumnMenuView) as typeof ColumnMenuView;

interface HeaderCellsProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly sorting: SortingState;
  readonly onSort: (columnId: string) => void;
}

function HeaderCellsView<Row>({ columns, sorting, onSort }: HeaderCellsProps<Row>): ReactNode {
  return columns.map((column) => {
    const sorted = sorting.find((entry) => entry.id === column.id);
    const state = sorted === undefined ? false : sorted.desc ? 'desc' : 'asc';
    return (
      <div
        key={column.id}
        role="columnheader"
        className={classes.headCell}
        data-align={column.align ?? 'start'}
        aria-sort={state === 'asc' ? 'ascending' : state === 'desc' ? 'descending' : 'none'}
      >
        <HeaderLabel
          column={column}
          state={state}
          onSort={column.sortable === false ? null : () => onSort(column.id)}
        />
      </div>
    );
  });
}

const HeaderCells = memo(HeaderCellsView) as typeof HeaderCellsView;

function HeaderLabel<Row>(props: {
  readonly column: TableColumn<Row>;
  readonly state: false | 'asc' | 'desc';
  readonly onSort: (() => void) | null;
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
        onClick={onSort}
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

export function CopyRows({ label, text }: { label: string; text: () => string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Tooltip label={copied ? t('table.copied') : t('table.copy')}>
      <ActionIcon
        aria-label={t('table.copyNamed', { name: label })}
        onClick={() => {
          void copyText(text()).then(() => {
            setCopied(true);
            window.setTimeout(() => setCopied(false), 1500);
          });
        }}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </ActionIcon>
    </Tooltip>
  );
}
