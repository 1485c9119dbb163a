import type Database from 'better-sqlite3';
import { prepareOnce } from './database.ts';

/**
 * Searching the history. Two indexes (migrations/0003-nouns.ts), because neither alone finds everything:
 *
 * - `run_trigrams` finds any part of three characters or more, in the middle of a word too: "net50" in "resnet50.onnx".
 * - `run_words` finds shorter words by their beginning, and Chinese, Japanese and Korean text by any one or two of its
 *   characters: most Chinese words have two, and between them nothing separates.
 *
 * Both are derived from the runs, so that a new form of them only needs a new `searchForm`, not a migration.
 */

/** Written into the history; one that holds another is indexed anew when it is opened. */
const searchForm = '1';

/** The length from which the trigram index finds a word. */
const trigramLength = 3;

const ideographs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Every character that is a word of its own, with spaces around it. */
function separateIdeographs(text: string): string {
  return text.replace(ideographs, ' $& ');
}

interface IndexedRow {
  readonly runKey: number;
  readonly deletedTimestampMs: number | null;
  readonly modelPath: string;
  readonly othersJson: string;
}

const indexedRows = `
  select runKey, deletedTimestampMs, modelPath, json_array(runId, runs.name, recipeName, dataPath, errorMessage,
    documentJson ->> '$.verdict[0]', documentJson ->> '$.verdict[1]', notes.text,
    (select group_concat(tags.name, char(10)) from run_tags join tags using (tagKey)
     where run_tags.runKey = runs.runKey)) as othersJson
  from runs join run_documents using (runKey) left join notes using (runKey)`;

function addToIndex(database: Database.Database, { runKey, modelPath, othersJson }: IndexedRow): void {
  const others = (JSON.parse(othersJson) as (string | null)[]).filter((text) => text !== null).join('\n');
  prepareOnce(database, 'insert into run_trigrams (rowid, model, others) values (?, ?, ?)').run(
    runKey,
    modelPath,
    others,
  );
  prepareOnce(database, 'insert into run_words (rowid, words) values (?, ?)').run(
    runKey,
    separateIdeographs(`${modelPath}\n${others}`),
  );
}

/** Part of every transaction that changes what a run can be found by. Deleted runs are found by nothing. */
export function indexRun(database: Database.Database, runKey: number): void {
  removeFromIndex(database, runKey);
  const row = prepareOnce<[number], IndexedRow>(database, `${indexedRows} where runKey = ?`).get(runKey);
  if (row?.deletedTimestampMs === null) addToIndex(database, row);
}

export function removeFromIndex(database: Database.Database, runKey: number): void {
  prepareOnce(database, 'delete from run_trigrams where rowid = ?').run(runKey);
  prepareOnce(database, 'delete from run_words where rowid = ?').run(runKey);
}

export function hasCurrentIndex(database: Database.Database): boolean {
  return prepareOnce(database, `select value from facts where name = 'searchForm'`).pluck().get() === searchForm;
}

/** Part of a transaction. Ten thousand runs take about a second. */
export function rebuildIndex(database: Database.Database): void {
  database.exec(`delete from run_trigrams; delete from run_words;`);
  for (const row of prepareOnce<[], IndexedRow>(database, `${indexedRows} where deletedTimestampMs is null`).all()) {
    addToIndex(database, row);
  }
  prepareOnce(
    database,
    `insert into facts (name, value) values ('searchForm', ?) on conflict do update set value = excluded.value`,
  ).run(searchForm);
}

/** What to ask of each index; null: nothing. */
export interface SearchTerms {
  readonly trigrams: string | null;
  readonly words: string | null;
}

/** Whether the trigram index finds a word; characters beyond the basic plane count as one. */
export function isLong(word: string): boolean {
  return Array.from(word).length >= trigramLength;
}

/** An FTS5 string: nothing in it is an operator. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/**
 * Splits what a person typed into words that must all occur, in any order and in upper or lower case.
 * @returns null when there is nothing in it to search for.
 */
export function parseSearch(text: string, column: 'model' | null = null): SearchTerms | null {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const prefix = column === null ? '' : `${column} : `;
  const long = words.filter(isLong).map((word) => prefix + quote(word));
  const short = words
    // Punctuation is in no index of words.
    .filter((word) => !isLong(word) && /[\p{L}\p{N}]/u.test(word))
    // The star: what begins like this.
    .map((word) => `${quote(separateIdeographs(word).trim())} *`);
  if (long.length === 0 && short.length === 0) return null;
  return {
    trigrams: long.length === 0 ? null : long.join(' AND '),
    words: short.length === 0 ? null : short.join(' AND '),
  };
}
