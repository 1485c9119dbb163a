import {
  AppShell,
  Button,
  Group,
  Kbd,
  NavLink,
  Progress,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueEntry, Settings } from '../shared/contract.ts';
import { onConnection, request, type ConnectionState } from './api.ts';
import classes from './app.module.css';
import { FilePickerProvider } from './components/file-picker.tsx';
import { Icon, type IconName } from './components/icon.tsx';
import { Notice } from './components/notice.tsx';
import { runTitle } from './components/run-cells.tsx';
import { ComparePage } from './features/compare/compare-page.tsx';
import { ExperimentPage } from './features/experiment/experiment-page.tsx';
import { HistoryPage } from './features/history/history-page.tsx';
import { QueuePage } from './features/running/queue-page.tsx';
import { RunningPage } from './features/running/running-page.tsx';
import { RunPage } from './features/run/run-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { StartPage } from './features/start/start-page.tsx';
import { AppStateContext, useAppState, type AppState } from './hooks/use-app-state.ts';
import { useDroppedFiles } from './hooks/use-dropped-files.ts';
import { useHostEvent } from './hooks/use-host-event.ts';
import { useLiveRun } from './hooks/use-live-run.ts';
import { offerAction, useFailure } from './hooks/use-notify.tsx';
import { kindOfFile, useOpenFiles } from './hooks/use-open-files.ts';
import { useRequest } from './hooks/use-request.ts';
import { navigate, useRoute } from './hooks/use-route.ts';
import { useSample } from './hooks/use-sample.ts';
import { changeLanguage } from './i18n/i18n.ts';
import { overallProgress } from './live-run.ts';
import { formatRoute, newExperimentRoute, startRoute, type Route } from './route.ts';

export function App({ initialSettings }: { initialSettings: Settings }) {
  const [settings, setSettings] = useState(initialSettings);
  const [queue, setQueue] = useState<readonly QueueEntry[]>([]);
  const info = useRequest('app.info', {});
  const { setColorScheme } = useMantineColorScheme();
  const fail = useFailure();

  useEffect(
    () => setColorScheme(settings.theme === 'system' ? 'auto' : settings.theme),
    [settings.theme, setColorScheme],
  );
  useEffect(() => void changeLanguage(settings.language), [settings.language]);
  useHostEvent('settings.changed', setSettings);
  // The engine's account of this machine takes longer than the window.
  useHostEvent('info.changed', info.reload);
  useHostEvent('queue.changed', setQueue);
  useEffect(() => {
    request('run.queue', {}).then(setQueue, () => setQueue([]));
  }, []);

  const state = useMemo(
    (): AppState => ({
      info: info.value,
      settings,
      queue,
      changeSettings(change) {
        setSettings((old) => ({ ...old, ...change }));
        request('settings.set', change).then(setSettings, fail);
      },
    }),
    [info.value, settings, queue, fail],
  );

  return (
    <AppStateContext value={state}>
      <FilePickerProvider>
        <Shell infoError={info.error} onReload={info.reload} />
      </FilePickerProvider>
    </AppStateContext>
  );
}

interface NavigationItem {
  readonly page: 'start' | 'experiment' | 'queue' | 'history' | 'settings';
  readonly route: Route;
  readonly icon: IconName;
  readonly shortcut: string | null;
}

const navigationItems: readonly NavigationItem[] = [
  { page: 'start', route: startRoute, icon: 'start', shortcut: null },
  { page: 'experiment', route: newExperimentRoute, icon: 'add', shortcut: 'N' },
  { page: 'queue', route: { page: 'queue' }, icon: 'queue', shortcut: null },
  { page: 'history', route: { page: 'history' }, icon: 'history', shortcut: null },
  { page: 'settings', route: { page: 'settings' }, icon: 'settings', shortcut: null },
];

