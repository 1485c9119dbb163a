import type { OnEvent } from '../../../shared/events.ts';
import type { AllowedFolders } from '../files/allowed-folders.ts';
import type { SpawnChild } from '../runtime/child-process.ts';

/** What the host of a job lends the engine. */
export interface EngineContext {
  readonly signal: AbortSignal;
  /** Aborted when whoever waits says that the best so far is good enough. */
  readonly enough?: AbortSignal;
  readonly onEvent: OnEvent;
  /** How helper processes are started; Electron's host has its own way. */
  readonly spawnChild: SpawnChild;
  readonly allowedFolders: AllowedFolders;
}
