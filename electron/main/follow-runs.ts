import { Notification, powerMonitor, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { HostEvent, HostEvents } from '../../shared/contract/events.ts';
import type { QueueEntry } from '../../shared/contract/results.ts';
import { stages } from '../../shared/events.ts';
import type { AppHost } from '../host/app-host.ts';
import { announceEnd } from './announce-end.ts';

/** Whether the machine runs on battery; null where it cannot be told. */
export function isOnBattery(): boolean | null {
  return powerMonitor.isOnBatteryPower();
}

/**
 * Lets the desktop see what runs: progress on the taskbar, a notification at the end of a long run, no sleep while
 * measuring (a processor that wakes from sleep measures nothing worth having), news about the power supply.
 * @returns what stops it.
 */
export function followRuns(host: AppHost, window: () => BrowserWindow | null): () => void {
  let blocker: number | null = null;
  let entries: readonly QueueEntry[] = [];
  let shown = { runId: '', share: 0 };

  const keepAwake = (awake: boolean) => {
    if (awake && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!awake && blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
  const showProgress = (share: number) => {
    const shown = window();
    if (shown !== null && !shown.isDestroyed()) shown.setProgressBar(share);
  };
  const notify = (entry: QueueEntry, status: HostEvents['run.changed']['status']) => {
    const isWatched = window()?.isFocused() === true;
    const { language } = host.settings.get();
    const announcement = announceEnd({ entry, status, isWatched, endedTimestampMs: Date.now(), language });
    if (announcement === null || !Notification.isSupported()) return;
    const notification = new Notification(announcement);
    notification.on('click', () => window()?.show());
    notification.show();
  };

  const follow = (event: HostEvent) => {
    switch (event.name) {
      case 'queue.changed':
        entries = event.payload.length > 0 ? event.payload : entries;
        keepAwake(event.payload.length > 0);
        if (event.payload.length === 0) showProgress(-1);
        return;
      case 'run.events': {
        const last = event.payload.events.findLast((one) => one.type === 'progress');
        if (last === undefined) return;
        const within = last.total > 0 ? Math.min(1, last.done / last.total) : 0;
        const share = (stages.indexOf(last.stage) + within) / stages.length;
        const { runId } = event.payload;
        // A stage of several passes counts each from nothing; a bar that goes back tells nobody anything.
        shown = { runId, share: runId === shown.runId ? Math.max(share, shown.share) : share };
        showProgress(shown.share);
        return;
      }
      case 'run.changed': {
        const { runId, status } = event.payload;
        const entry = entries.find((one) => one.runId === runId);
        if (entry !== undefined) notify(entry, status);
        return;
      }
      default:
    }
  };
  const stop = host.onEvent(follow);
  const tellBattery = () => host.send('power.changed', { onBattery: true });
  const tellMains = () => host.send('power.changed', { onBattery: false });
  powerMonitor.on('on-battery', tellBattery);
  powerMonitor.on('on-ac', tellMains);
  return () => {
    stop();
    powerMonitor.off('on-battery', tellBattery);
    powerMonitor.off('on-ac', tellMains);
    keepAwake(false);
  };
}
