import { readFileSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import type { Store } from '../store/database.ts';
import { findRun } from '../store/find-run.ts';
import { resolvePath } from './options.ts';

/** What RUN means: said once, for every command's help. */
export const storedRunHelp = '`latest` (the last that has ended), a run id, or its first characters (at least 4)';
/** The same where a file will do as well. */
export const runReferenceHelp =
  '`latest` (the last that has ended), a run id, its first characters (at least 4), or a run document (.json)';

function readRunFile(path: string): RunDocument | EndedRunDocument {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AppError(
      isMissing ? 'file-not-found' : 'file-unreadable',
      isMissing
        ? tell('runDocumentMissing', { path })
        : tell('runDocumentNotRead', { path, reason: (error as Error).message }),
      { cause: error },
    );
  }
  const done = runDocumentSchema.safeParse(value);
  if (done.success) return done.data;
  const ended = endedRunDocumentSchema.safeParse(value);
  if (ended.success) return ended.data;
  const issue = done.error.issues[0];
  throw new AppError(
    'file-unreadable',
    tell('runDocumentWrong', {
      path,
      field: issue?.path.join('.') ?? 'unknown field',
      reason: issue?.message ?? 'unreadable',
    }),
  );
}

export interface NamedRun {
  readonly document: RunDocument | EndedRunDocument;
  /** What people called it; empty where they gave it no name. */
  readonly name: string;
}

/**
 * A run of the history, or of a file: a build keeps the document of its baseline where it keeps its other files.
 * @throws AppError `run-not-found`, `file-not-found` or `file-unreadable`.
 */
export function loadNamedRun(store: Store, reference: string): NamedRun {
  if (reference.toLowerCase().endsWith('.json')) return { document: readRunFile(resolvePath(reference)), name: '' };
  const { summary, document } = findRun(store, reference);
  if (document === null) {
    throw new AppError('run-not-found', tell('runNotFinishedToTell', { run: summary.runId }));
  }
  return { document, name: summary.name };
}

/** @throws AppError as `loadNamedRun`. */
function loadRun(store: Store, reference: string): RunDocument | EndedRunDocument {
  return loadNamedRun(store, reference).document;
}

/** @throws AppError `run-not-found` also for runs that measured nothing. */
export function loadFinishedRun(store: Store, reference: string): RunDocument {
  const document = loadRun(store, reference);
  if (document.status === 'done') return document;
  throw new AppError(
    'run-not-found',
    tell(document.status === 'failed' ? 'failedRunMeasuredNothing' : 'cancelledRunMeasuredNothing', {
      run: document.runId,
    }),
  );
}
