import type { RequestName } from '../../shared/contract/requests.ts';
import { forgetComparison, listComparisons, saveComparison } from '../store/comparisons.ts';
import type { Store } from '../store/database.ts';
import type { Handlers } from './answer-request.ts';

/** Comparisons that people saved. */
export function createComparisonHandlers(store: Store): Handlers<Extract<RequestName, `comparisons.${string}`>> {
  return {
    'comparisons.list': () => listComparisons(store),
    'comparisons.save': ({ name, runIds }) => {
      saveComparison(store, name, runIds);
      return listComparisons(store);
    },
    'comparisons.delete': ({ name }) => {
      forgetComparison(store, name);
      return listComparisons(store);
    },
  };
}
