import type { RunStatus } from '../run.ts';
import type { Settings } from './requests.ts';
import type { AppInfo, QueueEntry, EventBatch } from './results.ts';

/** Menu items and shortcuts of the desktop, carried out by the renderer. */
export const menuCommands = [
  'new-experiment',
  'open-model',
  'try-sample',
  'start',
  'history',
  'queue',
  'settings',
  'find',
  'cancel-run',
  'about',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

export interface HostEvents {
  /** In order, gathered for at most a few tens of milliseconds so that a busy engine does not flood the window. */
  'run.events': EventBatch & { readonly runId: string };
  /** Status changes and edits; `deleted` and `restored` for the history's own. */
  'run.changed': { readonly runId: string; readonly status: RunStatus | 'updated' | 'deleted' | 'restored' };
  'queue.changed': readonly QueueEntry[];
  'menu.command': { readonly command: MenuCommand };
  /** Dropped on the window or the icon, opened with Vernier, or named on the command line. */
  'files.opened': { readonly paths: readonly string[] };
  'settings.changed': Settings;
  'power.changed': { readonly onBattery: boolean };
  /** What was not known at the start is known now. */
  'info.changed': AppInfo;
}

export type HostEventName = keyof HostEvents;
export type HostEvent = {
  readonly [Name in HostEventName]: { readonly name: Name; readonly payload: HostEvents[Name] };
}[HostEventName];
