import { z } from 'zod';
import type { CompressRequest } from '../../shared/compress-request.ts';

/** What every version has written. */
const requestShape = z.looseObject({
  modelPath: z.string(),
  outPath: z.string(),
  preparedPath: z.string().nullable().optional(),
  data: z.looseObject({ path: z.string().nullable() }),
  recipe: z.looseObject({ name: z.string() }),
  threads: z.number(),
});

/**
 * What was asked for, as the history keeps it.
 * @returns null for what no version of Vernier wrote: a history may come from anywhere (`vernier restore`).
 */
export function parseStoredRequest(json: string): CompressRequest | null {
  try {
    const parsed = requestShape.safeParse(JSON.parse(json));
    return parsed.success ? (parsed.data as unknown as CompressRequest) : null;
  } catch {
    return null;
  }
}
