import { dirname, join, relative, sep } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import type { ImageFolder } from './find-images.ts';
import { findClassNameColumns, findFileColumns, nameColumns } from './label-columns.ts';
import { classNamesOf, isPlainList, type Labelled, type LabelTable } from './label-table.ts';
import { malformed } from './labels.ts';

/** One folder per class, numbered in sorted order as torchvision's ImageFolder does; a flat folder is unlabelled. */
export function labelByFolder(folder: ImageFolder): Labelled {
  const flatCount = folder.names.filter((name) => !name.includes('/')).length;
  if (flatCount === folder.names.length) return { labels: null, notes: [] };
  if (flatCount > 0) {
    throw new AppError(
      'labels-malformed',
      tell('imagesBesideClasses', {
        path: folder.path,
        count: flatCount,
        folders: folder.subfolders.slice(0, 3).join(', '),
      }),
    );
  }
  const classes = folder.subfolders;
  if (classes.length === 1) {
    return {
      labels: null,
      notes: [say('oneSubfolder', { name: classes[0]! })],
    };
  }
  const classOf = (file: string) => file.slice(0, file.indexOf('/'));
  const filled = new Set(folder.names.map(classOf));
  const empty = classes.find((name) => !filled.has(name));
  if (empty !== undefined) {
    throw new AppError('labels-malformed', tell('classFolderEmpty', { name: empty, path: folder.path }));
  }
  const indices = new Map(classes.map((name, index) => [name, index]));
  const labels = Int32Array.from(folder.names, (file) => indices.get(classOf(file))!);
  const shown = classes.slice(0, 3).map((name, index) => `${index} = "${name}"`);
  const notes = [say('classFolders', { classes: `${shown.join(', ')}${classes.length > 3 ? ', …' : ''}` })];
  const misleading = classes.findIndex((name, index) => /^\d+$/.test(name) && Number(name) !== index);
  if (misleading !== -1) notes.push(say('classFolderNumber', { name: classes[misleading]!, index: misleading }));
  return { labels, notes, classNames: new Map(classes.entries()) };
}

/** Of a path in a table, so many last parts may be what the folder of the images calls it. */
const mostParts = 32;

const withoutExtension = (name: string) => name.replace(/\.[^./]*$/, '');
/** macOS stores names decomposed where tables have them composed; Windows separates folders by backslashes. */
const normalizeName = (name: string) =>
  name
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '');

/** The images that a name in a table may mean: its exact path, else without extension, else by the end of a longer path. */
type ImageFinder = (name: string) => { readonly found: readonly number[]; readonly isExact: boolean };

function createImageFinder(folder: ImageFolder, tablePath: string): ImageFinder {
  const paths = new Map<string, Set<number>>();
  const stems = new Map<string, Set<number>>();
  const bases = new Map<string, Set<number>>();
  const add = (map: Map<string, Set<number>>, key: string, index: number) => {
    const places = map.get(key);
    if (places === undefined) map.set(key, new Set([index]));
    else places.add(index);
  };
  for (const [index, name] of folder.names.entries()) {
    const besideTable = relative(dirname(tablePath), join(folder.path, name)).split(sep).join('/');
    for (const path of [name, besideTable].map(normalizeName)) {
      add(paths, path, index);
      add(stems, withoutExtension(path), index);
    }
    const base = normalizeName(name.slice(name.lastIndexOf('/') + 1));
    add(bases, base, index);
    add(bases, withoutExtension(base), index);
  }
  return (name) => {
    const parts = normalizeName(name).split('/').slice(-mostParts);
    for (let first = 0; first < parts.length; first++) {
      const path = parts.slice(first).join('/');
      const exact = paths.get(path);
      const found = exact ?? stems.get(path);
      if (found !== undefined) return { found: [...found], isExact: exact !== undefined && path === name };
    }
    return { found: parts.length === 1 ? [...(bases.get(parts[0]!) ?? [])] : [], isExact: false };
  };
}

/** One column of a table, taken for the names of the images. */
interface Reading {
  readonly column: number;
  /** The image of each row. */
  readonly images: readonly number[];
  /** Why the first row without one image has none; null when all have one. */
  readonly problem: Told | null;
  readonly inexact: { readonly name: string; readonly image: number } | null;
}

function readColumn(folder: ImageFolder, table: LabelTable, column: number, find: ImageFinder): Reading {
  const images: number[] = [];
  let problem: Told | null = null;
  let inexact: Reading['inexact'] = null;
  for (const { cells, line } of table.rows) {
    const name = cells[column]!;
    const { found, isExact } = find(name);
    if (found.length === 1) {
      images.push(found[0]!);
      if (!isExact) inexact ??= { name, image: found[0]! };
    } else problem ??= explainNoImage(folder, name, line, found);
  }
  return { column, images, problem, inexact };
}

