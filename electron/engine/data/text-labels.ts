import { basename } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { TextRow } from './text-row.ts';

/** Names of classes by their index, and the file that has them. */
export interface NamedClasses {
  readonly path: string;
  readonly names: ReadonlyMap<number, string>;
}

const mostShownNames = 6;
const isClassIndex = (cell: string): boolean => /^\d{1,9}$/.test(cell);

/** `id2label` of a model's `config.json`; null where it has none. */
export function classesOfConfig(path: string, config: Readonly<Record<string, unknown>>): NamedClasses | null {
  const found = config['id2label'];
  if (typeof found !== 'object' || found === null) return null;
  const names = new Map<number, string>();
  for (const [index, name] of Object.entries(found)) {
    if (isClassIndex(index) && typeof name === 'string') names.set(Number(index), name);
  }
  return names.size === 0 ? null : { path, names };
}

function indexOfName(name: string, { names }: NamedClasses): number | undefined {
  const wanted = name.normalize('NFC');
  const exact = [...names].find(([, own]) => own.normalize('NFC') === wanted);
  const alike = [...names].filter(([, own]) => own.normalize('NFC').toLowerCase() === wanted.toLowerCase());
  return exact?.[0] ?? (alike.length === 1 ? alike[0]![0] : undefined);
}

/**
 * The class index of each row: as written, or of a name by the classes' names.
 * @returns null where no row has a label.
 * @throws AppError `labels-malformed` with the line.
 */
export function labelsOfRows(rows: readonly TextRow[], classes: NamedClasses | null): Int32Array | null {
  if (rows.every(({ label }) => label === null)) return null;
  const read = createLabelReader(classes);
  return Int32Array.from(rows, (row) => read(row, row.label ?? ''));
}

/** The classes of the words of each row, in the same way. @param rows that all have tags. */
export function tagsOfRows(rows: readonly TextRow[], classes: NamedClasses | null): Int32Array[] {
  const read = createLabelReader(classes);
  return rows.map((row) => Int32Array.from(row.words?.tags ?? [], (tag) => read(row, tag)));
}

/** Reads labels as they are written; names are looked up once. */
function createLabelReader(classes: NamedClasses | null) {
  const known = new Map<string, number>();
  return (row: TextRow, written: string): number => {
    const refuse = (what: Told): AppError =>
      new AppError('labels-malformed', tell('textLabelMalformed', { path: row.path, line: row.line, what }));
    const cell = written.trim();
    if (cell === '') throw refuse(tell('labelMissing'));
    if (isClassIndex(cell)) return Number(cell);
    const seen = known.get(cell);
    if (seen !== undefined) return seen;
    if (/^[+-]?[\d.]+$/.test(cell)) throw refuse(tell('textLabelNoIndex', { label: cell }));
    if (classes === null) throw refuse(tell('labelNameUnknown', { label: cell }));
    const index = indexOfName(cell, classes);
    if (index === undefined) {
      const names = [...classes.names.values()].slice(0, mostShownNames).map((name) => `"${name}"`);
      const shown = `${names.join(', ')}${classes.names.size > mostShownNames ? ', …' : ''}`;
      throw refuse(tell('labelNotAmong', { label: cell, file: basename(classes.path), classes: shown }));
    }
    known.set(cell, index);
    return index;
  };
}
