import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';

/**
 * Every database is opened here. VERNIER_SQLITE_BINDING names another build of better-sqlite3's native part, for runtimes
 * that its own cannot run in: the prebuilt one needs Node-API 10 (Node 22.14, Electron 36).
 */
function open(path: string | Buffer, options: Database.Options = {}): Database.Database {
  const nativeBinding = process.env['VERNIER_SQLITE_BINDING'];
  const database = new Database(path, nativeBinding === undefined ? options : { ...options, nativeBinding });
  // The hits of a search (run-hits.ts) are gone with the connection: no file for them.
  database.pragma('temp_store = memory');
  return database;
}

export function openDatabase(path: string, options: Database.Options = {}): Database.Database {
  return open(path, options);
}

/** The bytes of the header that say how the file is written and read: 1 is without a write-ahead log, 2 is with one. */
const formatBytes = [18, 19];

/**
 * Reads a database of which nothing else is in use into memory: where not even a lock can be written beside it, SQLite
 * cannot open one that is meant for a write-ahead log.
 */
export function openInMemory(path: string): Database.Database {
  const content = readFileSync(path);
  for (const position of formatBytes) content[position] = 1;
  return open(content, { readonly: true });
}
