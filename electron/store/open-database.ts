import Database from 'better-sqlite3';

/**
 * Every database is opened here. VERNIER_SQLITE_BINDING names another build of better-sqlite3's native part, for runtimes
 * that its own cannot run in: the prebuilt one needs Node-API 10 (Node 22.14, Electron 36).
 */
export function openDatabase(path: string, options: Database.Options = {}): Database.Database {
  const nativeBinding = process.env['VERNIER_SQLITE_BINDING'];
  const database = new Database(path, nativeBinding === undefined ? options : { ...options, nativeBinding });
  // The hits of a search (run-hits.ts) are gone with the connection: no file for them.
  database.pragma('temp_store = memory');
  return database;
}
