import { AppShell, Group, Kbd, NavLink, Progress, Tooltip, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../shared/contract/results.ts';
import classes from './app.module.css';
import { Icon, type IconName } from './components/icon.tsx';
import { runTitle } from './components/run-cells.tsx';
import { StageText } from './components/stage-text.tsx';
import { useAppState } from './hooks/use-app-state.ts';
import { useLiveRun } from './hooks/use-live-run.ts';
import { navigate } from './hooks/use-route.ts';
import { overallProgress, stagesOf } from './live-run.ts';
import { formatRoute, newExperimentRoute, startRoute, type Route } from './route.ts';

interface NavigationItem {
  readonly page: 'start' | 'experiment' | 'queue' | 'history' | 'devices' | 'settings';
  readonly route: Route;
  readonly icon: IconName;
  readonly shortcut: string | null;
}

const navigationItems: readonly NavigationItem[] = [
  { page: 'start', route: startRoute, icon: 'start', shortcut: null },
  { page: 'experiment', route: newExperimentRoute, icon: 'add', shortcut: 'N' },
  { page: 'queue', route: { page: 'queue' }, icon: 'queue', shortcut: null },
  { page: 'history', route: { page: 'history' }, icon: 'history', shortcut: null },
  { page: 'devices', route: { page: 'devices' }, icon: 'devices', shortcut: null },
  { page: 'settings', route: { page: 'settings' }, icon: 'settings', shortcut: null },
];

/** Where to go, what runs, and the machine it runs on. */
export function Sidebar({ route, onBattery }: { route: Route; onBattery: boolean }) {
  const { t } = useTranslation();
  const { queue } = useAppState();
  // Icons alone are named when they are pointed at.
  const isRail = useMediaQuery('(max-width: 74.99em)', false, { getInitialValueInEffect: false });
  const running = queue.find((entry) => entry.status === 'running') ?? null;
  const currentPage =
    route.page === 'run'
      ? queue.some((entry) => entry.runId === route.runId)
        ? 'queue'
        : 'history'
      : route.page === 'compare' || route.page === 'networks'
        ? 'history'
        : route.page;
  return (
    <AppShell.Navbar aria-label={t('app.navigation')}>
      <UnstyledButton className={classes.brand} onClick={() => navigate(startRoute)} aria-label={t('app.home')}>
        <Logo />
        <span className={classes.word}>Vernier</span>
      </UnstyledButton>
      <div className={classes.links}>
        {navigationItems.map((item) => (
          <Tooltip key={item.page} label={t(`navigation.${item.page}`)} position="right" disabled={!isRail}>
            <NavLink
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
          </Tooltip>
        ))}
      </div>
      {running !== null && <RunningCard entry={running} />}
      <Machine onBattery={onBattery} />
    </AppShell.Navbar>
  );
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
  const progress = Math.round(overallProgress(live, stagesOf(entry)) * 100);
  return (
    <UnstyledButton className={classes.running} onClick={() => navigate({ page: 'run', runId: entry.runId })}>
      <Group justify="space-between" wrap="nowrap" gap={6}>
        <span className={`clip ${classes.runningName}`}>{runTitle(entry)}</span>
        <span className={`numeric ${classes.runningShare}`}>{progress} %</span>
      </Group>
      <Progress value={progress} size={3} w="100%" aria-label={t('running.progressOf', { name: runTitle(entry) })} />
      <span className={`muted ${classes.word}`}>
        <StageText runId={entry.runId} live={live} />
      </span>
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
          <Icon name="battery" /> <span className={classes.word}>{t('app.onBattery')}</span>
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
            <span className={classes.word}>
              <span className="clip">{environment.cpuModel}</span>
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
