import type { Command } from 'commander';
import { formatBytes } from '../../../shared/units.ts';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { shortId } from '../../../shared/run-id.ts';
import type { Store } from '../../store/database.ts';
import { hideRuns, purgeRuns, restoreRuns, type PurgedFile } from '../../store/delete-runs.ts';
import { findDeletedRunId, findRun } from '../../store/find-run.ts';
import { confirm } from '../confirm.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { storedRunHelp } from '../load-runs.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { withStore } from '../with-store.ts';

interface DeleteOptions extends CommonOptions {
  readonly undo?: true;
  readonly purge?: true;
  readonly yes?: true;
}

const fileWords: Readonly<Record<PurgedFile['outcome'], string>> = {
  removed: 'removed',
  used: 'kept: another run uses it',
  changed: 'kept: it was changed since Vernier wrote it',
  foreign: 'kept: it bears no mark of Vernier',
  gone: 'was gone already',
  failed: 'could NOT be removed; `vernier gc` lists it',
};

function countRuns(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}

function shorten(runIds: readonly string[]): string {
  return runIds.map((runId) => shortId(runId)).join(' ');
}

/** For good means also those that were deleted before. */
function findAnyRunId(store: Store, reference: string): string {
  try {
    return findRun(store, reference).summary.runId;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'run-not-found' || reference === 'latest') throw error;
    return findDeletedRunId(store, reference);
  }
}

async function deleteRuns(references: readonly string[], options: DeleteOptions): Promise<ExitCode> {
  if (options.undo === true && options.purge === true) throw new UsageError('Use either --undo or --purge, not both.');
  return withStore(options, async (store) => {
    const unique = (runIds: readonly string[]) => [...new Set(runIds)];
    if (options.undo === true) {
      const runIds = unique(references.map((reference) => findDeletedRunId(store, reference)));
      const count = restoreRuns(store, runIds);
      if (options.json === true) printJson({ restored: runIds });
      else printText(`${countRuns(count)} restored: ${shorten(runIds)}`);
      return exitCodes.done;
    }
    if (options.purge === true) {
      const runIds = unique(references.map((reference) => findAnyRunId(store, reference)));
      return purge(store, runIds, options);
    }
    const runs = references.map((reference) => findRun(store, reference).summary);
    const running = runs.find((run) => run.status === 'running' || run.status === 'queued');
    if (running !== undefined) {
      throw new AppError('options-invalid', tell('runGoingNotDeleted', { run: running.runId }));
    }
    const runIds = unique(runs.map((run) => run.runId));
    const count = hideRuns(store, runIds, Date.now());
    if (options.json === true) printJson({ deleted: runIds });
    else {
      printText(`${countRuns(count)} deleted: ${shorten(runIds)}`);
      printNote(
        `Undo with \`vernier delete --undo ${shorten(runIds)}\`; files and rows are kept until \`vernier gc\` or --purge.`,
      );
    }
    return exitCodes.done;
  });
}

async function purge(store: Store, runIds: readonly string[], options: DeleteOptions): Promise<ExitCode> {
  const question = `Remove ${countRuns(runIds.length)} (${shorten(runIds)}) for good, with the models that only they wrote?`;
  if (!(await confirm(question, options.yes === true))) {
    printNote('Nothing was removed.');
    return exitCodes.done;
  }
  const { files } = purgeRuns(store, runIds);
  if (options.json === true) printJson({ purged: runIds, files });
  else {
    printText(
      [
        `${countRuns(runIds.length)} removed for good: ${shorten(runIds)}`,
        ...files.map((file) => `  ${file.path}  ${formatBytes(file.sizeBytes)}, ${fileWords[file.outcome]}`),
      ].join('\n'),
    );
  }
  return files.some((file) => file.outcome === 'failed') ? exitCodes.failed : exitCodes.done;
}

export function addDeleteCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('delete')
    .summary('delete runs; can be undone')
    .description(
      'Hides runs from every list; --undo brings them back. --purge removes them for good, with their compressed models, ' +
        'unless another run uses a model or somebody changed it. Exported reports stay.',
    )
    .argument('<run...>', storedRunHelp)
    .option('--undo', 'bring deleted runs back')
    .option('--purge', 'remove for good, including runs deleted earlier; asks first')
    .option('--yes', 'do not ask');
  addCommonOptions(command)
    .addHelpText('after', '\nExamples:\n  vernier delete 3f9a12c4 8b01d2e3\n  vernier delete --undo 3f9a12c4')
    .action(async (references: string[], options: DeleteOptions) => setExitCode(await deleteRuns(references, options)));
}
