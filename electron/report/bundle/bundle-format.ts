import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/**
 * A bundle: runs on their way to another machine. A zip file with `manifest.json`, `runs/<runId>.json` and, when asked for,
 * `models/<runId>/<file name>`. The manifest names every other file with its size and SHA-256; nothing else may be in it.
 */

export const formatVersion = 1;
export const manifestPath = 'manifest.json';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
/** Also a file name: no separators, no dots in front, nothing a file system reads in its own way. */
const runIdSchema = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{3,63}$/);

const marksSchema = z.strictObject({
  name: z.string().max(1000).default(''),
  notes: z.string().max(1_000_000).default(''),
  tags: z.array(z.string().max(1000)).max(1000).default([]),
  starred: z.boolean().default(false),
});
/** What people added to a run. */
export type BundleMarks = z.infer<typeof marksSchema>;

export const manifestSchema = z.strictObject({
  format: z.literal('vernier-bundle'),
  formatVersion: z.number().int(),
  createdBy: z.string().max(200),
  runs: z
    .array(
      z.strictObject({
        runId: runIdSchema,
        path: z.string(),
        sha256: sha256Schema,
        sizeBytes: z.number().int().nonnegative(),
        marks: marksSchema,
        models: z
          .array(
            z.strictObject({
              path: z.string(),
              sha256: sha256Schema,
              sizeBytes: z.number().int().nonnegative(),
            }),
          )
          // The compressed model and the float model as prepared, each with the data file beside it.
          .max(4),
      }),
    )
    .min(1)
    .max(100_000),
});
export type Manifest = z.infer<typeof manifestSchema>;

export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw new AppError('file-unreadable', tell('fileUnreadableShort', { path, reason: (error as Error).message }), {
      cause: error,
    });
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
