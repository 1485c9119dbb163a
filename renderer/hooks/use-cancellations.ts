import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppState } from './use-app-state.ts';
import { request } from '../api.ts';
import { useFailure } from './use-notify.tsx';

/** Runs being cancelled, of the whole window; one is taken back when the host could not cancel it. */
export function useCancellations(): Pick<AppState, 'cancelling' | 'cancelRun'> {
  const { t } = useTranslation();
  const fail = useFailure();
  const [cancelling, setCancelling] = useState<ReadonlySet<string>>(new Set());
  const cancelRun = useCallback(
    (runId: string) => {
      setCancelling((old) => new Set([...old, runId]));
      request('run.cancel', { runId }).catch((error: unknown) => {
        setCancelling((old) => new Set([...old].filter((other) => other !== runId)));
        fail(error, t('running.cancelFailed'));
      });
    },
    [fail, t],
  );
  return { cancelling, cancelRun };
}
