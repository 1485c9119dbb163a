import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentFile } from '../../shared/contract/results.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const maxPerKind = 12;
const recentFilesSchema = z.array(
  z.strictObject({ path: z.string(), kind: z.enum(['model', 'data']), usedTimestampMs: z.number() }),
);
type Entry = z.infer<typeof recentFilesSchema>[number];

/** Models and data folders that were used lately, newest first; the same for every host on this machine. */
export class RecentFiles {
  private readonly path: string;
  /** The list as it should have been written; null when the file has it. */
  private unsaved: readonly Entry[] | null = null;

  constructor(folder: string) {
    this.path = join(folder, 'recent.json');
  }

  list(): RecentFile[] {
    return this.entries().map((entry) => ({ ...entry, present: existsSync(entry.path) }));
  }

  add(path: string, kind: Entry['kind']): void {
    const entry = { path, kind, usedTimestampMs: Date.now() };
    const others = this.entries().filter((other) => other.path !== path || other.kind !== kind);
    const merged = [entry, ...others];
    this.save(merged.filter((one, index) => countBefore(merged, index, one.kind) < maxPerKind));
  }

  remove(path: string): void {
    this.save(this.entries().filter((entry) => entry.path !== path));
  }

  /** Read anew each time: another host may have added to them. */
  private entries(): readonly Entry[] {
    return this.unsaved ?? readJsonFile(this.path, recentFilesSchema) ?? [];
  }

  private save(entries: readonly Entry[]): void {
    try {
      writeJsonFile(this.path, entries);
      this.unsaved = null;
    } catch {
      // The list lives on in memory until the window closes; losing it is not worth an error in the middle of work.
      this.unsaved = entries;
    }
  }
}

function countBefore(entries: readonly Entry[], index: number, kind: Entry['kind']): number {
  return entries.slice(0, index).filter((entry) => entry.kind === kind).length;
}
