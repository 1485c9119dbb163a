import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fileNameOf } from '../../format.ts';
import { DataPanel } from './data-panel.tsx';
import { hasData, type Draft } from './draft.ts';
import classes from './experiment-page.module.css';
import { ModelPanel } from './model-panel.tsx';
import { PlanPanel } from './plan-panel.tsx';
import type { Previews } from './use-previews.ts';

/** Beside the form: the model, the data, and what the recipe would do. */
export function PreviewTabs(props: {
  readonly draft: Draft;
  readonly previews: Previews;
  readonly tab: string | null;
  readonly onTab: (tab: string | null) => void;
}) {
  const { t } = useTranslation();
  const { draft, previews } = props;
  const hasModel = draft.modelPath !== null;
  return (
    <Tabs value={props.tab} onChange={props.onTab} className={classes.preview} classNames={{ panel: classes.panel }}>
      <Tabs.List>
        <Tabs.Tab value="model">
          {draft.modelPath === null ? t('experiment.tab.model') : fileNameOf(draft.modelPath)}
        </Tabs.Tab>
        <Tabs.Tab value="data">{t('experiment.tab.data')}</Tabs.Tab>
        <Tabs.Tab value="plan">{t('experiment.tab.plan')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="model">
        <ModelPanel path={draft.modelPath} state={previews.inspection} />
      </Tabs.Panel>
      <Tabs.Panel value="data">
        <DataPanel hasModel={hasModel} hasData={hasData(draft)} state={previews.preview} />
      </Tabs.Panel>
      <Tabs.Panel value="plan">
        <PlanPanel hasModel={hasModel} state={previews.plan} />
      </Tabs.Panel>
    </Tabs>
  );
}
