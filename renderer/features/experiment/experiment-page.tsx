import { Button, Tabs } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { fileNameOf } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { DataPanel } from './data-panel.tsx';
import { DataSection } from './data-section.tsx';
import { canRun, draftFromRequest, newDraft, toRequest, type Draft } from './draft.ts';
import classes from './experiment-page.module.css';
import { MeasuringSection } from './measuring-section.tsx';
import { ModelPanel } from './model-panel.tsx';
import { ModelSection } from './model-section.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { RecipeSection } from './recipe-section.tsx';

export function ExperimentPage(props: {
  readonly modelPath: string | null;
  readonly dataPath: string | null;
  readonly fromRunId: string | null;
}) {
  const { t } = useTranslation();
  const { settings } = useAppState();
  const [draft, setDraft] = useState<Draft>(() => newDraft(props.modelPath, props.dataPath, settings.threads));
  const [tab, setTab] = useState<string | null>('model');
  const [starting, setStarting] = useState(false);
  const [startError, setStartError] = useState<Error | null>(null);
  const change = (patch: Partial<Draft>): void => setDraft((old) => ({ ...old, ...patch }));

  // Files dropped or opened while this page is up arrive in the address.
  const { modelPath: givenModel, dataPath: givenData, fromRunId } = props;
  const [given, setGiven] = useState({ givenModel, givenData });
  if (given.givenModel !== givenModel || given.givenData !== givenData) {
    setGiven({ givenModel, givenData });
    setDraft((old) => ({
      ...old,
      modelPath: givenModel ?? old.modelPath,
      data: givenData === null ? old.data : { ...old.data, path: givenData, random: false },
    }));
  }
  useEffect(() => {
    if (fromRunId === null) return;
    let current = true;
    request('runs.get', { runId: fromRunId }).then(
      (details) => {
        if (current) setDraft(draftFromRequest(details.request, details.row.tags));
      },
      (error: unknown) => {
        if (current) setStartError(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return () => {
      current = false;
    };
  }, [fromRunId]);

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
    request('run.start', { request: run, name: draft.name, tags: [...draft.tags] }).then(
      ({ runId }) => navigate({ page: 'run', runId }),
      (error: unknown) => {
        setStarting(false);
        setStartError(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  const missing = draft.modelPath === null ? t('experiment.needsModel') : !hasData ? t('experiment.needsData') : null;
  const recentPaths = (kind: 'model' | 'data'): string[] =>
    (recent.value ?? []).filter((file) => file.kind === kind && file.present).map((file) => file.path);
  return (
    <Page
      fill
      title={t('navigation.experiment')}
      actions={
        <>
          {missing !== null && <span className="muted">{missing}</span>}
          <Button
            size="sm"
            loading={starting}
            disabled={!canRun(draft)}
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
            onChange={(modelPath) => {
              change({ modelPath, dims: {} });
              setTab('model');
            }}
          />
          <DataSection
            draft={draft}
            recent={recentPaths('data')}
            onChange={(data) => {
              change({ data });
              setTab('data');
            }}
          />
          <RecipeSection draft={draft} inspection={inspection.value} onChange={change} onPlan={() => setTab('plan')} />
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
