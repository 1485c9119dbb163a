import { Option, type Command } from 'commander';
import type { runSortColumns } from '../../../shared/contract/requests.ts';
import type { RunSortColumn } from '../../../shared/contract/requests.ts';
import { runStatuses, type RunStatus } from '../../../shared/run.ts';
import { listRunRows } from '../../store/run-rows.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { addCommonOptions, databasePathOf, parseDate, parseInteger, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { renderHistory } from '../history-view.ts';
import { withStore } from '../with-store.ts';

interface HistoryOptions extends CommonOptions {
  readonly status?: RunStatus;
  readonly model?: string;
  readonly text?: string;
  readonly tag?: string;
  readonly starred?: true;
  readonly since?: number;
  readonly until?: number;
  readonly deleted?: true;
  readonly sort: string;
  readonly reverse?: true;
  readonly offset: number;
  readonly limit: number;
}

/** Names of sort keys as people type them, and which way round is the interesting one. */
const sorts: Readonly<Record<string, { readonly column: RunSortColumn; readonly descending: boolean }>> = {
  started: { column: 'startedTimestampMs', descending: true },
  name: { column: 'name', descending: false },
  status: { column: 'status', descending: false },
  model: { column: 'modelPath', descending: false },
  recipe: { column: 'recipeName', descending: false },
  duration: { column: 'durationMs', descending: true },
  size: { column: 'sizeBytesAfter', descending: false },
  speedup: { column: 'speedupRatio', descending: true },
  latency: { column: 'latencyMedianMsAfter', descending: false },
  decision: { column: 'decision', descending: true },
  loss: { column: 'mainLossPercent', descending: false },
  accuracy: { column: 'accuracyAfter', descending: true },
  agreement: { column: 'top1AgreementShare', descending: true },
} satisfies Record<string, { column: (typeof runSortColumns)[number]; descending: boolean }>;

/** Why the list is empty: nothing there, nothing that fits, or all of it before the offset. */
function explainEmpty(options: HistoryOptions, total: number, isFiltered: boolean): string {
  const database = databasePathOf(options);
  if (total > 0) return `--offset ${options.offset} skips all ${total} runs that match in ${database}.`;
  return isFiltered ? `No runs in ${database} match.` : `No runs in ${database} yet.`;
}

async function showHistory(options: HistoryOptions): Promise<ExitCode> {
  const sort = sorts[options.sort]!;
  const filter = {
    text: options.text,
    status: options.status,
    model: options.model,
    tag: options.tag,
    starred: options.starred,
    sinceTimestampMs: options.since,
    untilTimestampMs: options.until,
    deleted: options.deleted,
  };
  const { total, rows } = await withStore(options, (store) =>
    listRunRows(store, {
      ...filter,
      sort: { column: sort.column, descending: sort.descending !== (options.reverse === true) },
      offset: options.offset,
      limit: options.limit === 0 ? undefined : options.limit,
    }),
  );
  if (options.json === true) printJson({ total, runs: rows });
  else if (rows.length > 0) {
    printText(renderHistory(rows));
    if (rows.length < total) {
      printNote(
        `${options.offset + 1} to ${options.offset + rows.length} of ${total}; --limit and --offset show others.`,
      );
    }
  } else {
    const isFiltered = Object.values(filter).some((value) => value !== undefined);
    printText(explainEmpty(options, total, isFiltered));
  }
  return exitCodes.done;
}

export function addHistoryCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('history')
    .summary('list earlier runs, newest first')
    .description('Lists, filters, sorts and searches the runs in the history.')
    .option(
      '--text <words>',
      'only runs with all of these words, or parts of them, in name, notes, tags, paths, recipe, verdict, error or id',
    )
    .addOption(new Option('--status <status>', 'only runs of this status').choices(runStatuses))
    .option('--model <text>', 'only runs whose model path contains this, or whose SHA-256 starts with it')
    .option('--tag <tag>', 'only runs with this tag')
    .option('--starred', 'only runs with a star')
    .option('--since <date>', 'only runs started on or after this day or time (UTC), such as 2026-11-26', parseDate)
    .option('--until <date>', 'only runs started before this day or time (UTC)', parseDate)
    .option('--deleted', 'list deleted runs instead')
    .addOption(new Option('--sort <key>', 'sort order, best first').choices(Object.keys(sorts)).default('started'))
    .option('--reverse', 'reverse the order')
    .option('--offset <n>', 'skip this many runs', parseInteger(0), 0)
    .option('--limit <n>', 'at most this many; 0 for all', parseInteger(0), 20);
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vernier history --status done --model mobilenet --limit 5
  vernier history --text "resnet 产线" --sort speedup
  vernier history --tag baseline --since 2026-11-01`,
    )
    .action(async (options: HistoryOptions) => setExitCode(await showHistory(options)));
}
