import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { EndedRun } from './ended-run.tsx';
import { FinishedRun } from './finished-run.tsx';
import { RunActions } from './run-actions.tsx';
import { RunLabels } from './run-labels.tsx';
import { RunTitle } from './run-title.tsx';
import type { Place } from './run-place.ts';

export function RunPage({ runId, ...place }: { readonly runId: string } & Place) {
  const { t } = useTranslation();
  const details = useRequest('runs.get', { runId });
  useHostEvent('run.changed', (change) => {
    if (change.runId === runId) details.reload();
  });
  if (details.error !== null) {
    return (
      <Page title={t('run.title')}>
        <ErrorNotice error={details.error} />
      </Page>
    );
  }
  if (details.value === null) {
    return (
      <Page title={t('run.title')}>
        <Loader size="sm" role="status" aria-label={t('common.loading')} />
      </Page>
    );
  }
  return <RunView details={details.value} place={place} />;
}

function RunView({ details, place }: { readonly details: RunDetails; readonly place: Place }) {
  const { document } = details;
  return (
    <Page
      fill
      title={<RunTitle row={details.row} />}
      actions={<RunActions details={details} />}
      below={<RunLabels row={details.row} />}
    >
      {document === null ? null : document.status === 'done' ? (
        <FinishedRun document={document} details={details} place={place} />
      ) : (
        <EndedRun document={document} details={details} />
      )}
    </Page>
  );
}
