import { stringify } from 'csv-stringify/sync';
import { makeVisible } from '../../../shared/make-visible.ts';

export type CsvValue = string | number | boolean | null;

/** One table of one or more runs. Every row names its run, so that tables of several exports can be put together. */
export interface CsvTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvValue[])[];
}

/**
 * Names come from model files, which strangers may have made: a spreadsheet must not run them. An apostrophe in front is
 * what spreadsheets themselves use for "this is text"; full-width signs are taken for the plain ones by some of them.
 */
function neutralizeFormula(text: string): string {
  return /^\s*[=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
}

function toCell(value: CsvValue): string | number {
  if (value === null) return '';
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  // A control character inside a cell is a trap for readers that split lines first.
  return neutralizeFormula(makeVisible(value));
}

/** RFC 4180: commas, CRLF, quotes doubled inside quoted cells; unknown values are empty. */
export function renderCsv(table: CsvTable, options: { readonly byteOrderMark: boolean }): string {
  return stringify(
    table.rows.map((row) => row.map(toCell)),
    { header: true, columns: [...table.columns], record_delimiter: 'windows', bom: options.byteOrderMark },
  );
}
