import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { prepareOnce, readStore, writeStore, type Store } from './database.ts';

export type ArtifactKind = 'model' | 'model-data' | 'prepared' | 'prepared-data' | 'export';

/** A file a run produced, as it was when it was written. */
export interface Artifact {
  /** `prepared` is the float model as prepared, where it was kept; `…-data` the weights of a model beside it. */
  readonly kind: ArtifactKind;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly createdTimestampMs: number;
}

/** Part of the transaction that stores the run. */
export function insertArtifact(database: Database.Database, runKey: number, artifact: Artifact): void {
  prepareOnce(
    database,
    `insert into artifacts (runKey, kind, path, sha256, sizeBytes, createdTimestampMs) values (?, ?, ?, ?, ?, ?)
       on conflict (runKey, path) do update set kind = excluded.kind, sha256 = excluded.sha256,
         sizeBytes = excluded.sizeBytes, createdTimestampMs = excluded.createdTimestampMs`,
  ).run(runKey, artifact.kind, artifact.path, artifact.sha256, artifact.sizeBytes, artifact.createdTimestampMs);
}

export function addArtifact(store: Store, runId: string, artifact: Artifact): void {
  writeStore(store, (database) => {
    const runKey = prepareOnce<[string], number>(database, 'select runKey from runs where runId = ?')
      .pluck()
      .get(runId);
    if (runKey === undefined) throw new AppError('run-not-found', tell('runMissing', { run: runId, path: store.path }));
    insertArtifact(database, runKey, artifact);
  });
}

export function listArtifacts(store: Store, runId: string): Artifact[] {
  return readStore(store, (database) =>
    prepareOnce<[string], Artifact>(
      database,
      'select kind, path, sha256, sizeBytes, createdTimestampMs from artifacts join runs using (runKey) where runId = ? order by createdTimestampMs, path',
    ).all(runId),
  );
}

/**
 * The files of a run's compressed model, or of its float model as prepared: it and, where it keeps its weights outside, the data file that it names beside it.
 * An imported run may have them in two places: where they were written, and where the import put them.
 * @returns those of the first place that still has the model; none for a run that wrote none.
 */
export function selectModelFiles<File extends Pick<Artifact, 'kind' | 'path'>>(
  artifacts: readonly File[],
  isPresent: (file: File) => boolean,
  wanted: 'model' | 'prepared' = 'model',
): File[] {
  const models = artifacts.filter(({ kind }) => kind === wanted);
  const model = models.find(isPresent) ?? models[0];
  if (model === undefined) return [];
  return [model, ...artifacts.filter(({ kind, path }) => kind === `${wanted}-data` && path === `${model.path}.data`)];
}

/** Reads in pieces: models may be larger than memory. */
function hashFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) break;
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** @returns null when there is no such file. */
export function hashFileIfThere(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? hashFile(path) : null;
}

/** The file as it now is, to be recorded with its run. */
export function describeArtifact(kind: Artifact['kind'], path: string): Artifact {
  return { kind, path, sha256: hashFile(path), sizeBytes: statSync(path).size, createdTimestampMs: Date.now() };
}

/** True when the file at `path` is one that Vernier wrote there and nobody changed since: safe to replace. */
export function isOwnArtifact(store: Store, path: string): boolean {
  const recorded = readStore(store, (database) =>
    prepareOnce<[string], string>(database, 'select distinct sha256 from artifacts where path = ?').pluck().all(path),
  );
  return recorded.length > 0 && recorded.includes(hashFile(path));
}
