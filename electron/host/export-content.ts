import { takeStart } from '../../shared/cut-text.ts';
import { shortId } from '../../shared/run-id.ts';
import { basename, extname } from 'node:path';
import type { DeviceRow } from '../../shared/device-matrix.ts';
import type { RunDetails, RunRow } from '../../shared/contract/results.ts';
import type { EndedRunDocument, RunDocument } from '../../shared/run.ts';

/** One file as an export makes it: content, or a file to be copied because it may be larger than memory. */
export type ExportPart =
  | { readonly fileName: string; readonly content: string | Uint8Array }
  | { readonly fileName: string; readonly sourcePath: string };

export interface ExportContent {
  /** What to call the file when the user does not say. */
  readonly fileName: string;
  /** More than one part becomes a zip file, unless they are a model with its weights beside it. */
  readonly parts: readonly ExportPart[];
  /** The parts belong into a folder, under names with slashes in them, and tell where that folder lies. */
  readonly isFolder?: true;
}

const longestFileName = 80;
const forbiddenInNames = /[^\p{L}\p{N}._-]+/gu;

/** A file name that every system takes, made of what people call the run. */
export function exportName(row: RunRow): string {
  const name = row.name === '' ? basename(row.modelPath, extname(row.modelPath)) : row.name;
  const safe = takeStart(name.replace(forbiddenInNames, '-').replace(/^[-.]+|[-.]+$/g, ''), longestFileName);
  return `${safe === '' ? 'run' : safe}-${shortId(row.runId)}`;
}

export interface ExportableRun {
  readonly details: RunDetails;
  readonly document: RunDocument | EndedRunDocument;
  /** The same models on the machines of a lab; none where there was one machine. */
  readonly devices?: readonly DeviceRow[];
}
