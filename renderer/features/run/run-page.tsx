import { Badge, Loader, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDetails } from '../../../shared/contract/results.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { CandidatesTab } from './candidates-tab.tsx';
import { ConditionsTab } from './conditions-tab.tsx';
import { DiagnosticsTab } from './diagnostics-tab.tsx';
import { EndedRun } from './ended-run.tsx';
import { LayersTab } from './layers-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RunActions } from './run-actions.tsx';
import { RunLabels } from './run-labels.tsx';
import { RunTitle } from './run-title.tsx';
import classes from './run-page.module.css';
import { VerdictPanel } from './verdict-panel.tsx';

export function RunPage({ runId }: { runId: string }) {
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
  return <RunView details={details.value} />;
}

function RunView({ details }: { details: RunDetails }) {
  const { document } = details;
  return (
    <Page
      fill
      title={<RunTitle row={details.row} />}
      actions={<RunActions details={details} />}
      below={<RunLabels row={details.row} />}
    >
      {document === null ? null : document.status === 'done' ? (
        <FinishedRun document={document} details={details} />
      ) : (
        <EndedRun document={document} />
      )}
    </Page>
  );
}

function FinishedRun({ document, details }: { document: RunDocument; details: RunDetails }) {
  const { t } = useTranslation();
  const [tab, setTab] = useState<string | null>('overview');
  const [layer, setLayer] = useState<string | null>(() => slowestLayer(document));
  const warnings = document.diagnostics.filter((diagnostic) => diagnostic.severity !== 'info').length;
  return (
    <>
      <VerdictPanel
        document={document}
        compact={tab !== 'overview'}
        onProof={(axis) => {
          setTab('overview');
          // The tab may have to come first.
          requestAnimationFrame(() => {
            const proof = window.document.getElementById(`proof-${axis}`);
            proof?.scrollIntoView({ block: 'start' });
            proof?.focus({ preventScroll: true });
          });
        }}
      />
      <Tabs value={tab} onChange={setTab} className={classes.tabs} classNames={{ panel: classes.panel }}>
        <Tabs.List>
          <Tabs.Tab value="overview">{t('run.tab.overview')}</Tabs.Tab>
          <Tabs.Tab value="layers" rightSection={<Count value={document.layers.length} />}>
            {t('run.tab.layers')}
          </Tabs.Tab>
          <Tabs.Tab value="candidates" rightSection={<Count value={document.candidates.length} />}>
            {t('run.tab.candidates')}
          </Tabs.Tab>
          <Tabs.Tab
            value="diagnostics"
            rightSection={<Count value={document.diagnostics.length} warning={warnings > 0} />}
          >
            {t('run.tab.diagnostics')}
          </Tabs.Tab>
          <Tabs.Tab value="conditions">{t('run.tab.conditions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab
            document={document}
            onLayer={(name) => {
              setLayer(name);
              setTab('layers');
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="layers">
          <LayersTab document={document} active={layer} onActive={setLayer} />
        </Tabs.Panel>
        <Tabs.Panel value="candidates">
          <CandidatesTab candidates={document.candidates} />
        </Tabs.Panel>
        <Tabs.Panel value="diagnostics">
          <DiagnosticsTab
            diagnostics={document.diagnostics}
            onNode={(node) => {
              setLayer(node);
              setTab('layers');
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="conditions">
          <ConditionsTab document={document} artifacts={details.artifacts} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** What somebody opening the layers most likely wants to see first. */
function slowestLayer(document: RunDocument): string | null {
  let slowest: { readonly name: string; readonly ms: number } | null = null;
  for (const { name, latencyAfterMs } of document.layers) {
    if (latencyAfterMs !== null && latencyAfterMs > (slowest?.ms ?? 0)) slowest = { name, ms: latencyAfterMs };
  }
  return slowest?.name ?? null;
}

function Count({ value, warning = false }: { value: number; warning?: boolean }) {
  if (value === 0) return null;
  return (
    <Badge
      size="xs"
      variant="default"
      circle={value < 10}
      className={classes.count}
      data-warning={warning || undefined}
    >
      {value}
    </Badge>
  );
}
