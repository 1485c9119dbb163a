import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportedRun } from '../../shared/contract/results.ts';
import { request } from '../api.ts';
import { useFailure } from './use-notify.tsx';
import { navigate } from './use-route.ts';

/** Takes over the runs of a bundle, says what became of them, and shows them: a single one opened, several in the history. */
export function useImport(): (path: string) => void {
  const { t } = useTranslation();
  const fail = useFailure();
  return useCallback(
    (path) => {
      request('runs.import', { path }).then(
        (imported) => {
          const count = (...outcomes: readonly ImportedRun['outcome'][]): number =>
            imported.filter((run) => outcomes.includes(run.outcome)).length;
          const conflicts = count('conflict');
          const parts = [
            t('import.added', { count: count('added', 'restored') }),
            ...(count('present', 'merged') === 0 ? [] : [t('import.present', { count: count('present', 'merged') })]),
            ...(conflicts === 0 ? [] : [t('import.conflict', { count: conflicts })]),
          ];
          notifications.show({
            title: t('import.done'),
            message: parts.join(' · '),
            autoClose: 12_000,
            ...(conflicts === 0 ? {} : { color: 'orange' }),
          });
          const [only] = imported;
          navigate(
            imported.length === 1 && only !== undefined ? { page: 'run', runId: only.runId } : { page: 'history' },
          );
        },
        (error: unknown) => fail(error, t('import.failed')),
      );
    },
    [t, fail],
  );
}
