import { Tabs } from '@mantine/core';
import type { RunDetails } from '../../../shared/contract/results.ts';
import type { Axis } from '../../../shared/decision.ts';
import type { DeviceRow } from '../../../shared/device-matrix.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { CandidatesTab } from './candidates-tab.tsx';
import { ConditionsTab } from './conditions-tab.tsx';
import { DevicesTab } from './devices-tab.tsx';
import { DiagnosticsTab } from './diagnostics-tab.tsx';
import { GraphTab } from './graph-tab.tsx';
import { LayersTab } from './layers-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { runPlaceOf, type Place, type RunPlace } from './run-place.ts';
import { RunTabList } from './run-tab-list.tsx';
import { SamplesTab } from './samples-tab.tsx';
import { VerdictPanel } from './verdict-panel.tsx';
import classes from './run-page.module.css';

interface FinishedRunProps {
  readonly document: RunDocument;
  readonly details: RunDetails;
}

/** The verdict, and below it what it rests on, a tab for each question. */
export function FinishedRun({ place, ...run }: FinishedRunProps & { readonly place: Place }) {
  const { document } = run;
  const { settings } = useAppState();
  const onDevices = useRequest('runs.devices', { runId: document.runId });
  useHostEvent('run.changed', ({ status }) => {
    if (status === 'done') onDevices.reload();
  });
  const found = onDevices.value ?? [];
  // Without a lab nothing of it shows, unless runs of one are here.
  const devices = settings.lab !== null || found.length > 0 ? found : null;
  const shown = runPlaceOf(document, place);
  return (
    <>
      <VerdictPanel
        document={document}
        compact={shown.tab !== 'overview'}
        onProof={(axis) => {
          shown.show({ tab: 'overview' });
          scrollToProof(axis);
        }}
      />
      <Tabs
        value={shown.tab}
        onChange={(next) => shown.show({ tab: next ?? 'overview' })}
        className={classes.tabs}
        classNames={{ panel: classes.panel }}
      >
        <RunTabList document={document} deviceCount={devices?.length ?? null} />
        <RunPanels {...run} devices={devices} named={place.layer ?? null} shown={shown} />
      </Tabs>
    </>
  );
}

function scrollToProof(axis: Axis['axis']): void {
  // The tab may have to come first.
  requestAnimationFrame(() => {
    const proof = window.document.getElementById(`proof-${axis}`);
    proof?.scrollIntoView({ block: 'start' });
    proof?.focus({ preventScroll: true });
  });
}

function RunPanels(
  props: FinishedRunProps & {
    /** Null where nothing of a lab shows. */
    readonly devices: readonly DeviceRow[] | null;
    /** The layer in the address. */
    readonly named: string | null;
    readonly shown: RunPlace;
  },
) {
  const { document, details, devices, named } = props;
  const { layer, show } = props.shown;
  const showLayer = (name: string): void => show({ tab: 'layers', layer: name });
  return (
    <>
      <Tabs.Panel value="overview">
        <OverviewTab document={document} onLayer={showLayer} />
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
          active={named}
          onActive={(name) => show({ tab: 'graph', layer: name ?? undefined }, 'replace')}
          onLayer={showLayer}
        />
      </Tabs.Panel>
      <Tabs.Panel value="samples">
        <SamplesTab samples={document.samples} accuracy={document.accuracy} />
      </Tabs.Panel>
      <Tabs.Panel value="candidates">
        <CandidatesTab candidates={document.candidates} />
      </Tabs.Panel>
      <Tabs.Panel value="diagnostics">
        <DiagnosticsTab diagnostics={document.diagnostics} onNode={showLayer} />
      </Tabs.Panel>
      {devices !== null && (
        <Tabs.Panel value="devices">
          <DevicesTab runId={document.runId} rows={devices} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="conditions">
        <ConditionsTab document={document} artifacts={details.artifacts} />
      </Tabs.Panel>
    </>
  );
}
