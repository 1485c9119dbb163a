import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';

/** One text, or two that belong together, as a file has them. */
export interface TextRow {
  readonly text: string;
  readonly pair: string | null;
  /** As written; null where the file says none. */
  readonly label: string | null;
  /** A number that somebody gave it, as written; null where the file says none. */
  readonly score: string | null;
  /** The words of a text that has them apart, and their tags as written; not there for others. */
  readonly words?: { readonly words: readonly string[]; readonly tags: readonly string[] | null };
  /** Right answers to a question; none where the text has none. Not there where nobody says. */
  readonly answers?: readonly string[];
  /** The file, and the line in it from 1. */
  readonly path: string;
  readonly line: number;
}

export interface TextRows {
  readonly rows: readonly TextRow[];
  readonly notes: readonly string[];
}

export const malformedLine = (path: string, line: number, what: Told): AppError =>
  new AppError('data-malformed', tell('textLineMalformed', { path, line, what }));