function explainNoImage(folder: ImageFolder, name: string, line: number, found: readonly number[]): Told {
  if (name === '') return tell('lineWithoutFile', { line });
  if (found.length > 1) {
    const [one, other] = found.map((index) => folder.names[index]!);
    return tell('lineFileAmbiguous', { line, name, one: one!, other: other! });
  }
  return folder.undecodable.includes(normalizeName(name))
    ? tell('lineImageUndecodable', { line, name })
    : tell('lineImageMissing', { line, name, folder: folder.path });
}

/** The one column that names the images: of several that may, the one all of whose rows do. */
function chooseReading(folder: ImageFolder, table: LabelTable): Reading {
  const { path, header, rows, labelColumn } = table;
  const columns = header === null ? rows[0]!.cells.map((_, column) => column).slice(0, 8) : findFileColumns(header);
  const candidates = columns.filter((column) => column !== labelColumn);
  const where = tell('nameQuoted', { name: path });
  const first = (header ?? rows[0]!.cells).join(',');
  if (candidates.length === 0) {
    throw malformed(where, tell('fileColumnMissing', { header: first }));
  }
  const find = createImageFinder(folder, path);
  const readings = candidates.map((column) => readColumn(folder, table, column, find));
  const whole = readings.filter(({ problem }) => problem === null);
  const [chosen] = whole;
  if (chosen === undefined) {
    if (header === null) {
      throw malformed(where, tell('labelsHeaderMissing', { line: first }));
    }
    const best = readings.reduce((a, b) => (b.images.length > a.images.length ? b : a));
    throw malformed(where, best.problem!);
  }
  const isOne = whole.every(({ images }) => images.every((image, row) => image === chosen.images[row]));
  if (!isOne) {
    const named = nameColumns(
      header,
      whole.map(({ column }) => column),
    );
    throw malformed(where, tell('fileColumnsMany', { columns: named }));
  }
  return chosen;
}

/** Files in a table are relative to its own folder or to the folder of the images. */
export function labelByTable(folder: ImageFolder, table: LabelTable): Labelled {
  const where = tell('nameQuoted', { name: table.path });
  if (isPlainList(table)) {
    if (table.rows.length !== folder.names.length) {
      throw malformed(
        where,
        tell('labelsForSamples', { labels: table.rows.length, count: folder.names.length, samples: tell('ofImages') }),
      );
    }
    const note = say('labelsByName', { path: table.path });
    return { labels: table.labels, notes: [...table.notes, note], classNames: table.classNames };
  }
  const reading = chooseReading(folder, table);
  const labels = new Int32Array(folder.names.length).fill(-1);
  for (const [row, image] of reading.images.entries()) {
    const { cells, line } = table.rows[row]!;
    if (labels[image] !== -1) throw malformed(where, tell('lineImageTwice', { line, name: cells[reading.column]! }));
    labels[image] = table.labels[row]!;
  }
  const missing = labels.indexOf(-1);
  if (missing !== -1) {
    const count = labels.filter((label) => label === -1).length;
    throw malformed(where, tell('imagesWithoutRow', { count, name: folder.names[missing]! }));
  }
  const notes = [...table.notes, ...tellReading(folder, table, reading)];
  return { labels, notes, classNames: classNamesOf(table, reading.column) };
}

/** Columns have numbers from 0, and are told from 1. */
function tellColumns(
  path: string,
  header: readonly string[] | null,
  { file, label }: { readonly file: number; readonly label: number },
  others: string | null,
): string {
  if (header === null) {
    const columns = { path, file: file + 1, label: label + 1 };
    return others === null ? say('labelColumnsBare', columns) : say('labelColumnsBareOthers', { ...columns, others });
  }
  const columns = { path, file: header[file]!, label: header[label]! };
  return others === null ? say('labelColumns', columns) : say('labelColumnsOthers', { ...columns, others });
}

function tellReading(folder: ImageFolder, table: LabelTable, { column, inexact }: Reading): string[] {
  const { path, header, rows, labelColumn } = table;
  const naming = header === null || classNamesOf(table, column) === undefined ? [] : findClassNameColumns(header);
  const others = rows[0]!.cells
    .map((_, index) => index)
    .filter((index) => index !== column && index !== labelColumn && !naming.includes(index));
  const unused = others.length === 0 ? null : nameColumns(header, others.slice(0, 5));
  const used = tellColumns(path, header, { file: column, label: labelColumn }, unused);
  if (inexact === null) return [used];
  return [used, say('namesMatched', { path, name: inexact.name, image: folder.names[inexact.image]! })];
}
