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
