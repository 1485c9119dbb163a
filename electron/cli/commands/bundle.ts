import type { Command } from 'commander';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { EndedRunDocument, RunDocument } from '../../../shared/run.ts';
import { formatBytes } from '../../../shared/units.ts';
import { shortId } from '../../../shared/run-id.ts';
import { importBundle } from '../../host/import-bundle.ts';
import { writeBundle, type BundledRun } from '../../report/bundle/write-bundle.ts';
import { describeArtifact, listArtifacts, selectModelFiles, type Artifact } from '../../store/artifacts.ts';
import type { Store } from '../../store/database.ts';
import { findRun } from '../../store/find-run.ts';
import type { ImportOutcome } from '../../store/import-runs.ts';
import { withAnnouncedFiles } from '../../store/pending-files.ts';
import { modelsFolder } from '../../store/places.ts';
import { getRunRow, listRuns } from '../../store/run-rows.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { storedRunHelp } from '../load-runs.ts';
import { addCommonOptions, databasePathOf, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { backUpAndWarn, withStore } from '../with-store.ts';

interface BundleOptions extends CommonOptions {
  readonly out: string;
  readonly all?: true;
  readonly withModels?: true;
  readonly samples?: true;
  readonly force?: true;
}

function readVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The compressed model of a run as it was written, with the data file that holds its weights, and the float model as prepared
 * where it was kept and still is as it was. Of two models of one name (from two folders) a bundle holds the compressed one.
 */
function findModelPaths(store: Store, document: RunDocument | EndedRunDocument): string[] {
  if (document.status !== 'done') return [];
  const artifacts = listArtifacts(store, document.runId);
  const isPresent = ({ path }: Artifact): boolean => existsSync(path);
  const files = selectModelFiles(artifacts, isPresent);
  if (files.length === 0 || files.some(({ path }) => !existsSync(path))) {
    throw new AppError(
      'file-not-found',
      tell('bundledModelGone', { run: document.runId, path: document.model.compressed.path }),
    );
  }
  const isChanged = ({ kind, path, sha256 }: Artifact): boolean => describeArtifact(kind, path).sha256 !== sha256;
  const changed = files.find(isChanged);
  if (changed !== undefined) {
    throw new AppError('file-unreadable', tell('bundledModelChanged', { path: changed.path, run: document.runId }));
  }
  const prepared = selectModelFiles(artifacts, isPresent, 'prepared');
  const isWhole = prepared.every((file) => isPresent(file) && !isChanged(file));
  const isNamesake = prepared[0] !== undefined && basename(prepared[0].path) === basename(files[0]!.path);
  return [...files, ...(isWhole && !isNamesake ? prepared : [])].map(({ path }) => path);
}

function collectRun(store: Store, reference: string, { withModels, samples }: BundleOptions): BundledRun {
  const { summary, document } = findRun(store, reference);
  if (document === null) {
    throw new AppError('run-not-found', tell('runNotFinishedToBundle', { run: summary.runId }));
  }
  const { name, notes, tags, starred } = getRunRow(store, summary.runId).row;
  return {
    document,
    marks: { name, notes, tags: [...tags], starred },
    modelPaths: withModels === true ? findModelPaths(store, document) : [],
    withPictures: samples === true,
  };
}

async function bundleRuns(references: readonly string[], options: BundleOptions): Promise<ExitCode> {
  if (references.length === 0 && options.all !== true) throw new UsageError('Name the runs to bundle, or use --all.');
  const path = resolvePath(options.out);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status !== undefined && options.force !== true) {
    throw new AppError('file-exists', tell('bundleExists', { path }));
  }
  return withStore(options, async (store) => {
    const named =
      options.all === true
        ? listRuns(store)
            .filter((run) => run.status !== 'running' && run.status !== 'queued')
            .map((run) => run.runId)
        : references;
    const collected = named.map((reference) => collectRun(store, reference, options));
    // "latest" and an id may be the same run.
    const runs = [...new Map(collected.map((run) => [run.document.runId, run])).values()];
    if (runs.length === 0) throw new AppError('run-not-found', tell('noEndedRuns'));
    const { sizeBytes } = await withAnnouncedFiles(store, [path], () =>
      writeBundle(path, runs, `Vernier ${readVersion()}`),
    );
    const runIds = runs.map((run) => run.document.runId);
    if (options.json === true) printJson({ path, sizeBytes, runIds });
    else printText(`${path}  ${formatBytes(sizeBytes)}, ${runIds.length} ${runIds.length === 1 ? 'run' : 'runs'}`);
    return exitCodes.done;
  });
}

interface ImportOptions extends CommonOptions {
  readonly models: boolean;
  readonly modelsTo?: string;
}

const outcomeWords: Readonly<Record<ImportOutcome, string>> = {
  added: 'added',
  restored: 'added again (it had been deleted here)',
  merged: 'already here; got a name, notes or tags from the bundle',
  present: 'already here',
  conflict: 'NOT imported: another run of this id is here',
};

async function importFile(file: string, options: ImportOptions): Promise<ExitCode> {
  const path = resolvePath(file);
  const modelFolder =
    options.modelsTo === undefined ? modelsFolder(databasePathOf(options)) : resolvePath(options.modelsTo);
  const imported = await withStore(options, async (store) => {
    const runs = await importBundle(store, path, options.models ? modelFolder : null);
    await backUpAndWarn(store);
    return runs;
  });
  const conflicts = imported.filter((run) => run.outcome === 'conflict');
  if (options.json === true) printJson({ path, runs: imported });
  else {
    printText(
      imported
        .map(({ runId, outcome, models }) =>
          [`${shortId(runId)}  ${outcomeWords[outcome]}`, ...models.map((model) => `          ${model}`)].join('\n'),
        )
        .join('\n'),
    );
  }
  if (conflicts.length > 0) {
    printNote(
      `error: ${conflicts.length} of ${imported.length} runs exist here with the same id and other contents; the existing ones were kept.`,
    );
    return exitCodes.failed;
  }
  return exitCodes.done;
}

export function addBundleCommands(program: Command, setExitCode: (code: ExitCode) => void): void {
  const bundle = program
    .command('bundle')
    .summary('pack runs for another machine')
    .description(
      'Packs runs with their names, notes and tags into one file that `vernier import` reads on another machine. The file ' +
        'holds the SHA-256 of everything in it.',
    )
    .argument('[run...]', storedRunHelp)
    .requiredOption('-o, --out <file>', 'the bundle to write, usually NAME.vernier')
    .option('--all', 'bundle every run that has ended')
    .option('--with-models', 'include the compressed models, and prepared models that were kept')
    .option('--samples', 'include small pictures of the samples whose answer changed, which are part of your data')
    .option('--force', 'replace an existing file');
  addCommonOptions(bundle)
    .addHelpText('after', '\nExample:\n  vernier bundle latest --with-models -o mobilenet.vernier')
    .action(async (references: string[], options: BundleOptions) => setExitCode(await bundleRuns(references, options)));

  const receive = program
    .command('import')
    .summary('import the runs of a bundle')
    .description(
      'Adds the runs of a bundle to the history. Everything is verified before anything is written. Importing a bundle ' +
        'again changes nothing, and existing runs are never replaced.',
    )
    .argument('<bundle>', 'a file that `vernier bundle` wrote')
    .option('--models-to <folder>', 'where to put compressed models (default: a folder beside the history)')
    .option('--no-models', 'leave compressed models in the bundle');
  addCommonOptions(receive)
    .addHelpText('after', '\nExample:\n  vernier import mobilenet.vernier')
    .action(async (file: string, options: ImportOptions) => setExitCode(await importFile(file, options)));
}
