import type { HostEventName, HostEvents } from '../../shared/contract/events.ts';
import type { PickKind } from '../../shared/contract/requests.ts';
import type { AppInfo, ExportOutcome } from '../../shared/contract/results.ts';
import type { LaunchEngine } from '../worker/launch-engine.ts';
import type { ExportContent } from './export-content.ts';
import type { FileAccess } from './file-access.ts';

export type WriteExport = (content: ExportContent, path: string) => Promise<{ readonly sizeBytes: number }>;

/** What differs between the desktop and the browser host. */
export interface Surroundings {
  readonly host: AppInfo['host'];
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly files: FileAccess;
  /** Folder of the model and data that come with Vernier; null where they are not installed. */
  readonly sampleFolder: string | null;
  readonly launchEngine: LaunchEngine;
  readonly isOnBattery: () => boolean | null;
  /** Null where there are no native dialogs; no path when the user backed out. */
  readonly pickFiles: (
    kind: PickKind,
    startPath: string | null,
    suggestedName: string | null,
  ) => Promise<{ readonly paths: readonly string[] } | null>;
  /** Gets an export for which no path was named to the user; `write` announces the file, so that `vernier gc` knows of it. */
  readonly deliverExport: (content: ExportContent, write: WriteExport) => Promise<ExportOutcome>;
  readonly revealFile: (path: string) => boolean;
}

/** Tells every window. */
export type SendEvent = <Name extends HostEventName>(name: Name, payload: HostEvents[Name]) => void;
