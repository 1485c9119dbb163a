import { useCallback } from 'react';
import type { RequestInput } from '../../../shared/contract/requests.ts';
import { request } from '../../api.ts';
import { useFailure } from '../../hooks/use-notify.tsx';

/** Writes on a run what people say of it; where that fails it is said, and `takeBack` shows what is still true. */
export function useRunUpdate(
  runId: string,
): (changes: Omit<RequestInput<'runs.update'>, 'runId'>, takeBack?: () => void) => void {
  const fail = useFailure();
  return useCallback(
    (changes, takeBack) => {
      request('runs.update', { runId, ...changes }).catch((error: unknown) => {
        takeBack?.();
        fail(error);
      });
    },
    [runId, fail],
  );
}
