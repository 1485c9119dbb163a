/** Thrown where a search would try its next candidate and is not to any more: what it has is good enough. */
export class EnoughError extends Error {}

/** Ends a search when whoever waits says so, or when it has had its time. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Called when the search is over. */
  readonly clear: () => void;
}

/**
 * By a timer of its own: what AbortSignal.any makes of AbortSignal.timeout holds it weakly, and where memory was collected in between
 * it never came (seen in a search that took three times its budget).
 * @param seconds null for as long as it takes.
 */
export function limitSearch(enough: AbortSignal | undefined, seconds: number | null): Limit {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = seconds === null || enough?.aborted === true ? null : setTimeout(abort, seconds * 1000);
  enough?.addEventListener('abort', abort, { once: true });
  if (enough?.aborted === true) abort();
  return {
    signal: controller.signal,
    clear: () => {
      if (timer !== null) clearTimeout(timer);
      enough?.removeEventListener('abort', abort);
    },
  };
}
