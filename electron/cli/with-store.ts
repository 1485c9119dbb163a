import { backUpDaily } from '../store/backups.ts';
import { closeStore, openStore } from '../store/open.ts';
import type { Store } from '../store/database.ts';
import { databasePathOf, type CommonOptions } from './options.ts';
import { printNote } from './output.ts';

/** Opens the history for the time of `work`. One that cannot be written is said to be so, and can still be read. */
export async function withStore<T>(options: CommonOptions, work: (store: Store) => T | Promise<T>): Promise<T> {
  const store = openStore(databasePathOf(options));
  try {
    if (store.readOnlyReason !== null) printNote(`warning: ${store.readOnlyReason.message}`);
    return await work(store);
  } finally {
    closeStore(store);
  }
}

/** The day's backup, after something was recorded. Without it everything is recorded just as well: a word, no failure. */
export async function backUpAndWarn(store: Store): Promise<void> {
  try {
    await backUpDaily(store);
  } catch (error) {
    printNote(`warning: the history has no backup of today: ${(error as Error).message}`);
  }
}
