import { CsvError, parse, type Info } from 'csv-parse/sync';
import { dirname, extname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { openNpy } from '../onnx/npy.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { readFiles } from './content-hash.ts';
import { findLabelColumns, isHeader, nameColumns, namesFiles } from './label-columns.ts';
import { classNamesOf, type Labelled, type LabelRow, type LabelTable } from './label-table.ts';
import { formatDims } from './model-inputs.ts';
import { readTextFile } from './read-text-file.ts';

/** Room for a million rows; a larger table is no list of images that one run can measure. */
const largestTableBytes = 64 * 2 ** 20;
const largestClassListBytes = 2 ** 20;
/** ImageNet's training set has 1.3 million images. */
const mostRows = 2_000_000;
const mostCells = 8_000_000;
/** Characters; the parser takes time in the square of a longer one. */
const longestRow = 65_536;
/** Beside the table: names of the classes, one a line, in the order of the model's outputs. */
const classListName = 'classes.txt';

/** As `readLabelTable`, with what its files held when they were read. */
export async function readHashedLabels(
  path: string,
  allowed: AllowedFolders,
): Promise<LabelTable & { readonly readings: readonly Reading[] }> {
  const own = await readFiles([path]);
  const table = await readLabelTable(path, allowed);
  return { ...table, readings: [...own, ...(await readFiles(table.files.filter((file) => file !== path)))] };
}

/**
 * Reads labels: a table with a header such as `file,label` or `image_id,class`, the same without a header, a plain list of class
 * indices, or an .npy array of them. Separated by commas, semicolons or tabs. Class names are taken where a classes.txt beside the
 * table gives their order.
 * @throws AppError `file-not-found`, `file-unreadable`, `labels-malformed` with the line or the columns.
 */
export async function readLabelTable(path: string, allowed: AllowedFolders): Promise<LabelTable> {
  if (extname(path).toLowerCase() === '.npy') return readLabelArray(path);
  const rows = parseRows(await readTable(path), path);
  if (rows.length === 0) throw malformed(quote(path), tell('labelsFileEmpty'));
  const header = isHeader(rows[0]!.cells) ? rows.shift()!.cells : null;
  if (header !== null && rows.length === 0) throw malformed(quote(path), tell('labelsWithoutRows'));
  const labelColumn = chooseLabelColumn(path, header, rows);
  const holdsNames = rows.every(({ cells }) => cells[labelColumn] !== '' && !isNumber(cells[labelColumn]!));
  if (holdsNames) return labelByName(path, header, rows, labelColumn, allowed);
  const labels = Int32Array.from(rows, ({ cells, line }) => parseLabel(cells[labelColumn]!, path, line));
  return { path, header, rows, labelColumn, labels, notes: [], files: [path] };
}

async function readTable(path: string): Promise<string> {
  try {
    return await readTextFile(path, largestTableBytes);
  } catch (error) {
    if (error instanceof AppError && error.code === 'data-malformed') {
      throw new AppError('labels-malformed', error.said, { cause: error });
    }
    throw error;
  }
}

/** Between "name 7", as ImageNet's val.txt has it, one space; a name with spaces is one cell. */
function findDelimiter(firstLine: string): string {
  const found = [',', '\t', ';'].find((character) => firstLine.includes(character));
  return found ?? (/^\S+ \d+$/.test(firstLine) ? ' ' : ',');
}

function parseRows(text: string, path: string): LabelRow[] {
  // Windows PowerShell writes the type of its objects first.
  const comment = /^#TYPE [^\n]*\n/.exec(text)?.[0] ?? '';
  const body = text.slice(comment.length);
  const firstLine = /^[^\r\n]*/.exec(body)![0];
  const delimiter = findDelimiter(firstLine);
  const skipped = comment === '' ? 0 : 1;
  checkExtent(body, delimiter, path);
  // A row as it comes, without what the library would keep beside each; its types want rows to stay rows.
  const toRow = (cells: readonly string[], { lines }: Info): LabelRow => ({ cells, line: lines + skipped });
  try {
    return parse(body, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      max_record_size: longestRow,
      on_record: toRow as never,
    }) as unknown as LabelRow[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(quote(path), tell('csvMalformed', { reason: error.message }));
  }
}

/** @throws AppError `labels-malformed`, before the table takes many times its size in memory. */
function checkExtent(text: string, delimiter: string, path: string): void {
  const exceeds = (character: string, most: number) => {
    let found = 0;
    for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
      if (++found > most) return true;
    }
    return false;
  };
  if (exceeds('\n', mostRows) || exceeds('\r', mostRows) || exceeds(delimiter, mostCells)) {
    throw malformed(quote(path), tell('labelsTableTooLarge', { rows: mostRows, cells: mostCells }));
  }
}

