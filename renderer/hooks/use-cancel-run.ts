import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../api.ts';
import { useFailure } from './use-notify.tsx';

/**
 * Cancels a run and says so from the click on, not from the host's answer: the engine may take a moment to stop, above all
 * on a busy machine. Taken back when the host could not cancel.
 */
export function useCancelRun(runId: string): { readonly cancelling: boolean; readonly cancel: () => void } {
  const { t } = useTranslation();
  const fail = useFailure();
  const [cancelling, setCancelling] = useState(false);
  function cancel(): void {
    setCancelling(true);
    request('run.cancel', { runId }).catch((error: unknown) => {
      setCancelling(false);
      fail(error, t('running.cancelFailed'));
    });
  }
  return { cancelling, cancel };
}