function Shell({ infoError, onReload }: { infoError: Error | null; onReload: () => void }) {
  const { t } = useTranslation();
  const route = useRoute();
  const openFiles = useOpenFiles();
  const sample = useSample();
  const { info, queue } = useAppState();
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
        document.querySelector<HTMLInputElement>('[data-find]')?.focus();
        break;
      case 'cancel-run':
        if (running !== null) void request('run.cancel', { runId: running.runId });
        break;
    }
  });
  // After the listeners above; a host that was restarted is told again.
  useEffect(() => void request('window.listening', {}), []);
  useHotkeys([
    ['mod+K', () => document.querySelector<HTMLInputElement>('[data-find]')?.focus()],
    ['mod+O', () => openFiles.pickAndOpen('model')],
    ['alt+N', () => navigate(newExperimentRoute)],
  ]);

  const battery = onBattery ?? info?.onBattery ?? false;
  const currentPage =
    route.page === 'run'
      ? queue.some((entry) => entry.runId === route.runId)
        ? 'queue'
        : 'history'
      : route.page === 'compare'
        ? 'history'
        : route.page;
  return (
    <AppShell
      navbar={{ width: 204, breakpoint: 0 }}
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
      <AppShell.Navbar aria-label={t('app.navigation')}>
        <UnstyledButton className={classes.brand} onClick={() => navigate(startRoute)} aria-label={t('app.home')}>
          <Logo />
          <span>Vernier</span>
        </UnstyledButton>
        <div className={classes.links}>
          {navigationItems.map((item) => (
            <NavLink
              key={item.page}
              href={formatRoute(item.route)}
              label={t(`navigation.${item.page}`)}
              leftSection={<Icon name={item.icon} />}
              rightSection={
                item.page === 'queue' && queue.length > 0 ? (
                  <span className={classes.count} aria-label={t('navigation.inQueue', { count: queue.length })}>
                    {queue.length}
                  </span>
                ) : null
              }
              active={currentPage === item.page}
              aria-current={currentPage === item.page ? 'page' : undefined}
              classNames={{ root: classes.link, label: classes.linkLabel }}
            />
          ))}
        </div>
        {running !== null && <RunningCard entry={running} />}
        <Machine onBattery={battery} />
      </AppShell.Navbar>
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
              {infoError.message}{' '}
              <Button variant="subtle" size="compact-xs" onClick={onReload}>
                {t('common.retry')}
              </Button>
            </Notice>
          </div>
        )}
        {info?.engineProblem != null && (
          <div className={classes.banner}>
            <Notice tone="warning" alert title={t('app.engineProblem')}>
              {info.engineProblem}
            </Notice>
          </div>
        )}
        {info?.readOnlyReason != null && (
          <div className={classes.banner}>
            <Notice tone="warning" title={t('app.readOnly')}>
              {info.readOnlyReason}
            </Notice>
          </div>
        )}
        <PageOf route={route} />
      </AppShell.Main>
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
          key={route.fromRunId ?? ''}
          modelPath={route.modelPath}
          dataPath={route.dataPath}
          fromRunId={route.fromRunId}
        />
      );
    case 'queue':
      return <QueuePage />;
    case 'run': {
      const entry = queue.find((queued) => queued.runId === route.runId);
      return entry === undefined ? (
        <RunPage key={route.runId} runId={route.runId} />
      ) : (
        <RunningPage key={route.runId} entry={entry} />
      );
    }
    case 'history':
      return <HistoryPage />;
    case 'compare':
      return <ComparePage key={route.runIds.join(' ')} runIds={route.runIds} />;
    case 'settings':
      return <SettingsPage />;
  }
}

/** Two scales against each other, the way a vernier is read. */
function Logo() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 22 22"
      aria-hidden="true"
      focusable="false"
      fill="none"
      strokeLinecap="round"
    >
      <path d="M3 10V4M7 10V6.5M11 10V4M15 10V6.5M19 10V4" stroke="currentColor" strokeWidth="1.6" />
      <path d="M3 12v6M6.6 12v3.5M10.2 12v6M13.8 12v3.5M17.4 12v6" stroke="var(--v-accent)" strokeWidth="1.6" />
    </svg>
  );
}

function RunningCard({ entry }: { entry: QueueEntry }) {
  const { t } = useTranslation();
  const live = useLiveRun(entry.runId);
  const progress = Math.round(overallProgress(live) * 100);
  return (
    <UnstyledButton className={classes.running} onClick={() => navigate({ page: 'run', runId: entry.runId })}>
      <Group justify="space-between" wrap="nowrap" gap={6}>
        <span className={`clip ${classes.runningName}`}>{runTitle(entry)}</span>
        <span className={`numeric ${classes.runningShare}`}>{progress} %</span>
      </Group>
      <Progress value={progress} size={3} w="100%" aria-label={t('running.progressOf', { name: runTitle(entry) })} />
      <span className="muted">{live.stage === null ? t('running.starting') : t(`stage.${live.stage}`)}</span>
    </UnstyledButton>
  );
}

function Machine({ onBattery }: { onBattery: boolean }) {
  const { t } = useTranslation();
  const { info } = useAppState();
  const environment = info?.environment ?? null;
  return (
    <div className={classes.machine}>
      {onBattery && (
        <div className={classes.battery}>
          <Icon name="battery" /> {t('app.onBattery')}
        </div>
      )}
      {environment !== null && (
        <Tooltip
          multiline
          w={260}
          position="right-end"
          label={`${environment.cpuModel} · ${environment.os} · ONNX Runtime ${environment.onnxRuntimeVersion}`}
        >
          <div tabIndex={0} className={classes.machineFacts}>
            <Icon name="cpu" />
            <span>
              <span className={`clip ${classes.cpu}`}>{environment.cpuModel}</span>
              <span className="muted">
                {t('app.cores', { count: environment.cores })}
                {info?.hasInt8DotProduct != null &&
                  ` · ${info.hasInt8DotProduct ? t('app.fastInt8') : t('app.slowInt8')}`}
              </span>
            </span>
          </div>
        </Tooltip>
      )}
      <Group gap={4} className={classes.hint}>
        <Kbd size="xs">{navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl'}</Kbd>
        <Kbd size="xs">K</Kbd>
        <span className="muted">{t('app.find')}</span>
      </Group>
    </div>
  );
}
