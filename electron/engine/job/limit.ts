/** Ends the looking for a better model when whoever waits says so, or when it has had its time. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Milliseconds of its time that are left; infinite where it has no end. */
  readonly leftMs: () => number;
  /** Called when it is over. */
  readonly clear: () => void;
}

/**
 * By a timer of its own: what AbortSignal.any makes of AbortSignal.timeout holds it weakly, and where memory was collected in between
 * it never came (seen in a search that took three times its budget).
 * @param seconds null for as long as it takes.
 */
export function limitTime(enough: AbortSignal | undefined, seconds: number | null): Limit {
  const endMs = seconds === null ? Infinity : performance.now() + seconds * 1000;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = seconds === null || enough?.aborted === true ? null : setTimeout(abort, seconds * 1000);
  enough?.addEventListener('abort', abort, { once: true });
  if (enough?.aborted === true) abort();
  return {
    signal: controller.signal,
    leftMs: () => Math.max(0, endMs - performance.now()),
    clear: () => {
      if (timer !== null) clearTimeout(timer);
      enough?.removeEventListener('abort', abort);
    },
  };
}
