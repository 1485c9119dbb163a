import { useMergedRef } from '@mantine/hooks';
import type { RowData } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { writeGridWith, writeRows } from './page-markdown.ts';
import { HeaderCells, SelectAll } from './table-header.tsx';
import { keyedTreeOf, onTableKey } from './table-keys.ts';
import type { TableProps } from './table-props.ts';
import { TableRows } from './table-rows.tsx';
import { TableToolbar } from './table-toolbar.tsx';
import { useColumnWidths, useEdgeValues } from './use-column-widths.ts';
import { useRowActions } from './use-row-actions.ts';
import { useSortedRows } from './use-sorted-rows.ts';
import { useVisibleColumns } from './use-visible-columns.ts';
import classes from './table.module.css';

const rowHeightPx = 28;

/**
 * The one table of the window: sorted by TanStack Table, drawn by TanStack Virtual, so that five thousand rows cost as much
 * as thirty. Its rows are one stop in the tab order; arrow keys, Page Up/Down, Home and End move, Enter opens, Space selects.
 */
export function Table<Row extends RowData>(props: TableProps<Row>) {
  const { t } = useTranslation();
  const { selection, activeId = null, onVisibleRange, tree } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [focusedIndex, setFocusedIndex] = useState<number | null>(null);
  const rows = useSortedRows(props);
  const { sorted } = rows;
  const {
    widths,
    isResizing,
    actions: resizing,
    reset: resetWidths,
  } = useColumnWidths(props.columns, props.rows, props.keptAs);
  const shown = useVisibleColumns(props.columns, selection !== undefined, widths);
  const scrollerRef = useMergedRef(scroller, shown.sizeRef);
  const actions = useRowActions(props, rows, setFocusedIndex);
  useEffect(() => {
    if (scroller.current === null) return;
    const write = (): string => writeRows(shown.visible, sorted.map((row) => row.original)); // prettier-ignore
    writeGridWith(scroller.current, write);
  }, [shown.visible, sorted]);

  useEdgeValues(scroller, shown);

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
  useEffect(() => onVisibleRange?.(first, last), [first, last, onVisibleRange]);

  const activeIndex = useMemo(() => {
    if (activeId === null) return null;
    const index = sorted.findIndex((row) => row.id === activeId);
    return index === -1 ? null : index;
  }, [sorted, activeId]);
  const scrollTo = (index: number): void => virtualizer.scrollToIndex(index, { align: 'auto' });
  // A row chosen elsewhere (in a chart) comes into view.
  useEffect(() => {
    if (activeIndex !== null) scrollTo(activeIndex);
    // Only a new choice moves the view, not every re-sort.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [activeId]);

  const keyedTree = useMemo(() => keyedTreeOf(sorted, tree), [sorted, tree]);
  const cursor = activeIndex ?? (focusedIndex !== null && focusedIndex < sorted.length ? focusedIndex : null);
  const style = { '--columns': shown.template, '--minimum-width': `${shown.minimumWidth}px` } as CSSProperties;
  return (
    <div className={classes.root} style={props.maxHeight === undefined ? undefined : { maxHeight: props.maxHeight }}>
      <TableToolbar
        table={props}
        shown={shown}
        sorted={sorted}
        onReset={() => {
          resetWidths();
          shown.reset();
        }}
      />
      <div
        ref={scrollerRef}
        className={classes.scroller}
        role={tree === undefined ? 'grid' : 'treegrid'}
        data-resizing={isResizing || undefined}
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={sorted.length + 1}
        aria-colcount={shown.visible.length + (selection === undefined ? 0 : 1)}
        aria-multiselectable={selection === undefined ? undefined : true}
        aria-activedescendant={cursor === null || cursor < first || cursor > last ? undefined : `${id}-${cursor}`}
        style={style}
        onKeyDown={(event) => {
          const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeightPx) - 2);
          const keyed = { count: sorted.length, cursor, page, isSelectable: selection !== undefined, tree: keyedTree };
          onTableKey(event, keyed, actions, scrollTo);
        }}
      >
        <div role="row" aria-rowindex={1} className={classes.header}>
          {selection !== undefined && <SelectAll selection={selection} sorted={sorted} />}
          <HeaderCells
            columns={shown.visible}
            sorting={rows.sorting}
            onSort={actions.sort}
            resizing={props.withTools === true ? resizing : null}
          />
        </div>
        {sorted.length === 0 ? (
          <div role="row" className={classes.empty}>
            <div role="gridcell">{props.empty ?? t('table.empty')}</div>
          </div>
        ) : (
          <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
            <TableRows {...{ table: props, items, sorted, id, cursor, actions, keyedTree }} columns={shown.visible} />
          </div>
        )}
      </div>
    </div>
  );
}
