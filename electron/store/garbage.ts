import type { Sentence } from '../../shared/engine-texts/say.ts';

/**
 * What nobody needs any more: what processes that were killed left lying about, and runs that were deleted some time ago.
 * Everything is named first; removing looks again, for between the two a file may have changed.
 */
export type Garbage =
  | { readonly kind: 'deleted-run'; readonly runId: string; readonly reason: Sentence; readonly sizeBytes: number }
  | {
      /** Removed only while it has this hash; null for what was never complete. */
      readonly kind: 'file';
      readonly path: string;
      readonly sha256: string | null;
      readonly reason: Sentence;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'folder'; readonly path: string; readonly reason: Sentence; readonly sizeBytes: number };

/** What tells one piece of garbage from another: the id of the run, or the path. */
export function nameOfGarbage(item: Garbage): string {
  return item.kind === 'deleted-run' ? item.runId : item.path;
}
