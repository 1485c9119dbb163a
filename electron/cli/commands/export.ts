import { deviceMatrix } from '../../../shared/device-matrix.ts';
import { runsOnDevices } from '../../store/same-models.ts';
import { Option, type Command } from 'commander';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import {
  reportFormats,
  exportOptionsSchema,
  pageSizes,
  reportLanguages,
  type ReportFormat,
  type ExportOptions,
} from '../../../shared/report-options.ts';
import { formatBytes } from '../../../shared/units.ts';
import type { Export, ExportedFile } from '../../report/formats/exported-file.ts';
import { addArtifact, describeArtifact, isOwnArtifact, type Artifact } from '../../store/artifacts.ts';
import { writeFileAtomically } from '../../engine/files/atomic-file.ts';
import type { Store } from '../../store/database.ts';
import { findRun } from '../../store/find-run.ts';
import { withAnnouncedFiles } from '../../store/pending-files.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { loadNamedRun, runReferenceHelp } from '../load-runs.ts';
import { addCommonOptions, resolvePath, type CommonOptions } from '../options.ts';
import { printDocument, printJson, printText } from '../output.ts';
import { withStore } from '../with-store.ts';

interface ExportCommandOptions extends CommonOptions {
  readonly format: ReportFormat;
  readonly out?: string;
  readonly language: ExportOptions['language'];
  readonly pageSize: ExportOptions['pageSize'];
  readonly bom?: true;
  readonly force?: true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Pairs of what to write and where. */
function placeFiles(exported: Export, options: ExportCommandOptions): { file: ExportedFile; path: string }[] {
  const { format } = options;
  const out = options.out ?? exported.name;
  const path = resolvePath(out);
  if (format === 'csv' && out.toLowerCase().endsWith('.csv') && !isFolder(path)) {
    // One file asked for: the table that people open first.
    const layers = exported.files.find((file) => file.path === 'layers.csv')!;
    return [{ file: layers, path }];
  }
  const [only] = exported.files;
  if (exported.files.length === 1 && only !== undefined) {
    return [{ file: only, path: isFolder(path) || /[\\/]$/.test(out) ? join(path, basename(only.path)) : path }];
  }
  if (existsSync(path) && !isFolder(path)) {
    throw new AppError('options-invalid', tell('exportIntoFile', { path }));
  }
  return exported.files.map((file) => ({ file, path: join(path, ...file.path.split('/')) }));
}

function assertMayWrite(store: Store, path: string, force: boolean): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.size === 0 || force || isOwnArtifact(store, path)) return;
  throw new AppError('file-exists', tell('exportExists', { path }));
}

async function exportRuns(references: readonly string[], options: ExportCommandOptions): Promise<ExitCode> {
  const { format } = options;
  // Fonts, charts and the PDF writer: loaded when they are needed, for every other command starts without them.
  const { renderExport } = await import('../../report/render-export.ts');
  const { placeMlflowRuns } = await import('../../report/formats/mlflow.ts');
  return withStore(options, async (store) => {
    const runs = references.map((reference) => loadNamedRun(store, reference));
    const documents = runs.map(({ document }) => document);
    const exported = await renderExport(
      documents,
      exportOptionsSchema.parse({
        format,
        language: options.language,
        pageSize: options.pageSize,
        byteOrderMark: options.bom === true,
      }),
      new Map(runs.map(({ document, name }) => [document.runId, name])),
      runs.length === 1 ? deviceMatrix(runsOnDevices(store, runs[0]!.document.runId)) : [],
    );
    if (options.out === '-') {
      const [only] = exported.files;
      if (exported.files.length !== 1 || only === undefined || typeof only.content !== 'string') {
        throw new UsageError(
          `--out - can print only a single text, and ${format} of ${documents.length} runs is not. Name a file.`,
        );
      }
      printDocument(only.content);
      return exitCodes.done;
    }

    let places = placeFiles(exported, options);
    if (format === 'mlflow') {
      const root = resolvePath(options.out ?? exported.name);
      places = placeMlflowRuns(places, root).filter(
        // Runs of an experiment share its description: what is there stays.
        ({ file, path }) => file.path.split('/').length !== 2 || !existsSync(path),
      );
    }
    for (const { path } of places) assertMayWrite(store, path, options.force === true);
    const paths = places.map(({ path }) => path);
    const written = await withAnnouncedFiles(store, paths, () =>
      places.map(({ file, path }): Artifact => {
        writeFileAtomically(path, file.content);
        return describeArtifact('export', path);
      }),
    );
    // An MLflow run is scores of tiny files that MLflow itself goes on changing.
    if (store.readOnlyReason === null && format !== 'mlflow') {
      const inHistory = references.filter((reference) => !reference.toLowerCase().endsWith('.json'));
      for (const { summary } of inHistory.map((reference) => findRun(store, reference))) {
        for (const artifact of written) addArtifact(store, summary.runId, artifact);
      }
    }
    report(
      options,
      documents.map((document) => document.runId),
      written,
    );
    return exitCodes.done;
  });
}

function report(options: ExportCommandOptions, runIds: readonly string[], written: readonly Artifact[]): void {
  const [first] = written;
  const sizeBytes = written.reduce((sum, artifact) => sum + artifact.sizeBytes, 0);
  if (options.json === true) {
    const files = written.map(({ path, sha256, sizeBytes: bytes }) => ({ path, sha256, sizeBytes: bytes }));
    printJson({
      format: options.format,
      runIds,
      ...(written.length === 1 && first !== undefined && { runId: runIds[0], ...first }),
      files,
    });
  } else if (written.length === 1 && first !== undefined) printText(`${first.path}  ${formatBytes(sizeBytes)}`);
  else if (written.length <= 10) {
    printText(written.map((artifact) => `${artifact.path}  ${formatBytes(artifact.sizeBytes)}`).join('\n'));
  } else printText(`${written.length} files in ${dirname(first!.path)} and beside it  ${formatBytes(sizeBytes)}`);
}

export function addExportCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('export')
    .summary('write runs to files: PDF, HTML, CSV, JSON, Markdown, MLflow, CycloneDX')
    .description(
      'Writes runs to files. pdf, html and md are reports; 2 to 6 runs make a comparison. json is the whole run document ' +
        '(docs/run-document.md). csv is a folder with one table per file (RFC 4180); with --out FILE.csv, only the table of ' +
        'layers. mlflow is a folder in the layout of its file store. cyclonedx is an ML-BOM of the compressed model.',
    )
    .argument('<run...>', runReferenceHelp)
    .addOption(new Option('--format <format>', 'what to write').choices(reportFormats).makeOptionMandatory())
    .option('--out <file|folder>', 'where to write it; - for stdout (default: named after model and run)')
    .addOption(new Option('--language <language>', 'of reports').choices(reportLanguages).default('en'))
    .addOption(new Option('--page-size <size>', 'of PDF reports').choices(pageSizes).default('A4'))
    .option('--bom', 'start CSV files with a byte order mark, for old versions of Excel')
    .option('--force', 'replace existing files');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vernier export latest --format pdf --language zh-CN --out report.pdf
  vernier export 3f9a12c4 8b01d2e3 --format html --out comparison.html
  vernier export latest --format md --out - >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (references: string[], options: ExportCommandOptions) =>
      setExitCode(await exportRuns(references, options)),
    );
}
