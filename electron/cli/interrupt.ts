import { exitCodes } from './exit-code.ts';

/**
 * One Ctrl-C may arrive several times: from the terminal to the whole process group, and again from npm and from our
 * launcher, which pass signals on. Only one that comes later than stopping may take is the user losing patience.
 */
const sameInterruptMs = 1500;

/**
 * Turns Ctrl-C, a polite kill and a closed terminal into an AbortSignal while `work` runs, so that the run is stopped and
 * recorded. A later second signal ends the process at once.
 *
 * The handlers stay: the echo of a signal may arrive after the work has ended, and must neither change the exit code nor cut
 * off what is still on its way into a pipe. They do not keep the process alive.
 */
export function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const interrupt = () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > sameInterruptMs) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return work(controller.signal);
}
