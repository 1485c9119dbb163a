import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { addAgentCommand } from './commands/agent.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addBundleCommands } from './commands/bundle.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addCompressCommand } from './commands/compress.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExportCommand } from './commands/export.ts';
import { addGcCommand } from './commands/gc.ts';
import { addHistoryCommand } from './commands/history.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addDevicesCommand, addLabCommand } from './commands/lab.ts';
import { addMarkCommands } from './commands/marks.ts';
import { addMeasureCommand } from './commands/measure.ts';
import { addProveCommand } from './commands/prove.ts';
import { addServeCommand } from './commands/serve.ts';
import { addShowCommand } from './commands/show.ts';
import { addSweepCommand } from './commands/sweep.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-code.ts';
import { printError, printJson } from './output.ts';
import { toTerminal } from './terminal-text.ts';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function buildProgram(setExitCode: (code: ExitCode) => void): Command {
  const program = new Command('vernier')
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
  0 done, 1 failed, 2 wrong usage, 3 a gate (--max-…, --min-…) not met, 130 interrupted

Examples:
  vernier inspect model.onnx
  vernier compress model.onnx --data images/
  vernier show latest`,
    );
  // In the order of a first visit. Subcommands inherit the settings made so far.
  addInspectCommand(program, setExitCode);
  addCompressCommand(program, setExitCode);
  addSweepCommand(program, setExitCode);
  addBenchCommand(program, setExitCode);
  addMeasureCommand(program, setExitCode);
  addProveCommand(program, setExitCode);
  addDiffCommand(program, setExitCode);
  addHistoryCommand(program, setExitCode);
  addShowCommand(program, setExitCode);
  addCompareCommand(program, setExitCode);
  addExportCommand(program, setExitCode);
  addBundleCommands(program, setExitCode);
  addMarkCommands(program, setExitCode);
  addDeleteCommand(program, setExitCode);
  addGcCommand(program, setExitCode);
  addBackupCommands(program, setExitCode);
  addServeCommand(program, setExitCode);
  addAgentCommand(program, setExitCode);
  addDevicesCommand(program, setExitCode);
  addLabCommand(program, setExitCode);
  addDoctorCommand(program, setExitCode);
  return program;
}

/**
 * Runs one command line, everything after `vernier`, and prints its result.
 * @returns the exit code; never throws.
 */
export async function runCommandLine(parameters: readonly string[]): Promise<ExitCode> {
  const json = parameters.includes('--json');
  let exitCode: ExitCode = exitCodes.done;
  const program = buildProgram((code) => (exitCode = code));
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
