import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { writeFileAtomically } from '../engine/files/atomic-file.ts';
import { formatBytes } from '../../shared/units.ts';

/**
 * Parts that were fetched and verified, each under its hash, up to a size. What was not used for longest goes first; what the job at hand needs
 * stays.
 */
export interface PartCache {
  readonly folder: string;
  readonly limitBytes: number;
}

export function openPartCache(folder: string, limitBytes: number): PartCache {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Half-written parts of an agent that was killed.
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
  return { folder, limitBytes };
}

export function partPath(cache: PartCache, sha256: string): string {
  return join(cache.folder, sha256);
}

/** Whether it is there whole; notes that it was used. */
export function hasPart(cache: PartCache, sha256: string, sizeBytes: number): boolean {
  const path = partPath(cache, sha256);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.size !== sizeBytes) return false;
  const now = new Date();
  utimesSync(path, now, now);
  return true;
}

/**
 * Makes room for what a job needs beside what it has.
 * @param needed every part of it by hash, with its size.
 * @throws AppError `lab-cache-full` where the job alone is larger.
 */
export function makeRoom(cache: PartCache, needed: ReadonlyMap<string, number>): void {
  const neededBytes = [...needed.values()].reduce((sum, size) => sum + size, 0);
  if (neededBytes > cache.limitBytes) {
    throw new AppError(
      'lab-cache-full',
      tell('labCacheTooSmall', { size: formatBytes(neededBytes), limit: formatBytes(cache.limitBytes) }),
    );
  }
  const others = readdirSync(cache.folder)
    .filter((name) => !needed.has(name))
    .flatMap((name) => {
      const found = statSync(join(cache.folder, name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, sizeBytes: found.size, usedMs: found.mtimeMs }];
    })
    .sort((a, b) => a.usedMs - b.usedMs);
  let total = neededBytes + others.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { name, sizeBytes } of others) {
    if (total <= cache.limitBytes) return;
    rmSync(join(cache.folder, name), { force: true });
    total -= sizeBytes;
  }
}

export function keepPart(cache: PartCache, sha256: string, content: Uint8Array): void {
  const path = partPath(cache, sha256);
  if (!existsSync(path)) writeFileAtomically(path, content, 0o600);
}

export function dropPart(cache: PartCache, sha256: string): void {
  rmSync(partPath(cache, sha256), { force: true });
}
