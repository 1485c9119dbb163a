import type { ReactNode } from 'react';
import type { TableColumn } from './table-column.ts';

export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

export interface TableSelection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
  readonly labelOf: (id: string) => string;
}

/** Rows that hold others, and which of them show what they hold. */
export interface TableTree<Row> {
  /** Undefined for a row that holds nothing. */
  readonly childrenOf: (row: Row) => readonly Row[] | undefined;
  /** By what `rowId` calls them. */
  readonly open: ReadonlySet<string>;
  readonly onOpen: (row: Row, isOpen: boolean) => void;
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
  /** With `onSortedBy`, the table sorts its rows by this, the first counting most, and leaves keeping it to the page. */
  readonly sortedBy?: readonly TableSort[];
  readonly onSortedBy?: (sorts: readonly TableSort[]) => void;
  /** First and last row on screen, for rows that are loaded as they are needed. */
  readonly onVisibleRange?: (first: number, last: number) => void;
  /** Left of the toolbar: filters, counts. */
  readonly toolbar?: ReactNode;
  /** Copy, choose columns and resize them. */
  readonly withTools?: boolean;
  /** With tools: what the settings call the widths of its columns; without a name they are not kept. */
  readonly keptAs?: string;
  readonly tree?: TableTree<Row>;
  readonly empty?: ReactNode;
  /** Pixels; without it the table fills what its parent leaves. */
  readonly maxHeight?: number;
  readonly muted?: (row: Row) => boolean;
  /** One click opens: for lists of links. */
  readonly openOnClick?: boolean;
}
