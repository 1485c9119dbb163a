import { useTranslation } from 'react-i18next';
import { request } from '../api.ts';
import { CancelledError } from '../../shared/app-error.ts';
import { notify, useFailure } from './use-notify.tsx';

/** Times the models of a finished run once more, in their turn; says so where the earlier measurement goes on deciding. */
export function useMeasureAgain(runId: string): () => void {
  const { t } = useTranslation();
  const fail = useFailure();
  return () => {
    request('run.measureAgain', { runId }).then(
      ({ decides }) => {
        if (!decides) notify({ title: t('measure.doneTitle'), message: t('measure.stillBusy'), color: 'orange' });
      },
      (error: unknown) => {
        if (!(error instanceof CancelledError)) fail(error, t('measure.failed'));
      },
    );
  };
}
