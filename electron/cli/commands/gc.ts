import type { Command } from 'commander';
import { formatBytes } from '../../../shared/units.ts';
import { listGarbage, removeGarbage } from '../../store/collect-garbage.ts';
import type { Garbage } from '../../store/garbage.ts';
import { confirm } from '../confirm.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { addCommonOptions, parseInteger, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface GcOptions extends CommonOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly deletedFor: number;
}

function countOf(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

function renderGarbage(garbage: readonly Garbage[]): string {
  return garbage
    .map((item) => {
      const what = item.kind === 'deleted-run' ? `run ${item.runId}` : item.path;
      return `${formatBytes(item.sizeBytes).padStart(9)}  ${what}  (${item.reason})`;
    })
    .join('\n');
}

async function collectGarbage(options: GcOptions): Promise<ExitCode> {
  return withStore(options, async (store) => {
    const garbage = listGarbage(store, { deletedForDays: options.deletedFor });
    const sizeBytes = garbage.reduce((sum, item) => sum + item.sizeBytes, 0);
    const isDry = options.dryRun === true;
    if (options.json !== true) {
      printText(garbage.length === 0 ? 'Nothing to remove.' : renderGarbage(withOneLineTexts(garbage)));
      if (garbage.length > 0) printNote(`${countOf(garbage.length, 'thing')}, ${formatBytes(sizeBytes)}.`);
    }
    const goOn = !isDry && garbage.length > 0 && (await confirm('Remove all of this for good?', options.yes === true));
    if (!goOn) {
      if (options.json === true) printJson({ garbage, removed: null });
      else if (garbage.length > 0) printNote('Nothing was removed.');
      return exitCodes.done;
    }
    const removed = removeGarbage(store, garbage);
    if (options.json === true) printJson({ garbage, removed });
    else {
      printText(
        `Removed ${countOf(removed.runCount, 'deleted run')} and ${countOf(removed.fileCount, 'file or folder', 'files and folders')}, ` +
          `${formatBytes(removed.sizeBytes)} on disk beside the history.`,
      );
      for (const { path, reason } of removed.kept) printText(`kept ${path}: ${reason}`);
    }
    return exitCodes.done;
  });
}

export function addGcCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('gc')
    .summary('find and remove files that are no longer needed')
    .description(
      'Lists what killed processes left behind (half-written files, models of unrecorded runs, temporary folders) and runs ' +
        'deleted some time ago, and removes them after asking. Files that changed since Vernier wrote them, or that ' +
        'another run uses, stay.',
    )
    .option('--dry-run', 'only list what would be removed')
    .option('--deleted-for <days>', 'remove runs that were deleted at least this many days ago', parseInteger(0), 30)
    .option('--yes', 'do not ask');
  addCommonOptions(command)
    .addHelpText('after', '\nExamples:\n  vernier gc --dry-run\n  vernier gc --deleted-for 0 --yes')
    .action(async (options: GcOptions) => setExitCode(await collectGarbage(options)));
}