const isNumber = (cell: string) => cell !== '' && !Number.isNaN(Number(cell));

/** The one column of labels: by the header's names, and of several with such names the one that holds numbers. */
function chooseLabelColumn(path: string, header: readonly string[] | null, rows: readonly LabelRow[]): number {
  const width = rows[0]!.cells.length;
  if (width === 1) return 0;
  const first = (header ?? rows[0]!.cells).join(',');
  const named = header === null ? rows[0]!.cells.map((_, column) => column).slice(0, 8) : findLabelColumns(header);
  if (named.length === 0) {
    throw malformed(quote(path), tell('labelColumnMissing', { header: first }));
  }
  if (named.length === 1) return named[0]!;
  const numeric = named.filter((column) => rows.every(({ cells }) => isNumber(cells[column]!)));
  if (header === null && numeric.length === 0) {
    throw malformed(quote(path), tell('labelsHeaderMissing', { line: first }));
  }
  const [chosen] = numeric;
  const isOne = numeric.every((column) => rows.every(({ cells }) => Number(cells[column]) === Number(cells[chosen!])));
  if (chosen === undefined || !isOne) {
    const columns = nameColumns(header, numeric.length > 1 ? numeric : named);
    throw malformed(quote(path), tell('labelColumnsMany', { columns }));
  }
  return chosen;
}

/** Class names become indices only by a list that says so: their alphabetical order is rarely the model's. */
async function labelByName(
  path: string,
  header: readonly string[] | null,
  rows: readonly LabelRow[],
  labelColumn: number,
  allowed: AllowedFolders,
): Promise<LabelTable> {
  const listPath = join(dirname(path), classListName);
  const classes = listPath === path ? null : await readClassList(listPath, allowed);
  if (classes === null) {
    throw malformed(quote(path), tell('lineNoClassIndex', { line: rows[0]!.line, text: rows[0]!.cells[labelColumn]! }));
  }
  const labels = Int32Array.from(rows, ({ cells, line }) => {
    const index = classes.get(cells[labelColumn]!.normalize('NFC'));
    if (index !== undefined) return index;
    throw malformed(quote(path), tell('lineClassUnknown', { line, name: cells[labelColumn]!, path: listPath }));
  });
  const shown = [...classes].slice(0, 3).map(([name, index]) => `${index} = "${name}"`);
  const list = `${shown.join(', ')}${classes.size > 3 ? ', …' : ''}`;
  const notes = [say('classesListed', { path: listPath, classes: list })];
  const classNames = new Map([...classes].map(([name, index]) => [index, name]));
  return { path, header, rows, labelColumn, labels, classNames, notes, files: [path, listPath] };
}

async function readClassList(path: string, allowed: AllowedFolders): Promise<Map<string, number> | null> {
  let text: string;
  try {
    assertAllowed(path, allowed);
    text = await readTextFile(path, largestClassListBytes);
  } catch (error) {
    if (error instanceof AppError && error.code === 'file-not-found') return null;
    throw error;
  }
  const names = text.split(/\r\n|\n|\r/).map((line) => line.trim().normalize('NFC'));
  while (names.at(-1) === '') names.pop();
  const classes = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name === '') throw malformed(quote(path), tell('classLineEmpty', { line: index + 1 }));
    if (classes.has(name)) throw malformed(quote(path), tell('classLineTwice', { line: index + 1, name }));
    classes.set(name, index);
  }
  return classes;
}

