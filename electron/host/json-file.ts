import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { privateFileMode, writeFileAtomically } from '../engine/files/atomic-file.ts';

/**
 * A small file of the host's own. What cannot be read or does not fit any more counts as not there: settings and lists of
 * recent files are conveniences, and a damaged one must not keep the window from opening.
 */
export function readJsonFile<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export function writeJsonFile(path: string, value: unknown): void {
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, privateFileMode);
}
