import { findClassNameColumns, findFileColumns } from './label-columns.ts';

export interface LabelRow {
  readonly cells: readonly string[];
  /** Line number in the file, from 1. */
  readonly line: number;
}

/** A table of class indices, one row a sample, whose column of labels is known. */
export interface LabelTable {
  readonly path: string;
  /** The columns' names as written; null without a header. */
  readonly header: readonly string[] | null;
  readonly rows: readonly LabelRow[];
  readonly labelColumn: number;
  /** Class index of each row. */
  readonly labels: Int32Array;
  /** Names of classes by their index, where a list beside the table has them. */
  readonly classNames?: ReadonlyMap<number, string>;
  readonly notes: readonly string[];
  /** Everything read, for hashing: the table, and the list of classes where it was needed. */
  readonly files: readonly string[];
}

/** Labels of the samples, and how they came about. */
export interface Labelled {
  readonly labels: Int32Array | null;
  readonly notes: readonly string[];
  readonly classNames?: ReadonlyMap<number, string> | undefined;
}

/**
 * Names of classes by their index: of a list beside the table, else of a column such as `name` that says the same of all rows of a class.
 * @param fileColumn what names the files names no classes.
 */
export function classNamesOf(table: LabelTable, fileColumn: number | null): ReadonlyMap<number, string> | undefined {
  if (table.classNames !== undefined || table.header === null) return table.classNames;
  const columns = findClassNameColumns(table.header).filter(
    (column) => column !== fileColumn && column !== table.labelColumn,
  );
  for (const column of columns) {
    const names = new Map<number, string>();
    const isOne = table.rows.every(({ cells }, row) => {
      const [label, name] = [table.labels[row]!, cells[column] ?? ''];
      if (name === '') return true;
      if (!names.has(label)) names.set(label, name);
      return names.get(label) === name;
    });
    if (isOne && names.size > 0) return names;
  }
  return undefined;
}

/** Whether a table holds nothing but labels, so that they can only be in the order of the samples. */
export function isPlainList({ header, rows }: LabelTable): boolean {
  return rows[0]!.cells.length === 1 && (header === null || findFileColumns(header).length === 0);
}
