import { createContext, use } from 'react';
import type { Settings } from '../../shared/contract/requests.ts';
import type { AppInfo, QueueEntry } from '../../shared/contract/results.ts';

/** What every page may need. */
export interface AppState {
  readonly info: AppInfo | null;
  readonly settings: Settings;
  readonly changeSettings: (change: Partial<Settings>) => void;
  readonly queue: readonly QueueEntry[];
  /** Runs somebody cancelled here, by id, from the click on: the engine may take a moment to stop. */
  readonly cancelling: ReadonlySet<string>;
  readonly cancelRun: (runId: string) => void;
}

export const AppStateContext = createContext<AppState | null>(null);

export function useAppState(): AppState {
  const state = use(AppStateContext);
  if (state === null) throw new Error('AppStateContext is missing above this component.');
  return state;
}
