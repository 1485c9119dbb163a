import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { useErrorText } from '../../hooks/use-engine-text.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { DataSection } from './data-section.tsx';
import { findRefusal, type Draft, type GivenFiles } from './draft.ts';
import classes from './experiment-page.module.css';
import { GatesSection } from './gates-section.tsx';
import { MeasuringSection } from './measuring-section.tsx';
import { ModelSection } from './model-section.tsx';
import { PlaceSection } from './place-section.tsx';
import { PreviewTabs } from './preview-tabs.tsx';
import { RecipeSection } from './recipe-section.tsx';
import { RecordSection } from './record-section.tsx';
import { StartButtons } from './start-buttons.tsx';
import { useDraft } from './use-draft.ts';
import { usePreviews } from './use-previews.ts';
import { useStart } from './use-start.ts';

/** The sections of an experiment, and beside them what the engine says of it so far. */
export function ExperimentForm({
  initialDraft,
  initialError,
  ...files
}: GivenFiles & {
  readonly initialDraft: Draft;
  /** Why there are no settings of an earlier run. */
  readonly initialError: Error | null;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { draft, change } = useDraft(initialDraft, files);
  const [tab, setTab] = useState<string | null>('model');
  const recent = useRequest('recent.list', {});
  const previews = usePreviews(draft);
  const start = useStart(draft, initialError);
  const refusal = findRefusal(draft, previews.inspection.error, previews.preview.error);
  const refusalText = refusal === null ? '' : errorText(refusal.error);
  const recentPaths = (kind: 'model' | 'data'): string[] =>
    (recent.value ?? []).filter((file) => file.kind === kind && file.present).map((file) => file.path);
  return (
    <Page
      fill
      title={t('navigation.experiment')}
      actions={<StartButtons draft={draft} refusal={refusal} start={start} />}
      below={start.error === null ? null : <ErrorNotice error={start.error} title={t('experiment.startFailed')} />}
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
          <RecipeSection
            draft={draft}
            inspection={previews.inspection.value}
            onChange={change}
            onPlan={() => setTab('plan')}
          />
          <PlaceSection place={draft.place} onChange={(place) => change({ place })} />
          <MeasuringSection draft={draft} inspection={previews.inspection.value} onChange={change} />
          <GatesSection gates={draft.gates} onChange={(gates) => change({ gates })} />
          <RecordSection draft={draft} onChange={change} />
        </form>
        <PreviewTabs draft={draft} previews={previews} tab={tab} onTab={setTab} />
      </div>
    </Page>
  );
}
