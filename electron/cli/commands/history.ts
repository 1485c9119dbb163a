import { Option, type Command } from 'commander';
import { runStatuses, type RunStatus } from '../../../shared/run.ts';
import { listRuns } from '../../store/run-rows.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { addCommonOptions, databasePathOf, parseInteger, type CommonOptions } from '../options.ts';
import { printJson, printText } from '../output.ts';
import { renderHistory } from '../run-view.ts';
import { withStore } from '../with-store.ts';

interface HistoryOptions extends CommonOptions {
  readonly status?: RunStatus;
  readonly model?: string;
  readonly text?: string;
  readonly limit: number;
}

async function showHistory(options: HistoryOptions): Promise<ExitCode> {
  const runs = await withStore(options, (store) =>
    listRuns(store, {
      status: options.status,
      model: options.model,
      text: options.text,
      limit: options.limit === 0 ? undefined : options.limit,
    }),
  );
  if (options.json === true) printJson({ runs });
  else if (runs.length > 0) printText(renderHistory(runs));
  else printText(`No runs in ${databasePathOf(options)} that fit.`);
  return exitCodes.done;
}

export function addHistoryCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('history')
    .summary('earlier runs, newest first')
    .description('Lists the runs in the history, newest first.')
    .addOption(new Option('--status <status>', 'only runs of this status').choices(runStatuses))
    .option('--model <text>', 'only runs whose model path contains this, or whose sha256 begins with it')
    .option('--text <text>', 'only runs with this in a path, the recipe, the verdict or the error')
    .option('--limit <n>', 'at most this many; 0 for all', parseInteger(0), 20);
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier history --status done --model mobilenet --limit 5')
    .action(async (options: HistoryOptions) => setExitCode(await showHistory(options)));
}
