import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-code.ts';
import { printError, printJson } from './output.ts';
import { toTerminal } from './terminal-text.ts';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function buildProgram(): Command {
  return (
    new Command('vernier')
      .description('Compress ONNX models and prove what it cost.')
      .version(readVersion(), '--version', 'print the version')
      .helpOption('--help', 'show help for a command')
      .helpCommand('help [command]', 'show help for a command')
      .showHelpAfterError('(add --help for the options there are)')
      .showSuggestionAfterError(true)
      .enablePositionalOptions()
      // Errors come back as exceptions: this module decides about exit codes and --json.
      .exitOverride()
      // What was typed may be somebody else's file name.
      .configureOutput({ writeErr: (text) => process.stderr.write(toTerminal(text)) })
      .addHelpText(
        'after',
        `
Exit codes:
  0 done, 1 failed, 2 wrong usage, 3 a limit (--max-…, --min-…) not met, 130 interrupted

Examples:
  vernier inspect model.onnx
  vernier compress model.onnx --data images/
  vernier show latest`,
      )
  );
}

/**
 * Runs one command line, everything after `vernier`, and prints its result.
 * @returns the exit code; never throws.
 */
export async function runCommandLine(parameters: readonly string[]): Promise<ExitCode> {
  const json = parameters.includes('--json');
  let exitCode: ExitCode = exitCodes.done;
  const program = buildProgram();
  // An agent is there for months: it holds its own command alone.
  const addCommands =
    parameters[0] === 'agent'
      ? (await import('./commands/agent.ts')).addAgentCommand
      : (await import('./commands/all.ts')).addCommands;
  addCommands(program, (code) => (exitCode = code));
  try {
    await program.parseAsync([...parameters], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version were asked for; commander has printed them.
      if (error.exitCode === 0) return exitCodes.done;
      // Commander has printed its message to stderr.
      if (json) printJson({ error: { code: 'usage', message: error.message.replace(/^error: /, '') } });
      return exitCodes.usage;
    }
    printError(error, json);
    return exitCodeOf(error);
  }
}
