import { CsvError, parse, type Info } from 'csv-parse/sync';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import {
  findAnswerColumn,
  findLabelColumns,
  findPairColumn,
  findScoreColumn,
  findTextColumn,
} from './label-columns.ts';
import { readTextFile } from './read-text-file.ts';
import { documentStart, rowOfWords, sentencesOf } from './tagged-rows.ts';
import { objectsOfJson } from './question-rows.ts';
import { answersOf, findTaggedFields } from './text-fields.ts';
import { malformedLine, type TextRow, type TextRows } from './text-row.ts';

export type TextKind = 'txt' | 'jsonl' | 'json' | 'csv' | 'conll';

export const textKinds: Readonly<Record<string, TextKind>> = {
  '.txt': 'txt',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.conll': 'conll',
  '.bio': 'conll',
  '.iob': 'conll',
  '.iob2': 'conll',
};

export const largestTextBytes = 64 * 2 ** 20;
const mostRows = 1_000_000;
/** Characters; the parser takes time in the square of a longer row. */
const longestRow = 2 ** 18;
/** Characters of one text; more are a document, or a file of another kind. */
const longestText = 2 ** 20;
const mostShownColumns = 12;

/** Files that lie beside texts, or beside a model, and are none. */
const otherNames = /^(vocab|merges|classes|labels|requirements|readme.*|licen[cs]e.*|notice)\.(txt|csv|tsv)$/i;

/**
 * The texts of a folder: all its files of one kind, by their names. Null where there are none.
 * @throws AppError `data-malformed` where there are files of several kinds.
 */
export async function findTextFiles(
  folder: string,
): Promise<{ readonly kind: TextKind; readonly paths: readonly string[] } | null> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && !otherNames.test(entry.name))
    .flatMap(({ name }) => {
      const kind = textKinds[extname(name).toLowerCase()];
      // Models and data have many a .json beside them: one with texts is named itself.
      return kind === undefined || kind === 'json' ? [] : [{ name, kind }];
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const [first] = found;
  if (first === undefined) return null;
  const other = found.find(({ kind }) => kind !== first.kind);
  if (other !== undefined)
    throw new AppError('data-malformed', tell('textFolderMixed', { folder, first: first.name, other: other.name }));
  return { kind: first.kind, paths: found.map(({ name }) => join(folder, name)) };
}

/**
 * The rows of all files, one behind the other.
 * @throws AppError `data-malformed` with the line; `data-missing` for files without a text; as `readTextFile`.
 */
export async function readTextRows(paths: readonly string[], kind: TextKind): Promise<TextRows> {
  const all: TextRow[] = [];
  const notes: string[] = [];
  let [bytes, lineCount] = [0, 0];
  for (const path of paths) {
    const text = await readTextFile(path, largestTextBytes - bytes);
    bytes += text.length;
    lineCount = assertFewLines(path, text, lineCount);
    const found = readers[kind](path, text);
    const long = found.rows.find((row) => row.text.length + (row.pair?.length ?? 0) > longestText);
    if (long !== undefined) throw malformedLine(path, long.line, tell('textTooLong', { most: longestText }));
    // The columns of the first file stand for those of all.
    if (all.length === 0) notes.push(...found.notes);
    for (const row of found.rows) all.push(row);
  }
  const rows = all.filter((row) => row.text.trim() !== '');
  const folder = dirname(paths[0]!);
  if (rows.length === 0)
    throw new AppError('data-missing', tell('noTextInFile', { path: paths.length === 1 ? paths[0]! : folder }));
  const empty = all.find((row) => row.text.trim() === '');
  if (paths.length > 1) notes.push(say('textFolder', { count: paths.length, folder: basename(folder) }));
  if (empty !== undefined) notes.push(say('emptyTextsLeftOut', { count: all.length - rows.length, line: empty.line }));
  return { rows, notes };
}

/** @param before lines of files before this one. @returns the lines of all. */
function assertFewLines(path: string, text: string, before: number): number {
  let count = before;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (++count > mostRows) throw new AppError('data-malformed', tell('tooManyTextLines', { path, most: mostRows }));
  }
  return count;
}

function linesOf(path: string, text: string): TextRows {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return {
    rows: lines.map((line, index) => ({ text: line, pair: null, label: null, score: null, path, line: index + 1 })),
    notes: [],
  };
}

const readers: Readonly<Record<TextKind, (path: string, text: string) => TextRows>> = {
  txt: (path, text) => (documentStart.test(text) ? sentencesOf(path, text) : linesOf(path, text)),
  jsonl: (path, text) => rowsOfObjects(path, parseLines(path, text)),
  json: (path, text) => rowsOfObjects(path, objectsOfJson(path, text)),
  csv: tableOf,
  conll: sentencesOf,
};

