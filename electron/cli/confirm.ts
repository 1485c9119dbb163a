import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit-code.ts';
import { toTerminal } from './terminal-text.ts';

/**
 * Asks before something that cannot be undone. `--yes` answers beforehand; where nobody can answer, nothing is done.
 * @throws UsageError when there is no terminal to ask in.
 */
export async function confirm(question: string, isAnswered: boolean): Promise<boolean> {
  if (isAnswered) return true;
  if (!process.stdin.isTTY) throw new UsageError(`${question} There is no terminal to ask in; add --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(toTerminal(`${question} [y/N] `))).trim());
  } finally {
    terminal.close();
  }
}