async function readLabelArray(path: string): Promise<LabelTable> {
  const array = await openNpy(path);
  try {
    const count = array.dims[0] ?? 1;
    checkLabelShape(array.dims, count, quote(path));
    const data = await array.readRows(0, count);
    const labels = labelsFromTensor({ ...array, data }, count, quote(path));
    const rows = Array.from(labels, (label, row) => ({ cells: [String(label)], line: row + 1 }));
    return { path, header: null, rows, labelColumn: 0, labels, notes: [], files: [path] };
  } finally {
    await array.close();
  }
}

/** A list of class names, one a line, in the order of the model's outputs; two classes may have one name. */
export async function readClassNames(path: string): Promise<ReadonlyMap<number, string>> {
  const text = await readTextFile(path, largestClassListBytes);
  const names = text.split(/\r\n|\n|\r/).map((line) => line.trim().normalize('NFC'));
  while (names.at(-1) === '') names.pop();
  if (names.length === 0) throw malformed(quote(path), tell('classListEmpty'));
  return new Map(names.entries());
}

/** Labels of `count` samples that have no file names, from a table in sample order. */
export function labelsInOrder(table: LabelTable, count: number, samples: Told): Labelled {
  const { path, header, rows, labelColumn } = table;
  if (header === null ? rows[0]!.cells.length > 1 : namesFiles(header)) {
    throw malformed(quote(path), tell('rowsNameFilesOfSamples', { samples }));
  }
  if (rows.length !== count)
    throw malformed(quote(path), tell('labelsForSamples', { labels: rows.length, count, samples }));
  const note =
    header === null
      ? say('labelsInOrder', { path })
      : say('labelColumnInOrder', { path, column: header[labelColumn]! });
  const notes = [...table.notes, note];
  return { labels: table.labels, notes, classNames: classNamesOf(table, null) };
}

/**
 * Proves that an array has one number for each sample, before it is read.
 * @param where the array's place for messages, such as `"labels" in "data.npz"`.
 */
export function checkLabelShape(dims: readonly number[], count: number, where: Told): void {
  const [size, ...rest] = dims;
  if (size === undefined || rest.some((dim) => dim !== 1)) {
    throw malformed(where, tell('labelsShapeWrong', { shape: formatDims(dims), wanted: `[${count}]` }));
  }
  if (size !== count)
    throw malformed(where, tell('labelsForSamples', { labels: size, count, samples: tell('ofSamples') }));
}

/**
 * Labels from an array of class indices whose shape was checked.
 * @param where the array's place for messages, such as `"labels" in "data.npz"`.
 */
export function labelsFromTensor(tensor: Tensor, count: number, where: Told): Int32Array {
  if (tensor.dataType === 'float16') throw malformed(where, tell('labelsTypeUnsafe', { type: 'float16' }));
  return Int32Array.from({ length: count }, (_, index) =>
    checkLabel(Number(tensor.data[index]), tell('placeRow', { row: index }), where),
  );
}

function parseLabel(cell: string, path: string, line: number): number {
  if (!isNumber(cell)) throw malformed(quote(path), tell('lineNoIndex', { line, text: cell }));
  return checkLabel(Number(cell), tell('placeLine', { line }), quote(path));
}

function checkLabel(value: number, row: Told, where: Told): number {
  if (!Number.isInteger(value)) throw malformed(where, tell('labelNotWhole', { place: row, label: value }));
  if (value < 0) throw malformed(where, tell('labelNegative', { place: row, label: value }));
  if (value > 0x7fff_ffff) throw malformed(where, tell('labelNoIndex', { place: row, label: value }));
  return value;
}

const quote = (path: string) => tell('nameQuoted', { name: path });

export function malformed(where: Told, what: Told): AppError {
  return new AppError('labels-malformed', tell('labelsWrong', { table: where, what }));
}
