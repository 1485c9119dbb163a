import '@mantine/spotlight/styles.css';
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './components/icon.tsx';
import { runTitle } from './components/run-cells.tsx';
import { formatTimestamp } from './format.ts';
import { useRequest } from './hooks/use-request.ts';
import { navigate } from './hooks/use-route.ts';
import { networksRoute, newExperimentRoute, startRoute, type Route } from './route.ts';

export function openCommandPalette(): void {
  spotlight.open();
}

const shownRuns = 30;
const shownLayers = 30;

const matches = (text: string, query: string): boolean => text.toLowerCase().includes(query.trim().toLowerCase());

/** Any run, layer of the run on screen, page or action, from every page. */
export function CommandPalette(props: {
  readonly route: Route;
  readonly onOpenModel: () => void;
  readonly onTrySample: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [query, setQuery] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [searched] = useDebouncedValue(query, 150);
  const runs = useRequest('runs.list', isOpen ? { text: searched, limit: shownRuns } : null);
  const runId = props.route.page === 'run' ? props.route.runId : null;
  const details = useRequest('runs.get', isOpen && runId !== null ? { runId } : null);
  const run = details.value?.document?.status === 'done' ? details.value.document : null;

  const groups = useMemo((): SpotlightActionGroupData[] => {
    const go = (id: string, label: string, route: Route): SpotlightActionData => ({
      id,
      label,
      onClick: () => navigate(route),
    });
    const pages = [
      go('start', t('navigation.start'), startRoute),
      go('experiment', t('navigation.experiment'), newExperimentRoute),
      go('queue', t('navigation.queue'), { page: 'queue' }),
      go('history', t('navigation.history'), { page: 'history' }),
      go('devices', t('navigation.devices'), { page: 'devices' }),
      go('settings', t('navigation.settings'), { page: 'settings' }),
      go('networks', t('networks.open'), networksRoute),
      { id: 'open', label: t('start.openModel'), onClick: props.onOpenModel },
      { id: 'sample', label: t('start.trySample'), onClick: props.onTrySample },
    ];
    const layers = (run?.layers ?? [])
      .filter(({ name, opType }) => matches(`${name} ${opType}`, query))
      .slice(0, shownLayers)
      .map(({ name, opType }): SpotlightActionData => ({
        id: `layer ${name}`,
        label: name,
        description: opType,
        onClick: () => navigate({ page: 'run', runId: run!.runId, tab: 'layers', layer: name }),
      }));
    const found = (runs.value?.rows ?? []).map((row): SpotlightActionData => ({
      id: `run ${row.runId}`,
      label: runTitle(row),
      description: formatTimestamp(row.startedTimestampMs, i18n.language),
      onClick: () => navigate({ page: 'run', runId: row.runId }),
    }));
    return [
      { group: t('palette.pages'), actions: pages.filter(({ label }) => matches(label ?? '', query)) },
      { group: t('palette.runs'), actions: found },
      { group: t('palette.layers'), actions: layers },
    ].filter(({ actions }) => actions.length > 0);
  }, [t, i18n.language, props.onOpenModel, props.onTrySample, run, runs.value, query]);

  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      // What fits is chosen here: the host finds runs by more than their names.
      filter={(_, actions) => actions}
      // app.tsx listens, so that the menu's command and the key do the same.
      shortcut={null}
      nothingFound={t('palette.nothing')}
      scrollable
      attributes={{ content: { 'aria-label': t('palette.placeholder') } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      maxHeight={420}
      // At once there and at once gone: what was typed before it had the focus, or while it still faded out, was lost.
      transitionProps={{ duration: 0 }}
      searchProps={{
        leftSection: <Icon name="search" />,
        autoFocus: true,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  );
}