/** Which columns hold what. @throws AppError `data-malformed` where none is called as texts are. */
function chooseColumns(path: string, header: readonly string[]) {
  const text = findTextColumn(header);
  if (text === null) {
    const names = header.slice(0, mostShownColumns).map((name) => `"${name}"`);
    const columns = `${names.join(', ')}${header.length > mostShownColumns ? ', …' : ''}`;
    throw new AppError('data-malformed', tell('noTextColumn', { path, columns }));
  }
  const pair = findPairColumn(header, text);
  const label = findLabelColumns(header).find((column) => column !== text && column !== pair) ?? null;
  const score = findScoreColumn(header);
  const answers = pair === null ? null : findAnswerColumn(header);
  return { text, pair, label, score, answers };
}

function noteColumns(path: string, header: readonly string[], columns: ReturnType<typeof chooseColumns>): string {
  const name = (column: number): string => header[column]!;
  const [file, text] = [basename(path), name(columns.text)];
  const [pair, label] = [columns.pair, columns.label].map((column) => (column === null ? null : name(column)));
  if (pair != null && label != null) return say('pairAndLabelColumns', { file, text, pair, label });
  if (pair != null) return say('pairColumns', { file, text, pair });
  return label == null ? say('textColumn', { file, text }) : say('textAndLabelColumns', { file, text, label });
}

/** Objects or texts, a line each. */
function parseLines(
  path: string,
  text: string,
): { readonly value: string | Readonly<Record<string, unknown>>; readonly line: number }[] {
  return text
    .split(/\r\n|\n|\r/)
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [{ value: parseLine(path, index + 1, line), line: index + 1 }],
    );
}

function rowsOfObjects(path: string, objects: ReturnType<typeof parseLines>): TextRows {
  let columns: ReturnType<typeof chooseColumns> | null = null;
  let header: readonly string[] = [];
  let tagged: { readonly words: string; readonly tags: string | null } | null = null;
  const rows: TextRow[] = [];
  for (const { value, line } of objects) {
    if (typeof value === 'string') {
      rows.push({ text: value, pair: null, label: null, score: null, path, line });
      continue;
    }
    if (header.length === 0) {
      header = Object.keys(value);
      tagged = findTaggedFields(value);
    }
    if (tagged !== null) {
      rows.push(rowOfWords(path, line, value, tagged));
      continue;
    }
    columns ??= chooseColumns(path, header);
    const cell = (column: number | null): unknown => (column === null ? null : (value[header[column]!] ?? null));
    const textOf = (column: number): string => {
      const found = cell(column);
      if (typeof found === 'string') return found;
      throw malformedLine(path, line, tell('fieldNoText', { field: header[column]! }));
    };
    const [label, score] = [cell(columns.label), cell(columns.score)];
    const answers = columns.answers === null ? null : answersOf(cell(columns.answers));
    if (columns.answers !== null && answers === null)
      throw malformedLine(path, line, tell('answersNoTexts', { field: header[columns.answers]! }));
    rows.push({
      text: textOf(columns.text),
      pair: columns.pair === null ? null : textOf(columns.pair),
      label: typeof label === 'string' || typeof label === 'number' ? String(label) : null,
      score: typeof score === 'string' || typeof score === 'number' ? String(score) : null,
      ...(answers === null ? {} : { answers }),
      path,
      line,
    });
  }
  if (tagged !== null) return { rows, notes: [say('taggedWords', { file: basename(path) })] };
  return { rows, notes: columns === null ? [] : [noteColumns(path, header, columns)] };
}

function parseLine(path: string, line: number, text: string): string | Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, with what it should be.
  }
  throw malformedLine(path, line, tell('lineNoJson'));
}

function tableOf(path: string, text: string): TextRows {
  const firstLine = /^[^\r\n]*/.exec(text)![0];
  const delimiter = ['\t', ';', ','].find((character) => firstLine.includes(character)) ?? ',';
  const toRow = (cells: readonly string[], { lines }: Info) => ({ cells, line: lines });
  let parsed: { readonly cells: readonly string[]; readonly line: number }[];
  try {
    parsed = parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
      max_record_size: longestRow,
      on_record: toRow as never,
    }) as unknown as typeof parsed;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformedLine(path, Number(error['lines'] ?? 1), tell('noCsv', { why: error.message }));
  }
  const header = parsed.shift()?.cells ?? [];
  const columns = chooseColumns(path, header);
  const rows = parsed.map(({ cells, line }): TextRow => {
    const cell = (column: number): string => {
      const found = cells[column];
      if (found !== undefined) return found;
      throw malformedLine(path, line, tell('rowTooShort', { cells: cells.length, columns: header.length }));
    };
    return {
      text: cell(columns.text),
      pair: columns.pair === null ? null : cell(columns.pair),
      label: columns.label === null ? null : cell(columns.label),
      score: columns.score === null ? null : cell(columns.score),
      ...(columns.answers === null ? {} : { answers: answersOf(cell(columns.answers)) ?? [] }),
      path,
      line,
    };
  });
  return { rows, notes: [noteColumns(path, header, columns)] };
}
