import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The history's place when nobody names one: VERNIER_DATABASE, else the platform's folder for user data. */
export function defaultDatabasePath(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['VERNIER_DATABASE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const home = environment['HOME'] ?? homedir();
  const fileName = 'vernier.db';
  if (platform === 'win32') {
    return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Vernier', fileName);
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Vernier', fileName);
  const dataHome = environment['XDG_DATA_HOME'];
  // The XDG specification says to ignore relative paths.
  const base = dataHome?.startsWith('/') === true ? dataHome : join(home, '.local', 'share');
  return join(base, 'vernier', fileName);
}

/** Where compressed models go when nobody names a place: beside the history, each run's in a folder named after it. */
export function modelsFolder(databasePath: string): string {
  return join(dirname(databasePath), 'models');
}

/** Where automatic backups go. */
export function backupsFolder(databasePath: string): string {
  return `${databasePath}-backups`;
}
