import { CsvError, parse, type Info } from 'csv-parse/sync';
import { extname } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { openNpy } from '../onnx/npy.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { formatDims } from './model-inputs.ts';
import { readTextFile } from './read-text-file.ts';

export interface LabelRow {
  /** As written in the file; null when the table has no file column. */
  readonly file: string | null;
  readonly label: number;
  /** Line number in the file, from 1. */
  readonly line: number;
}

/** Class indices read from text: by file name (`file,label[,name]`), or one a line in the order of the samples. */
export interface LabelTable {
  readonly path: string;
  readonly namesFiles: boolean;
  readonly rows: readonly LabelRow[];
}

/**
 * Reads labels.csv (header `file,label[,name]`), a CSV with a `label` column, a plain list of class indices, or
 * an .npy array of them.
 * @throws AppError `file-not-found`, `labels-malformed` with the line.
 */
export async function readLabelTable(path: string): Promise<LabelTable> {
  if (extname(path).toLowerCase() === '.npy') return readLabelArray(path);
  const text = await readTextFile(path);
  let records: { record: string[]; info: Info }[];
  try {
    records = parse(text, { bom: true, skip_empty_lines: true, trim: true, info: true }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(quote(path), `not well-formed CSV (${error.message})`);
  }
  if (records.length === 0) throw malformed(quote(path), 'the file is empty');
  const header = records[0]!.record.map((cell) => cell.toLowerCase());
  const labelColumn = header.indexOf('label');
  const fileColumn = header.indexOf('file');
  if (labelColumn === -1 && header.length > 1) {
    throw malformed(
      quote(path),
      `the first line is "${records[0]!.record.join(',')}" instead of the header "file,label" (or "file,label,name")`,
    );
  }
  const isPlainList = labelColumn === -1;
  const rows = (isPlainList ? records : records.slice(1)).map(({ record, info }): LabelRow => {
    const line = info.lines;
    const label = parseLabel(record[isPlainList ? 0 : labelColumn]!, path, line);
    if (fileColumn === -1) return { file: null, label, line };
    const file = record[fileColumn]!;
    if (file === '') throw malformed(quote(path), `line ${line} names no file`);
    return { file, label, line };
  });
  if (rows.length === 0) throw malformed(quote(path), 'there is a header but no row');
  return { path, namesFiles: !isPlainList && fileColumn !== -1, rows };
}

async function readLabelArray(path: string): Promise<LabelTable> {
  const array = await openNpy(path);
  try {
    const count = array.dims[0] ?? 1;
    const data = await array.readRows(0, count);
    const labels = labelsFromTensor({ ...array, data }, count, quote(path));
    return {
      path,
      namesFiles: false,
      rows: Array.from(labels, (label, row) => ({ file: null, label, line: row + 1 })),
    };
  } finally {
    await array.close();
  }
}

/** Labels of `count` samples from a table in sample order. */
export function labelsInOrder(table: LabelTable, count: number, samples: string): Int32Array {
  if (table.namesFiles) {
    throw malformed(
      quote(table.path),
      `the rows name files, but the samples are ${samples}. Give one label a line, in the order of the samples`,
    );
  }
  if (table.rows.length !== count) {
    throw malformed(quote(table.path), `${table.rows.length} labels for ${count} ${samples}`);
  }
  return Int32Array.from(table.rows, (row) => row.label);
}

/**
 * Labels from an array of class indices.
 * @param where the array's place for messages, such as `"labels" in "data.npz"`.
 */
export function labelsFromTensor(tensor: Tensor, count: number, where: string): Int32Array {
  const [size, ...rest] = tensor.dims;
  if (size === undefined || rest.some((dim) => dim !== 1)) {
    throw malformed(
      where,
      `the shape is ${formatDims(tensor.dims)} instead of [${count}]. Store class indices, one a sample (of one-hot rows: the argmax)`,
    );
  }
  if (size !== count) throw malformed(where, `${size} labels for ${count} samples`);
  if (tensor.dataType === 'float16') throw malformed(where, 'float16 cannot hold class indices safely; store integers');
  return Int32Array.from({ length: count }, (_, index) =>
    checkLabel(Number(tensor.data[index]), `row ${index}`, where),
  );
}

function parseLabel(cell: string, path: string, line: number): number {
  const value = cell === '' ? NaN : Number(cell);
  if (Number.isNaN(value)) throw malformed(quote(path), `line ${line} has "${cell}" where a class index should be`);
  return checkLabel(value, `line ${line}`, quote(path));
}

function checkLabel(value: number, row: string, where: string): number {
  if (!Number.isInteger(value)) throw malformed(where, `${row} has the label ${value}, which is not a whole number`);
  if (value < 0) throw malformed(where, `${row} has the label ${value}; class indices start at 0`);
  if (value > 0x7fff_ffff) throw malformed(where, `${row} has the label ${value}, which is no class index`);
  return value;
}

const quote = (path: string) => `"${path}"`;

function malformed(where: string, what: string): AppError {
  return new AppError('labels-malformed', `Labels ${where}: ${what}. Correct the labels and try again.`);
}
