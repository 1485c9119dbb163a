import { AppShell, Button, Text, useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../shared/contract/requests.ts';
import type { QueueEntry } from '../shared/contract/results.ts';
import { onConnection, request, type ConnectionState } from './api.ts';
import classes from './app.module.css';
import { CommandPalette, openCommandPalette } from './command-palette.tsx';
import { FilePickerProvider } from './components/file-picker.tsx';
import { ImportQuestion } from './components/import-question.tsx';
import { Notice } from './components/notice.tsx';
import { ComparePage } from './features/compare/compare-page.tsx';
import { DevicesPage } from './features/devices/devices-page.tsx';
import { ExperimentPage } from './features/experiment/experiment-page.tsx';
import { HistoryPage } from './features/history/history-page.tsx';
import { QueuePage } from './features/running/queue-page.tsx';
import { RunningPage } from './features/running/running-page.tsx';
import { RunPage } from './features/run/run-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { StartPage } from './features/start/start-page.tsx';
import { AppStateContext, useAppState, type AppState } from './hooks/use-app-state.ts';
import { useCancellations } from './hooks/use-cancellations.ts';
import { useDroppedFiles } from './hooks/use-dropped-files.ts';
import { useHostEvent } from './hooks/use-host-event.ts';
import { useErrorText } from './hooks/use-engine-text.ts';
import { offerAction, useFailure } from './hooks/use-notify.tsx';
import { kindOfFile, useOpenFiles } from './hooks/use-open-files.ts';
import { useRequest } from './hooks/use-request.ts';
import { navigate, useRoute } from './hooks/use-route.ts';
import { useSample } from './hooks/use-sample.ts';
import { loadFonts } from './fonts.ts';
import { changeLanguage } from './i18n/i18n.ts';
import { newExperimentRoute, startRoute, type Route } from './route.ts';
import { Sidebar } from './sidebar.tsx';

export function App({ initialSettings }: { initialSettings: Settings }) {
  const [settings, setSettings] = useState(initialSettings);
  const [queue, setQueue] = useState<readonly QueueEntry[]>([]);
  const info = useRequest('app.info', {});
  const { setColorScheme } = useMantineColorScheme();
  const fail = useFailure();
  const { cancelling, cancelRun } = useCancellations();

  useEffect(
    () => setColorScheme(settings.theme === 'system' ? 'auto' : settings.theme),
    [settings.theme, setColorScheme],
  );
  useEffect(() => void loadFonts(settings.language).then(() => changeLanguage(settings.language)), [settings.language]);
  useHostEvent('settings.changed', setSettings);
  // The engine's account of this machine takes longer than the window.
  useHostEvent('info.changed', info.reload);
  useHostEvent('queue.changed', setQueue);
  useEffect(() => {
    const load = () => {
      // A host that is silent is told of elsewhere (`app.info`), and what is known of the queue stays.
      request('run.queue', {}).then(setQueue, () => undefined);
    };
    load();
    // What changed while the host was not heard.
    return onConnection((connection) => {
      if (connection === 'connected') load();
    });
  }, []);

  const state = useMemo(
    (): AppState => ({
      info: info.value,
      settings,
      queue,
      cancelling,
      cancelRun,
      changeSettings(change) {
        setSettings((old) => ({ ...old, ...change }));
        request('settings.set', change).then(setSettings, (error: unknown) => {
          setSettings(settings);
          fail(error);
        });
      },
    }),
    [info.value, settings, queue, cancelling, cancelRun, fail],
  );

  return (
    <AppStateContext value={state}>
      <FilePickerProvider>
        <Shell infoError={info.error} onReload={info.reload} />
      </FilePickerProvider>
    </AppStateContext>
  );
}

function Shell({ infoError, onReload }: { infoError: Error | null; onReload: () => void }) {
  const errorText = useErrorText();
  const { t } = useTranslation();
  const route = useRoute();
  const openFiles = useOpenFiles();
  const sample = useSample();
  const { info, queue, cancelRun } = useAppState();
  const [connection, setConnection] = useState<ConnectionState>('connected');
  const [onBattery, setOnBattery] = useState<boolean | null>(null);

  useEffect(
    () =>
      onConnection((state) => {
        setConnection(state);
        if (state === 'connected') onReload();
      }),
    [onReload],
  );
  useHostEvent('power.changed', (power) => setOnBattery(power.onBattery));
  useHostEvent('files.opened', ({ paths }) => openFiles.open(paths));
  const dragging = useDroppedFiles((files) => {
    const paths = files.map((file) => file.path).filter((path) => path !== '');
    const [first] = files;
    if (paths.length > 0) openFiles.open(paths);
    else if (first !== undefined) {
      offerAction(t('app.dropNeedsPicker', { name: first.name }), {
        label: t('app.dropPick'),
        act: () => openFiles.pickAndOpen(kindOfFile(first.name)),
      });
    }
  });

  const running = queue.find((entry) => entry.status === 'running') ?? null;
  useHostEvent('menu.command', ({ command }) => {
    switch (command) {
      case 'new-experiment':
        navigate(newExperimentRoute);
        break;
      case 'open-model':
        openFiles.pickAndOpen('model');
        break;
      case 'try-sample':
        sample.start();
        break;
      case 'start':
        navigate(startRoute);
        break;
      case 'history':
        navigate({ page: 'history' });
        break;
      case 'queue':
        navigate({ page: 'queue' });
        break;
      case 'settings':
      case 'about':
        navigate({ page: 'settings' });
        break;
      case 'find':
        openCommandPalette();
        break;
      case 'cancel-run':
        if (running !== null) cancelRun(running.runId);
        break;
    }
  });
  // After the listeners above; a host that was restarted is told again.
  useEffect(() => void request('window.listening', {}), []);
  const { pickAndOpen } = openFiles;
  const openModel = useCallback(() => pickAndOpen('model'), [pickAndOpen]);
  useHotkeys(
    [
      ['mod+K', openCommandPalette],
      ['mod+O', () => openFiles.pickAndOpen('model')],
      ['alt+N', () => navigate(newExperimentRoute)],
      // Electron has no keys for it; browsers have, and do the same.
      ['alt+ArrowLeft', () => window.history.back()],
      ['alt+ArrowRight', () => window.history.forward()],
    ],
    // From every field as well.
    [],
  );

  return (
    <AppShell
      // Below 1200 px a rail of icons, as app.module.css has it.
      navbar={{ width: { base: 56, lg: 204 }, breakpoint: 0 }}
      padding={0}
      classNames={{ root: classes.root, main: classes.main, navbar: classes.navbar }}
    >
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <CommandPalette route={route} onOpenModel={openModel} onTrySample={sample.start} />
      <Sidebar route={route} onBattery={onBattery ?? info?.onBattery ?? false} />
      <AppShell.Main id="main" tabIndex={-1}>
        {connection === 'lost' && (
          <div className={classes.banner}>
            <Notice tone="warning" alert title={t('app.connectionLost')}>
              {t('app.connectionLostHint')}
            </Notice>
          </div>
        )}
        {infoError !== null && (
          <div className={classes.banner}>
            <Notice tone="warning" alert title={t('app.hostSilent')}>
              {errorText(infoError)}{' '}
              <Button variant="subtle" size="compact-xs" onClick={onReload}>
                {t('common.retry')}
              </Button>
            </Notice>
          </div>
        )}
        {info?.engineProblem != null && (
          <div className={classes.banner}>
            <Notice tone="warning" alert title={t('app.engineProblem')}>
              {errorText(info.engineProblem)}
            </Notice>
          </div>
        )}
        {info?.readOnlyReason != null && (
          <div className={classes.banner}>
            <Notice tone="warning" title={t('app.readOnly')}>
              {errorText(info.readOnlyReason)}
            </Notice>
          </div>
        )}
        <PageOf route={route} />
      </AppShell.Main>
      {openFiles.offeredBundles.length > 0 && (
        <ImportQuestion paths={openFiles.offeredBundles} onAnswer={openFiles.answerOffer} />
      )}
      {dragging && (
        <div className={classes.dropTarget} aria-hidden="true">
          <Text size="lg" fw={600}>
            {t('app.dropHere')}
          </Text>
        </div>
      )}
    </AppShell>
  );
}

function PageOf({ route }: { route: Route }): ReactNode {
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
        <RunPage key={route.runId} runId={route.runId} tab={route.tab} layer={route.layer} />
      ) : (
        <RunningPage key={route.runId} entry={entry} />
      );
    }
    case 'history':
      return <HistoryPage />;
    case 'compare':
      return <ComparePage key={route.runIds.join(' ')} runIds={route.runIds} />;
    case 'devices':
      return <DevicesPage />;
    case 'settings':
      return <SettingsPage />;
  }
}
