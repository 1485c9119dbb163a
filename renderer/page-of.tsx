import type { ReactNode } from 'react';
import { ComparePage } from './features/compare/compare-page.tsx';
import { DevicesPage } from './features/devices/devices-page.tsx';
import { ExperimentPage } from './features/experiment/experiment-page.tsx';
import { HistoryPage } from './features/history/history-page.tsx';
import { NetworksPage } from './features/networks/networks-page.tsx';
import { QueuePage } from './features/running/queue-page.tsx';
import { RunningPage } from './features/running/running-page.tsx';
import { RunPage } from './features/run/run-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { StartPage } from './features/start/start-page.tsx';
import { useAppState } from './hooks/use-app-state.ts';
import type { Route } from './route.ts';

/** The page that an address names. */
export function PageOf({ route }: { route: Route }): ReactNode {
  const { queue } = useAppState();
  switch (route.page) {
    case 'start':
      return <StartPage />;
    case 'experiment':
      return (
        <ExperimentPage
          key={`${route.fromRunId ?? ''} ${route.mend ?? ''}`}
          modelPath={route.modelPath}
          dataPath={route.dataPath}
          fromRunId={route.fromRunId}
          mend={route.mend}
        />
      );
    case 'queue':
      return <QueuePage />;
    case 'run': {
      const entry = queue.find((queued) => queued.runId === route.runId);
      return entry === undefined ? (
        <RunPage key={route.runId} runId={route.runId} tab={route.tab} layer={route.layer} view={route.view} />
      ) : (
        <RunningPage key={route.runId} entry={entry} />
      );
    }
    case 'history':
      return <HistoryPage />;
    case 'compare':
      return <ComparePage key={route.runIds.join(' ')} runIds={route.runIds} />;
    case 'networks':
      return <NetworksPage modelPaths={route.modelPaths} runIds={route.runIds} layer={route.layer ?? null} />;
    case 'devices':
      return <DevicesPage />;
    case 'settings':
      return <SettingsPage />;
  }
}
