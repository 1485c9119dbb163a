import type { Command } from 'commander';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { formatBytes } from '../../../shared/units.ts';
import { backUpTo, listBackups, type AutomaticBackup } from '../../store/backups.ts';
import { closeStore, openStore } from '../../store/open.ts';
import { examineBackup, findNewestBackup, restoreBackup } from '../../store/restore-backup.ts';
import { confirm } from '../confirm.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { addCommonOptions, databasePathOf, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { withStore } from '../with-store.ts';

interface BackupOptions extends CommonOptions {
  readonly force?: true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function backUp(file: string, options: BackupOptions): Promise<ExitCode> {
  const named = resolvePath(file);
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const path = isFolder(named) ? join(named, `vernier-${stamp}.db`) : named;
  if (path === databasePathOf(options)) {
    throw new AppError('options-invalid', tell('backupOntoHistory', { path }));
  }
  if (existsSync(path) && options.force !== true) {
    throw new AppError('file-exists', tell('backupExists', { path }));
  }
  const { sizeBytes } = await withStore(options, (store) => backUpTo(store, path));
  const { runCount, schemaVersion } = examineBackup(path);
  if (options.json === true) printJson({ path, sizeBytes, runCount, schemaVersion });
  else printText(`${path}  ${formatBytes(sizeBytes)}, ${countRuns(runCount)}`);
  return exitCodes.done;
}

function countRuns(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}

interface RestoreOptions extends CommonOptions {
  readonly yes?: true;
}

const occasionWords: Readonly<Record<AutomaticBackup['occasion'], string>> = {
  daily: 'of the day',
  'before-migration': 'before the history was brought to a newer form',
  'before-restore': 'before a backup was restored',
  damaged: 'damaged: what a backup took the place of',
};

function printBackups(databasePath: string, options: RestoreOptions): ExitCode {
  const backups = listBackups(databasePath);
  if (options.json === true) printJson({ backups });
  else if (backups.length === 0) printText(`There are no automatic backups of ${databasePath} yet.`);
  else {
    printText(
      backups
        .map(({ path, occasion, createdTimestampMs, sizeBytes }) => {
          const when = new Date(createdTimestampMs).toISOString().slice(0, 19).replace('T', ' ');
          return `${when} UTC  ${formatBytes(sizeBytes).padStart(9)}  ${path}  (${occasionWords[occasion]})`;
        })
        .join('\n'),
    );
    printNote('Restore one with `vernier restore FILE`, or the newest with `vernier restore latest`.');
  }
  return exitCodes.done;
}

async function restore(file: string | undefined, options: RestoreOptions): Promise<ExitCode> {
  const databasePath = databasePathOf(options);
  if (file === undefined) return printBackups(databasePath, options);
  const newest = file === 'latest' ? findNewestBackup(databasePath) : null;
  if (file === 'latest' && newest === null) {
    throw new AppError('file-not-found', tell('noAutomaticBackup', { path: databasePath }));
  }
  const path = newest?.path ?? resolvePath(file);
  const { runCount } = examineBackup(path);
  const question = `Replace "${databasePath}" with "${path}" (${countRuns(runCount)})? The current history is kept.`;
  if (!(await confirm(question, options.yes === true))) {
    printNote('Nothing was changed.');
    return exitCodes.done;
  }
  const restored = await restoreBackup(databasePath, path);
  // Brings an older one to the form of today, and says so here if that fails.
  closeStore(openStore(databasePath));
  if (options.json === true) printJson({ ...restored, databasePath });
  else {
    printText(`${databasePath}  ${countRuns(restored.runCount)}, from ${path}`);
    if (restored.previousPath !== null) printNote(`The previous history is kept in ${restored.previousPath}`);
  }
  return exitCodes.done;
}

export function addBackupCommands(program: Command, setExitCode: (code: ExitCode) => void): void {
  const backup = program
    .command('backup')
    .summary('copy the history to a file')
    .description(
      'Copies the history to one file, even while it is in use, and verifies the whole copy before naming it. Models are not ' +
        'included: `vernier bundle` packs them. Vernier also keeps automatic backups of the last five days on which it ' +
        'recorded something; `vernier restore` lists them.',
    )
    .argument('<file>', 'the backup to write, or a folder for it')
    .option('--force', 'replace an existing file');
  addCommonOptions(backup)
    .addHelpText('after', '\nExample:\n  vernier backup /media/stick/')
    .action(async (file: string, options: BackupOptions) => setExitCode(await backUp(file, options)));

  const restoring = program
    .command('restore')
    .summary('replace the history with a backup, or list the backups')
    .description(
      'Replaces the history with a backup, after asking. The previous history is kept beside it, damaged or not. Without ' +
        'a file: lists the automatic backups.',
    )
    .argument('[file]', 'a file that `vernier backup` wrote, or `latest` for the newest automatic backup')
    .option('--yes', 'do not ask');
  addCommonOptions(restoring)
    .addHelpText('after', '\nExamples:\n  vernier restore\n  vernier restore latest')
    .action(async (file: string | undefined, options: RestoreOptions) => setExitCode(await restore(file, options)));
}
