import { dirname, join } from 'node:path';

/** Where compressed models go when nobody names a place: beside the history, each run's in a folder named after it. */
export function modelsFolder(databasePath: string): string {
  return join(dirname(databasePath), 'models');
}

/** Where automatic backups go. */
export function backupsFolder(databasePath: string): string {
  return `${databasePath}-backups`;
}
