import { Badge, Loader, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunDetails } from '../../../shared/contract/results.ts';
import type { RunDocument } from '../../../shared/run.ts';
import type { SampleEvidence } from '../../../shared/sample-evidence.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { navigate } from '../../hooks/use-route.ts';
import { useRequest } from '../../hooks/use-request.ts';
import type { Route } from '../../route.ts';
import { CandidatesTab } from './candidates-tab.tsx';
import { ConditionsTab } from './conditions-tab.tsx';
import { DiagnosticsTab } from './diagnostics-tab.tsx';
import { DevicesTab } from './devices-tab.tsx';
import { EndedRun } from './ended-run.tsx';
import { GraphTab } from './graph-tab.tsx';
import { LayersTab } from './layers-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RunActions } from './run-actions.tsx';
import { RunLabels } from './run-labels.tsx';
import { RunTitle } from './run-title.tsx';
import { SamplesTab } from './samples-tab.tsx';
import classes from './run-page.module.css';
import { VerdictPanel } from './verdict-panel.tsx';

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

/** Which tab and layer the address names. */
interface Place {
  readonly tab: string | undefined;
  readonly layer: string | undefined;
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
        <EndedRun document={document} />
      )}
    </Page>
  );
}

function FinishedRun(props: { readonly document: RunDocument; readonly details: RunDetails; readonly place: Place }) {
  const { t } = useTranslation();
  const { document, details, place } = props;
  const { settings } = useAppState();
  const onDevices = useRequest('runs.devices', { runId: document.runId });
  useHostEvent('run.changed', ({ status }) => {
    if (status === 'done') onDevices.reload();
  });
  const devices = onDevices.value ?? [];
  // Without a lab nothing of it shows, unless runs of one are here.
  const hasDevices = settings.lab !== null || devices.length > 0;
  const tab = place.tab ?? 'overview';
  const layer = place.layer ?? slowestLayer(document);
  // The address is the only place where it is kept: Back, reload and a link lead to the same.
  const show = (next: Partial<Place>, how?: 'replace'): void => {
    const to = { ...place, ...next };
    const route: Route = {
      page: 'run',
      runId: document.runId,
      ...(to.tab === undefined || to.tab === 'overview' ? {} : { tab: to.tab }),
      ...(to.layer === undefined ? {} : { layer: to.layer }),
    };
    navigate(route, how);
  };
  const warnings = document.diagnostics.filter((diagnostic) => diagnostic.severity !== 'info').length;
  return (
    <>
      <VerdictPanel
        document={document}
        compact={tab !== 'overview'}
        onProof={(axis) => {
          show({ tab: 'overview' });
          // The tab may have to come first.
          requestAnimationFrame(() => {
            const proof = window.document.getElementById(`proof-${axis}`);
            proof?.scrollIntoView({ block: 'start' });
            proof?.focus({ preventScroll: true });
          });
        }}
      />
      <Tabs
        value={tab}
        onChange={(next) => show({ tab: next ?? 'overview' })}
        className={classes.tabs}
        classNames={{ panel: classes.panel }}
      >
        <Tabs.List>
          <Tabs.Tab value="overview">{t('run.tab.overview')}</Tabs.Tab>
          <Tabs.Tab value="layers" rightSection={<Count value={document.layers.length} />}>
            {t('run.tab.layers')}
          </Tabs.Tab>
          <Tabs.Tab value="graph">{t('run.tab.graph')}</Tabs.Tab>
          {document.samples !== null && (
            <Tabs.Tab value="samples" rightSection={<Count value={changedCount(document.samples)} />}>
              {t('run.tab.samples')}
            </Tabs.Tab>
          )}
          <Tabs.Tab value="candidates" rightSection={<Count value={document.candidates.length} />}>
            {t('run.tab.candidates')}
          </Tabs.Tab>
          <Tabs.Tab
            value="diagnostics"
            rightSection={<Count value={document.diagnostics.length} warning={warnings > 0} />}
          >
            {t('run.tab.diagnostics')}
          </Tabs.Tab>
          {hasDevices && (
            <Tabs.Tab value="devices" rightSection={<Count value={devices.length} />}>
              {t('run.tab.devices')}
            </Tabs.Tab>
          )}
          <Tabs.Tab value="conditions">{t('run.tab.conditions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab
            document={document}
            onLayer={(name) => {
              show({ tab: 'layers', layer: name });
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="layers">
          <LayersTab
            document={document}
            asked={details.request}
            active={layer}
            onActive={(name) => show({ tab: 'layers', layer: name }, 'replace')}
          />
        </Tabs.Panel>
        <Tabs.Panel value="graph">
          <GraphTab
            document={document}
            active={place.layer ?? null}
            onActive={(name) => show({ tab: 'graph', layer: name ?? undefined }, 'replace')}
            onLayer={(name) => {
              show({ tab: 'layers', layer: name });
            }}
          />
        </Tabs.Panel>
        {document.samples !== null && (
          <Tabs.Panel value="samples">
            <SamplesTab samples={document.samples} accuracy={document.accuracy} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="candidates">
          <CandidatesTab candidates={document.candidates} />
        </Tabs.Panel>
        <Tabs.Panel value="diagnostics">
          <DiagnosticsTab
            diagnostics={document.diagnostics}
            onNode={(node) => {
              show({ tab: 'layers', layer: node });
            }}
          />
        </Tabs.Panel>
        {hasDevices && (
          <Tabs.Panel value="devices">
            <DevicesTab runId={document.runId} rows={devices} />
          </Tabs.Panel>
        )}
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

/** Samples that are answered otherwise. */
function changedCount({ counts }: SampleEvidence): number {
  return counts.lost + counts.gained + counts.changed;
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
