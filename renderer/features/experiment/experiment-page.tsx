import type { NewRun } from '../../../shared/contract/requests.ts';
import { Button, Loader, Tabs } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { findingsOf } from '../../../shared/findings.ts';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { fileNameOf } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useErrorText } from '../../hooks/use-engine-text.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { DataPanel } from './data-panel.tsx';
import { DataSection } from './data-section.tsx';
import {
  canRun,
  draftFromRequest,
  findRefusal,
  newDraft,
  toRequest,
  withExperiment,
  withFiles,
  type Draft,
  type GivenFiles,
  studyRecipes,
} from './draft.ts';
import classes from './experiment-page.module.css';
import { MeasuringSection } from './measuring-section.tsx';
import { ModelPanel } from './model-panel.tsx';
import { ModelSection } from './model-section.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { PlaceSection } from './place-section.tsx';
import { RecipeSection } from './recipe-section.tsx';

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

function ExperimentForm(
  props: GivenFiles & {
    readonly initialDraft: Draft;
    /** Why there are no settings of an earlier run. */
    readonly initialError: Error | null;
  },
) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [draft, setDraft] = useState(props.initialDraft);
  const [tab, setTab] = useState<string | null>('model');
  const [starting, setStarting] = useState(false);
  const [startError, setStartError] = useState(props.initialError);
  const change = (patch: Partial<Draft>): void => setDraft((old) => ({ ...old, ...patch }));

  // Files dropped or opened while this page is up arrive in the address.
  const { modelPath, dataPath } = props;
  const [given, setGiven] = useState<GivenFiles>({ modelPath, dataPath });
  if (given.modelPath !== modelPath || given.dataPath !== dataPath) {
    setGiven({ modelPath, dataPath });
    setDraft((old) => withFiles(old, { modelPath, dataPath }));
  }

  const recent = useRequest('recent.list', {});
  const inspection = useRequest(
    'model.inspect',
    draft.modelPath === null ? null : { modelPath: draft.modelPath, dims: draft.dims },
  );
  const hasData = draft.data.path !== null || draft.data.random;
  const preview = useRequest(
    'data.preview',
    draft.modelPath === null || !hasData ? null : { modelPath: draft.modelPath, data: draft.data, dims: draft.dims },
  );
  const [planned] = useDebouncedValue(draft, 350);
  const planRequest = useMemo(() => toRequest(planned), [planned]);
  const plan = useRequest('plan.preview', planRequest === null ? null : { request: planRequest });

  function start(): void {
    const run = toRequest(draft);
    if (run === null) return;
    setStarting(true);
    setStartError(null);
    begin(run).then(({ runId }) => navigate({ page: 'run', runId }), refuse);
  }

  const begin = (run: NewRun) =>
    request('run.start', { request: run, name: draft.name, tags: [...draft.tags], place: draft.place });

  function refuse(error: unknown): void {
    setStarting(false);
    setStartError(error instanceof Error ? error : new Error(String(error)));
  }

  /** Both in the queue, and the page that will say which of them wins. */
  async function startStudy(): Promise<void> {
    const run = toRequest(draft);
    if (run === null) return;
    setStarting(true);
    setStartError(null);
    const runIds: string[] = [];
    for (const recipe of studyRecipes(draft)) runIds.push((await begin({ ...run, outPath: null, recipe })).runId);
    navigate({ page: 'compare', runIds });
  }

  const refusal = findRefusal(draft, inspection.error, preview.error);
  const refusalText = refusal === null ? '' : errorText(refusal.error);
  const missing =
    draft.modelPath === null
      ? t('experiment.needsModel')
      : refusal !== null
        ? t(`experiment.refused.${refusal.field}`)
        : !hasData
          ? t('experiment.needsData')
          : null;
  const recentPaths = (kind: 'model' | 'data'): string[] =>
    (recent.value ?? []).filter((file) => file.kind === kind && file.present).map((file) => file.path);
  return (
    <Page
      fill
      title={t('navigation.experiment')}
      actions={
        <>
          {missing !== null && (
            <span id="whyNotRun" className="muted">
              {missing}
            </span>
          )}
          <Button
            size="sm"
            variant="default"
            title={t('experiment.studyHint')}
            disabled={starting || !canRun(draft) || refusal !== null}
            onClick={() => void startStudy().catch(refuse)}
            leftSection={<Icon name="compare" />}
          >
            {t('experiment.study')}
          </Button>
          <Button
            size="sm"
            loading={starting}
            disabled={!canRun(draft) || refusal !== null}
            aria-describedby={missing === null ? undefined : 'whyNotRun'}
            onClick={start}
            leftSection={<Icon name="play" />}
          >
            {t('experiment.run')}
          </Button>
        </>
      }
      below={startError === null ? null : <ErrorNotice error={startError} title={t('experiment.startFailed')} />}
    >
      <div className={classes.columns}>
        <form
          className={classes.form}
          aria-label={t('navigation.experiment')}
          onSubmit={(event) => event.preventDefault()}
        >
          <ModelSection
            draft={draft}
            recent={recentPaths('model')}
            error={refusal?.field === 'model' ? refusalText : null}
            onChange={(path) => {
              change({ modelPath: path, dims: {} });
              setTab('model');
            }}
          />
          <DataSection
            draft={draft}
            recent={recentPaths('data')}
            refusal={refusal === null || refusal.field === 'model' ? null : { field: refusal.field, text: refusalText }}
            onChange={(data) => {
              change({ data });
              setTab('data');
            }}
          />
          <RecipeSection draft={draft} inspection={inspection.value} onChange={change} onPlan={() => setTab('plan')} />
          <PlaceSection place={draft.place} onChange={(place) => change({ place })} />
          <MeasuringSection draft={draft} inspection={inspection.value} onChange={change} />
        </form>
        <Tabs value={tab} onChange={setTab} className={classes.preview} classNames={{ panel: classes.panel }}>
          <Tabs.List>
            <Tabs.Tab value="model">
              {draft.modelPath === null ? t('experiment.tab.model') : fileNameOf(draft.modelPath)}
            </Tabs.Tab>
            <Tabs.Tab value="data">{t('experiment.tab.data')}</Tabs.Tab>
            <Tabs.Tab value="plan">{t('experiment.tab.plan')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="model">
            <ModelPanel path={draft.modelPath} state={inspection} />
          </Tabs.Panel>
          <Tabs.Panel value="data">
            <DataPanel hasModel={draft.modelPath !== null} hasData={hasData} state={preview} />
          </Tabs.Panel>
          <Tabs.Panel value="plan">
            <PlanPanel hasModel={draft.modelPath !== null} state={plan} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </Page>
  );
}
