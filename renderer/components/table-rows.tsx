import type { VirtualItem } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { TableColumn } from './table-column.ts';
import type { KeyedTree } from './table-keys.ts';
import type { TableProps } from './table-props.ts';
import { TableRow } from './table-row.tsx';
import type { RowActions } from './use-row-actions.ts';
import type { SortedRow } from './use-sorted-rows.ts';

/** The rows in view. */
export function TableRows<Row>(props: {
  readonly table: TableProps<Row>;
  readonly items: readonly VirtualItem[];
  readonly sorted: readonly SortedRow<Row>[];
  readonly columns: readonly TableColumn<Row>[];
  /** Of the table: what ids of its rows begin with. */
  readonly id: string;
  readonly cursor: number | null;
  readonly actions: RowActions;
  readonly keyedTree: KeyedTree | null;
}) {
  const { t } = useTranslation();
  const { table, sorted, cursor, actions, keyedTree } = props;
  const { selection } = table;
  return props.items.map((item) => {
    const row = sorted[item.index];
    if (row === undefined) return null;
    return (
      <TableRow
        key={row.id}
        row={row.original}
        domId={`${props.id}-${item.index}`}
        index={item.index}
        start={item.start}
        columns={props.columns}
        active={item.index === cursor}
        selected={selection === undefined ? null : selection.ids.has(row.id)}
        depth={keyedTree === null ? null : row.depth}
        isOpen={keyedTree?.isOpen(item.index) ?? null}
        muted={table.muted?.(row.original) ?? false}
        link={table.openOnClick === true}
        selectLabel={selection === undefined ? '' : t('table.select', { name: selection.labelOf(row.id) })}
        onClick={actions.click}
        onOpen={actions.open}
        onToggle={actions.toggle}
        onFold={actions.fold}
      />
    );
  });
}
