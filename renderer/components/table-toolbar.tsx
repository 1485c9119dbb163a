import { ColumnMenu } from './column-menu.tsx';
import { CopyRows } from './copy-rows.tsx';
import { toTabSeparated } from './table-column.ts';
import type { TableProps } from './table-props.ts';
import type { SortedRow } from './use-sorted-rows.ts';
import type { VisibleColumns } from './use-visible-columns.ts';
import classes from './table.module.css';

/** Above the rows: what the page puts there, and copying and choosing columns. */
export function TableToolbar<Row>(props: {
  readonly table: TableProps<Row>;
  readonly shown: VisibleColumns<Row>;
  readonly sorted: readonly SortedRow<Row>[];
  readonly onReset: () => void;
}) {
  const { table, shown, sorted } = props;
  if (table.toolbar === undefined && table.withTools !== true) return null;
  const copied = (): string =>
    toTabSeparated(
      shown.visible,
      sorted.map((row) => row.original),
    );
  return (
    <div className={classes.toolbar} data-uncopied>
      <div className={classes.toolbarStart}>{table.toolbar}</div>
      {table.withTools === true && (
        <>
          <CopyRows label={table.label} text={copied} />
          <ColumnMenu columns={table.columns} visible={shown.visible} onChange={shown.choose} onReset={props.onReset} />
        </>
      )}
    </div>
  );
}
