import type { OnEvent } from '../../../shared/events.ts';
import type { AllowedFolders } from '../files/allowed-folders.ts';
import type { SpawnChild } from '../runtime/child-process.ts';

/**
 * A metric of the user's own, in a process of its own. It is code that runs, so it is named by the user, on the command line or in a dialog
 * of the system, and by nothing that comes from elsewhere: no request, recipe, bundle, history or page has a field for it.
 */
export type CustomMetric = (
  { readonly kind: 'module'; readonly path: string } | { readonly kind: 'command'; readonly command: string }
) & { readonly timeLimitSeconds: number };

/** What the host of a job lends the engine. */
export interface EngineContext {
  readonly signal: AbortSignal;
  /** Aborted when whoever waits says that the best so far is good enough. */
  readonly enough?: AbortSignal;
  readonly onEvent: OnEvent;
  /** How helper processes are started; Electron's host has its own way. */
  readonly spawnChild: SpawnChild;
  readonly allowedFolders: AllowedFolders;
  readonly customMetric?: CustomMetric | null;
}
