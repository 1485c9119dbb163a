import { basename } from 'node:path';
import { say } from '../../../shared/engine-texts/say.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { malformedLine, type TextRow, type TextRows } from './text-row.ts';

/* Texts whose words have tags. */

/** What separates documents in CoNLL's own files. */
export const documentStart = /^-DOCSTART-/;

/** A word a line with its tag in the last column, sentences apart by empty lines. */
export function sentencesOf(path: string, text: string): TextRows {
  const rows: TextRow[] = [];
  let [words, tags, first]: [string[], string[], number] = [[], [], 0];
  const end = (): void => {
    if (words.length > 0)
      rows.push({
        text: words.join(' '),
        pair: null,
        label: null,
        score: null,
        words: { words, tags },
        path,
        line: first,
      });
    [words, tags] = [[], []];
  };
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '' || documentStart.test(line)) {
      end();
      continue;
    }
    // Comments of CoNLL-U are no words: those have columns.
    if (/^#\s/.test(line) && words.length === 0) continue;
    const cells = line.trim().split(/\t|\s+/);
    if (cells.length < 2) throw malformedLine(path, index + 1, tell('wordWithoutTag'));
    if (words.length === 0) first = index + 1;
    words.push(cells[0]!);
    tags.push(cells.at(-1)!);
  }
  end();
  return { rows, notes: rows.length === 0 ? [] : [say('taggedWords', { file: basename(path) })] };
}

type Json = Readonly<Record<string, unknown>>;

/** The words and tags of a line. @throws AppError `data-malformed` unless there is a tag for each word. */
export function rowOfWords(
  path: string,
  line: number,
  value: Json,
  fields: { readonly words: string; readonly tags: string | null },
): TextRow {
  const words = value[fields.words];
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw malformedLine(path, line, tell('fieldNoWords', { field: fields.words }));
  const given = fields.tags === null ? null : value[fields.tags];
  if (given !== null && (!Array.isArray(given) || given.length !== words.length || !given.every(isTag)))
    throw malformedLine(path, line, tell('tagsNotOfWords', { field: fields.tags!, count: words.length }));
  const tags = given === null ? null : given.map(String);
  return { text: words.join(' '), pair: null, label: null, score: null, words: { words, tags }, path, line };
}

const isTag = (value: unknown): boolean => typeof value === 'string' || Number.isInteger(value);
