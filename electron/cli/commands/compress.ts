import type { Command } from 'commander';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { defaultRecipeName } from '../../../shared/recipe.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { withoutPictures } from '../../../shared/sample-evidence.ts';
import { assertReplaceable, type RecordedRun } from '../../host/record-run.ts';
import { parsePlace } from '../../lab/lab-messages.ts';
import { assertWritable, type Store } from '../../store/database.ts';
import { proveWritable } from '../../engine/files/atomic-file.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { listChecks } from '../../report/formats/junit.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { addCustomMetricOptions, customMetricOf, type CustomMetricOptions } from '../custom-metric.ts';
import { reportChecks, reportFailure, type CiOptions } from '../ci-output.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { runOnLab, withLab } from '../lab-client.ts';
import { addLabOptions, type LabOptions } from '../lab-options.ts';
import {
  addCommonOptions,
  addDimOption,
  addLimitOptions,
  addThreadsOption,
  databasePathOf,
  limitsOf,
  resolvePath,
} from '../options.ts';
import { printError, printJson, printNote, printText } from '../output.ts';
import { renderPlan } from '../plan-view.ts';
import { showProgress } from '../progress.ts';
import {
  addDataOptions,
  addGateOptions,
  addRecipeOptions,
  buildRequest,
  presetNames,
  type RunOptions,
} from '../run-options.ts';
import { runRecorded } from '../run-recorded.ts';
import { renderRun } from '../run-view.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface CompressOptions extends RunOptions, CiOptions, LabOptions, CustomMetricOptions {
  readonly on?: string;
  readonly force?: true;
  readonly layers?: true;
}

async function printPlan(request: CompressRequest, options: CompressOptions): Promise<ExitCode> {
  const progress = showProgress({ quiet: options.quiet === true });
  try {
    const plan = await withInterrupt((signal) =>
      runEngineJob({ kind: 'plan', request }, { signal, onEvent: progress.onEvent, ...limitsOf(options) }),
    );
    progress.stop();
    if (options.json === true) printJson(plan);
    else printText(renderPlan(plan));
    return exitCodes.done;
  } finally {
    progress.stop();
  }
}

async function compressModel(model: string, options: CompressOptions): Promise<ExitCode> {
  try {
    return await compressOrPlan(model, options);
  } catch (error) {
    if (options.plan !== true && error instanceof Error) reportFailure(model, error, 'vernier compress', options);
    throw error;
  }
}

function assertOutputsReplaceable(
  { modelPath, outPath, preparedPath }: CompressRequest,
  force: boolean,
  store: Store,
): void {
  assertReplaceable({ path: outPath, modelPath, otherPath: preparedPath }, force, store, {
    what: tell('outputOption', { option: '--out' }),
    otherwise: tell('otherwiseOut'),
  });
  if (preparedPath === null) return;
  assertReplaceable({ path: preparedPath, modelPath, otherPath: outPath }, force, store, {
    what: tell('outputOption', { option: '--keep-prepared' }),
    otherwise: tell('otherwiseKeepPrepared'),
  });
}

async function compressOrPlan(model: string, options: CompressOptions): Promise<ExitCode> {
  const request = buildRequest(model, options);
  await assertMayBeModel(request.modelPath);
  if (options.on !== undefined && customMetricOf(options) !== null)
    throw new UsageError('--metric and --metric-command work only on this machine. Leave them out, or leave out --on.');
  if (options.plan === true) return printPlan(request, options);

  return withStore(options, async (store) => {
    assertWritable(store);
    assertOutputsReplaceable(request, options.force === true, store);
    if (options.junit !== undefined) proveWritable(resolvePath(options.junit));
    const { document, historyError } = await withInterrupt((signal) =>
      options.on === undefined
        ? runRecorded(store, request, options, { signal })
        : compressOnLab(store, request, options, options.on, signal),
    );
    if (options.json === true) printJson(withoutPictures(document));
    else {
      printText(
        renderRun(withOneLineTexts(document), {
          layers: options.layers === true,
          databasePath: databasePathOf(options),
        }),
      );
    }
    if (options.junit !== undefined || options.github === true) await tellBuildSystem(document, options);
    if (historyError !== null) {
      printError(historyError, false);
      printNote('The compressed model is complete, but this run could not be added to the history.');
      return exitCodes.failed;
    }
    return document.gates.every((gate) => gate.met) ? exitCodes.done : exitCodes.gateNotMet;
  });
}

/** The same on another machine; recorded when the result is here. */
async function compressOnLab(
  store: Store,
  request: CompressRequest,
  options: CompressOptions,
  on: string,
  signal: AbortSignal,
): Promise<RecordedRun> {
  if (request.preparedPath !== null) throw new UsageError('Use either --keep-prepared or --on, not both.');
  const submission = { kind: 'compress', request, place: parsePlace(on), tags: [] } as const;
  const { document } = await withLab(options, (lab) => runOnLab(store, lab, submission, options, signal));
  return { document, historyError: null };
}

async function tellBuildSystem(document: RunDocument, options: CompressOptions): Promise<void> {
  const { buildRunReport } = await import('../../report/sections/run-report.ts');
  const { renderMarkdown } = await import('../../report/formats/markdown.ts');
  const markdown = () => renderMarkdown(buildRunReport(document, 'en', 'A4'));
  reportChecks(document, listChecks(document), 'vernier compress', markdown, options);
}

export function addCompressCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('compress')
    .summary('compress a model, measure what it cost, and record the run')
    .description(
      'Compresses MODEL: calibrates it on the given data, measures accuracy and speed before and after, writes the ' +
        'compressed model and records the run in the history.',
    )
    .argument('<model>', 'an .onnx file')
    .optionsGroup('Data:');
  addDataOptions(command)
    .optionsGroup('Recipe:')
    .option('--recipe <name|file>', `a preset (${presetNames}) or a JSON file`, defaultRecipeName);
  addRecipeOptions(command)
    .option('--plan', 'print what would be quantized, and why the rest would not; writes and records nothing')
    .optionsGroup('Measuring and output:');
  addCustomMetricOptions(command);
  addThreadsOption(command);
  addLimitOptions(command, 'none; with --plan 30, and more for large files');
  addDimOption(command)
    .option('--out <file>', 'the compressed model (default: <model>.int8.onnx next to the model)')
    .option(
      '--keep-prepared [file]',
      'also write the prepared float model: constants, BatchNorm and shape work folded, still float (default: <model>.prepared.onnx next to the model)',
    )
    .option('--force', 'replace existing output files')
    .option('--layers', 'also print the table of layers')
    .optionsGroup('On another machine:')
    .option('--on <place>', 'where the lab runs it: any, the name of a device, or label=KEY=VALUE (default: here)');
  addLabOptions(command).optionsGroup('Limits (exit code 3 if one is not met):');
  addGateOptions(command)
    .optionsGroup('For build systems:')
    .option('--junit <file>', 'write the limits as JUnit XML')
    .option('--github', 'print GitHub annotations, and add the report to the step summary')
    .optionsGroup('General:');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vernier compress model.onnx --data images/
  vernier compress model.onnx --data samples.npz --calibration-method entropy --out small.onnx
  vernier compress model.onnx --data images/ --max-accuracy-drop 1 --min-speedup 1.5 --json > run.json`,
    )
    .action(async (model: string, options: CompressOptions) => setExitCode(await compressModel(model, options)));
}
