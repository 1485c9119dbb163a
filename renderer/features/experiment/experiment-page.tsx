import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { findingsOf } from '../../../shared/findings.ts';
import { Page } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { draftFromRequest, newDraft, withExperiment, withFiles, type GivenFiles } from './draft.ts';
import { ExperimentForm } from './experiment-form.tsx';

export function ExperimentPage({
  fromRunId,
  mend,
  ...files
}: GivenFiles & { readonly fromRunId: string | null; readonly mend: string | null }) {
  const { t } = useTranslation();
  const { settings } = useAppState();
  const from = useRequest('runs.get', fromRunId === null ? null : { runId: fromRunId });
  // No form before its settings are known: what is typed into it meanwhile would be lost.
  if (from.loading) {
    return (
      <Page title={t('navigation.experiment')}>
        <Loader size="sm" role="status" aria-label={t('common.loading')} />
      </Page>
    );
  }
  const run = from.value?.document ?? null;
  const experiment =
    run?.status === 'done' ? (findingsOf(run).find(({ kind }) => kind === mend)?.experiment ?? null) : null;
  const asked =
    from.value === null ? newDraft(settings.threads) : draftFromRequest(from.value.request, from.value.row.tags);
  const draft = experiment === null ? asked : withExperiment(asked, experiment);
  return <ExperimentForm {...files} initialDraft={withFiles(draft, files)} initialError={from.error} />;
}
