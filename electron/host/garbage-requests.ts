import type { RequestName } from '../../shared/contract/requests.ts';
import { listGarbage, removeGarbage } from '../store/collect-garbage.ts';
import type { Store } from '../store/database.ts';
import { nameOfGarbage } from '../store/garbage.ts';
import type { Handlers } from './answer-request.ts';

/** What a history needs no more: shown, and removed where that was agreed to. */
export function createGarbageHandlers(store: Store): Handlers<Extract<RequestName, `garbage.${string}`>> {
  return {
    'garbage.list': ({ deletedForDays }) =>
      listGarbage(store, { deletedForDays }).map((item) => ({
        kind: item.kind,
        name: nameOfGarbage(item),
        reason: item.reason,
        sizeBytes: item.sizeBytes,
      })),
    'garbage.remove': ({ deletedForDays, names }) => {
      const agreed = new Set(names);
      // Looked for again: only what was shown goes, and only while it is still nobody's.
      const garbage = listGarbage(store, { deletedForDays }).filter((item) => agreed.has(nameOfGarbage(item)));
      return removeGarbage(store, garbage);
    },
  };
}
