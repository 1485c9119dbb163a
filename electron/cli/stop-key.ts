import { printNote } from './output.ts';

const interruptKey = '\u0003';

/**
 * On a terminal the key `s` says that the best so far is good enough while `work` runs. Reading keys one by one takes Ctrl-C from the
 * terminal, so it is passed on as the signal it would have been.
 */
export async function withStopKey<Result>(
  isAnnounced: boolean,
  work: (enough: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return work(controller.signal);
  const onKey = (keys: Buffer): void => {
    const text = keys.toString('latin1');
    if (text.includes(interruptKey)) process.kill(process.pid, 'SIGINT');
    if (text.includes('s')) controller.abort();
  };
  if (isAnnounced) printNote('press s to end the search with the best so far, Ctrl-C to cancel');
  stdin.setRawMode(true);
  stdin.on('data', onKey);
  stdin.resume();
  try {
    return await work(controller.signal);
  } finally {
    stdin.off('data', onKey);
    stdin.setRawMode(false);
    stdin.pause();
  }
}
