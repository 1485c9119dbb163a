/** Runs the command lines that it is sent, one after another, and answers with what each wrote and how it ended. */
import { runCommandLine } from '../../electron/cli/command-line.ts';

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Write = typeof process.stdout.write;

/** Commands that can be stopped leave their handlers of signals, each of its own process. */
process.setMaxListeners(0);

process.on('message', (parameters: readonly string[]) => {
  const said = { stdout: '', stderr: '' };
  const writeTo =
    (name: keyof typeof said): Write =>
    (chunk: string | Uint8Array) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  process.stdout.write = writeTo('stdout');
  process.stderr.write = writeTo('stderr');
  void runCommandLine(parameters).then((exitCode) => {
    process.send!({ exitCode, ...said } satisfies CommandAnswer);
  });
});
process.on('disconnect', () => process.exit());
