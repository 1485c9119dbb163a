import { Option, type Command } from 'commander';
import { statSync } from 'node:fs';
import { AppError } from '../../../shared/app-error.ts';
import { formatBytes } from '../../../shared/units.ts';
import { addArtifact, describeArtifact, isOwnArtifact } from '../../store/artifacts.ts';
import { writeFileAtomically } from '../../store/atomic-file.ts';
import { findRun, type StoredRun } from '../../store/runs.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { renderLayersCsv } from '../layers-csv.ts';
import { addCommonOptions, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printText } from '../output.ts';
import { withStore } from '../with-store.ts';

interface ExportOptions extends CommonOptions {
  readonly format: 'csv' | 'json';
  readonly out: string;
  readonly force?: true;
}

function renderExport({ summary, document }: StoredRun, format: 'csv' | 'json'): string {
  if (document === null) {
    throw new AppError('run-not-found', `Run ${summary.runId} is still running: there is nothing to export yet.`);
  }
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (document.status !== 'done') {
    throw new AppError(
      'run-not-found',
      `Run ${summary.runId} ${document.status === 'failed' ? 'failed' : 'was cancelled'} and has no layers: export it with --format json.`,
    );
  }
  return renderLayersCsv(document.layers);
}

async function exportRun(reference: string, options: ExportOptions): Promise<ExitCode> {
  const path = resolvePath(options.out);
  const artifact = await withStore(options, (store) => {
    const run = findRun(store, reference);
    const text = renderExport(run, options.format);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status !== undefined && status.size > 0 && options.force !== true && !isOwnArtifact(store, path)) {
      throw new AppError(
        'file-exists',
        `"${path}" exists and is not an unchanged earlier export: give another --out, or --force to replace it.`,
      );
    }
    writeFileAtomically(path, text);
    const written = describeArtifact('export', path);
    if (store.readOnlyReason === null) addArtifact(store, run.summary.runId, written);
    return { runId: run.summary.runId, ...written };
  });
  if (options.json === true) printJson({ format: options.format, ...artifact });
  else printText(`${artifact.path}  ${formatBytes(artifact.sizeBytes)}`);
  return exitCodes.done;
}

export function addExportCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('export')
    .summary('write a run to a file')
    .description(
      'Writes a run to a file: json is the whole run document (docs/run-document.md), csv is its table of layers (RFC 4180, ' +
        'UTF-8; texts that a spreadsheet would take for a formula begin with an apostrophe).',
    )
    .argument('<run>', '`latest`, a run id, or its first characters (at least 4)')
    .addOption(new Option('--format <format>', 'what to write').choices(['csv', 'json']).makeOptionMandatory())
    .requiredOption('--out <file>', 'where to write it')
    .option('--force', 'replace an existing file');
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier export latest --format csv --out layers.csv')
    .action(async (reference: string, options: ExportOptions) => setExitCode(await exportRun(reference, options)));
}
