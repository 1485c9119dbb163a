import type Database from 'better-sqlite3';
import { isLong, parseSearch, type SearchTerms } from './search.ts';

/**
 * The runs that a search, a tag or a model leaves, as a temporary table of their keys: counted once, then met by any sort
 * index at the price of one look per run. A search is asked page after page while someone scrolls, so the last one is kept
 * until the history changes.
 */
interface Hits {
  readonly question: string;
  readonly changes: string;
  readonly count: number;
}

const lastHits = new WeakMap<Database.Database, Hits>();

export interface HitFilter {
  readonly text?: string | undefined;
  readonly model?: string | undefined;
  readonly tag?: string | null | undefined;
}

/** Differs after every change of the history, by this connection or another. */
function tellChanges(database: Database.Database): string {
  const own = database.prepare<[], number>('select total_changes()').pluck().get();
  return `${database.pragma('data_version', { simple: true }) as number} ${own}`;
}

interface Source {
  /** Gives run keys of runs that are not deleted. */
  readonly sql: string;
  readonly parameters: readonly string[];
}

const noRun: Source = { sql: 'select runKey from runs where false', parameters: [] };

function searchSources(terms: SearchTerms | null): Source[] {
  if (terms === null) return [noRun];
  const { trigrams, words } = terms;
  return [
    ...(trigrams === null
      ? []
      : [{ sql: 'select rowid from run_trigrams where run_trigrams match ?', parameters: [trigrams] }]),
    ...(words === null ? [] : [{ sql: 'select rowid from run_words where run_words match ?', parameters: [words] }]),
  ];
}

function modelSources(model: string): Source[] {
  const words = model.split(/\s+/);
  // What is short is looked for in the paths themselves: the index of words does not know which of them are the model's.
  const short = words
    .filter((word) => !isLong(word))
    .map((word): Source => ({
      sql: `select runKey from runs where deletedTimestampMs is null and instr(lower(modelPath), lower(?)) > 0`,
      parameters: [word],
    }));
  const long = words.filter(isLong).join(' ');
  const byPath = [...short, ...(long === '' ? [] : searchSources(parseSearch(long, 'model')))];
  if (!/^[0-9a-f]{4,64}$/i.test(model)) return byPath;
  const bySha256 = `select runKey from runs join models on models.modelKey = originalModelKey
    where deletedTimestampMs is null and models.sha256 >= ? and models.sha256 < ?`;
  const lower = model.toLowerCase();
  return [
    {
      sql: `${byPath.map(({ sql }) => `select * from (${sql})`).join(' intersect ')} union ${bySha256}`,
      parameters: [...byPath.flatMap(({ parameters }) => parameters), lower, `${lower}g`],
    },
  ];
}

function listSources({ text = '', model = '', tag = null }: HitFilter): Source[] {
  return [
    ...(text.trim() === '' ? [] : searchSources(parseSearch(text))),
    ...(model.trim() === '' ? [] : modelSources(model.trim())),
    ...(tag === null
      ? []
      : [
          {
            sql: `select runKey from run_tags join tags using (tagKey) where tags.name = ?
              except select runKey from runs indexed by runsDeleted where deletedTimestampMs is not null`,
            parameters: [tag],
          },
        ]),
  ];
}

/**
 * Fills the temporary table `hits (runKey)`.
 * @returns how many they are; null when the filter asks for none of this.
 */
export function collectHits(database: Database.Database, filter: HitFilter): number | null {
  const sources = listSources(filter);
  if (sources.length === 0) return null;
  const question = JSON.stringify(sources);
  const last = lastHits.get(database);
  if (last?.question === question && last.changes === tellChanges(database)) return last.count;
  database.exec('create temp table if not exists hits (runKey integer primary key); delete from hits;');
  const combined = sources.map(({ sql }) => `select * from (${sql})`).join(' intersect ');
  const only = sources.length === 1 ? sources[0]!.sql : combined;
  const count = database
    .prepare(`insert into hits (runKey) ${only}`)
    .run(...sources.flatMap(({ parameters }) => parameters)).changes;
  lastHits.set(database, { question, changes: tellChanges(database), count });
  return count;
}
