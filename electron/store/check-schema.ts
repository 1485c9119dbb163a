import type Database from 'better-sqlite3';
import { AppError } from '../../shared/app-error.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import { migrations } from './migrations/all.ts';
import { openDatabase } from './open-database.ts';

/*
 * A history may come from anywhere: restored from a file that somebody sent, or named on the command line. A view in the
 * place of a table can have rows without end, and a trigger does what its author likes. So a history has the tables that the
 * migrations make, column by column, and nothing beside them.
 */

interface SchemaObject {
  readonly type: string;
  readonly name: string;
}

/** Type and name of everything in a database, and the columns of its tables, one line each. */
function describeSchema(database: Database.Database): Set<string> {
  const objects = database
    .prepare<[], SchemaObject>(`select type, name from sqlite_schema where name not like 'sqlite^_%' escape '^'`)
    .all();
  const columns = database.prepare<[string], string>(
    `select name || ' ' || type || ' ' || "notnull" || ' ' || pk || ' ' || hidden from pragma_table_xinfo(?)`,
  );
  return new Set(
    objects.flatMap(({ type, name }) => [
      `${type} ${name}`,
      ...(type === 'table'
        ? columns
            .pluck()
            .all(name)
            .map((column) => `column ${name}.${column}`)
        : []),
    ]),
  );
}

const expected = new Map<number, Set<string>>();

function expectSchema(version: number): Set<string> {
  let schema = expected.get(version);
  if (schema === undefined) {
    const database = openDatabase(':memory:');
    for (const { sql } of migrations.slice(0, version)) database.exec(sql);
    expected.set(version, (schema = describeSchema(database)));
    database.close();
  }
  return schema;
}

/** @returns what a history of this version lacks, or has and no migration made; null when it is as it should be. */
export function findForeignSchema(database: Database.Database, version: number): Told | null {
  const found = describeSchema(database);
  // Of a later version only this is known: that it has neither views nor triggers.
  if (version > migrations.length) {
    const [program] = [...found].filter((line) => /^(view|trigger) /.test(line));
    return program === undefined ? null : tell('backupHoldsForeign', { what: program });
  }
  const wanted = expectSchema(version);
  for (const line of found) if (!wanted.has(line)) return tell('backupHoldsForeign', { what: line });
  for (const line of wanted) if (!found.has(line)) return tell('backupLacks', { what: line });
  return null;
}

/** @throws AppError `database-corrupt` before anything is read from tables that Vernier did not make. */
export function assertOwnSchema(database: Database.Database, path: string, version: number): void {
  const foreign = findForeignSchema(database, version);
  if (foreign === null) return;
  throw new AppError('database-corrupt', tell('historyChanged', { path, what: foreign }));
}
