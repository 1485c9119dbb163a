import { parseOverride } from '../../../shared/overrides.ts';
import { schemeNames, schemesWithoutData, type SchemeName } from '../../../shared/precision.ts';
import { Option, type Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { compressRequestSchema, type CompressRequest } from '../../../shared/compress-request.ts';
import {
  blockSizes,
  calibrationMethods,
  defaultRecipeName,
  recipePresets,
  type Recipe,
} from '../../../shared/recipe.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { assertReplaceable, recordRun, type RecordedRun } from '../../host/record-run.ts';
import { assertWritable, type Store } from '../../store/database.ts';
import { proveWritable } from '../../engine/files/atomic-file.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { listChecks } from '../../report/formats/junit.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { reportChecks, reportFailure, type CiOptions } from '../ci-output.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import {
  addCommonOptions,
  addDimOption,
  addLimitOptions,
  addThreadsOption,
  collectList,
  collectOne,
  databasePathOf,
  limitsOf,
  parseDecimal,
  parseInteger,
  resolvePath,
  type LimitOptions,
} from '../options.ts';
import { printError, printJson, printNote, printText } from '../output.ts';
import { renderPlan } from '../plan-view.ts';
import { showProgress } from '../progress.ts';
import { loadRecipe } from '../recipe-file.ts';
import { renderRun } from '../run-view.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface CompressOptions extends CiOptions, LimitOptions {
  readonly data?: string;
  readonly labels?: string;
  readonly target?: string;
  readonly preprocessor?: string;
  readonly randomData?: true;
  readonly recipe: string;
  readonly calibrationMethod?: Recipe['calibrationMethod'];
  readonly calibrationSamples?: number;
  readonly percentile?: number;
  readonly evaluationSamples?: number;
  readonly threads: number;
  readonly seed: number;
  readonly dim: Readonly<Record<string, number>>;
  readonly out?: string;
  readonly keepPrepared?: string | true;
  readonly force?: true;
  readonly maxAccuracyDrop?: number;
  readonly minSpeedup?: number;
  readonly maxSizeRatio?: number;
  readonly perTensor?: true;
  readonly blockSize?: string;
  readonly symmetricActivations?: true;
  readonly includeOpTypes?: string[];
  readonly excludeOpTypes?: string[];
  readonly includeNodes?: string[];
  readonly excludeNodes?: string[];
  readonly reducedRange?: Recipe['reducedRange'] | true;
  readonly equalization?: Recipe['equalization'];
  readonly weightRounding?: Recipe['weightRounding'];
  readonly biasCorrection?: Recipe['biasCorrection'];
  readonly keepFloat?: Recipe['keepFloat'];
  readonly scheme?: SchemeName;
  readonly precision?: string[];
  readonly layers?: true;
  readonly plan?: true;
}

/** Only what was typed: everything else is the recipe's. */
function recipeOverrides(options: CompressOptions): Partial<Recipe> {
  return {
    ...(options.calibrationMethod !== undefined && { calibrationMethod: options.calibrationMethod }),
    ...(options.calibrationSamples !== undefined && { calibrationSamples: options.calibrationSamples }),
    ...(options.percentile !== undefined && { percentile: options.percentile }),
    ...(options.perTensor === true && { perChannel: false }),
    ...(options.blockSize !== undefined && { blockSize: Number(options.blockSize) as Recipe['blockSize'] }),
    ...(options.symmetricActivations === true && { symmetricActivations: true }),
    ...(options.includeOpTypes !== undefined && { includeOpTypes: options.includeOpTypes }),
    ...(options.excludeOpTypes !== undefined && { excludeOpTypes: options.excludeOpTypes }),
    ...(options.includeNodes !== undefined && { includeNodes: options.includeNodes }),
    ...(options.excludeNodes !== undefined && { excludeNodes: options.excludeNodes }),
    ...(options.reducedRange !== undefined && {
      reducedRange: options.reducedRange === true ? ('on' as const) : options.reducedRange,
    }),
    ...(options.equalization !== undefined && { equalization: options.equalization }),
    ...(options.weightRounding !== undefined && { weightRounding: options.weightRounding }),
    ...(options.biasCorrection !== undefined && { biasCorrection: options.biasCorrection }),
    ...(options.keepFloat !== undefined && { keepFloat: options.keepFloat }),
    ...(options.scheme !== undefined && { scheme: options.scheme }),
    ...(options.precision !== undefined && { overrides: options.precision.map(parseOverride) }),
  };
}

function buildRequest(model: string, options: CompressOptions): CompressRequest {
  // A plan depends on the data's shapes only: noise of the same shape does as well.
  const isPlanWithoutData = options.plan === true && options.data === undefined;
  const recipe = loadRecipe(options.recipe, recipeOverrides(options));
  const needsNoData = [recipe.scheme, ...recipe.overrides.map(({ scheme }) => scheme)].every(
    (scheme) => scheme === 'float' || schemesWithoutData.has(scheme),
  );
  const isOnNoise = options.data === undefined && (isPlanWithoutData || needsNoData || options.randomData === true);
  if (options.data === undefined && !isOnNoise) {
    throw new UsageError(
      'Ranges are calibrated on data: name some with --data PATH, or say --random-data to use seeded noise ' +
        '(and get figures that mean nothing for real inputs).',
    );
  }
  if (options.data !== undefined && options.randomData === true) {
    throw new UsageError('--data and --random-data exclude each other: give one.');
  }
  const modelPath = resolvePath(model);
  const besideModel = (kind: string) =>
    join(dirname(modelPath), `${basename(modelPath, extname(modelPath))}.${kind}.onnx`);
  const optional = (path: string | undefined) => (path === undefined ? null : resolvePath(path));
  return compressRequestSchema.parse({
    runId: randomUUID(),
    modelPath,
    outPath: optional(options.out) ?? besideModel(recipe.scheme === 'int8-static' ? 'int8' : recipe.scheme),
    preparedPath: options.keepPrepared === true ? besideModel('prepared') : optional(options.keepPrepared),
    data: {
      path: optional(options.data),
      labelsPath: optional(options.labels),
      targetName: options.target ?? null,
      preprocessorPath: optional(options.preprocessor),
      random: isOnNoise,
    },
    recipe,
    evaluationSamples: options.evaluationSamples ?? null,
    threads: options.threads,
    seed: options.seed,
    dims: { ...options.dim },
    gates: {
      maxAccuracyDrop: options.maxAccuracyDrop ?? null,
      minSpeedup: options.minSpeedup ?? null,
      maxSizeRatio: options.maxSizeRatio ?? null,
    },
  } satisfies CompressRequest);
}

/** Runs the engine with its progress on stderr, and records the run. */
async function runRecorded(store: Store, request: CompressRequest, options: CompressOptions): Promise<RecordedRun> {
  const progress = showProgress({ quiet: options.quiet === true });
  // Told when the bar is gone, which would paint over them.
  const warnings: string[] = [];
  try {
    return await recordRun(store, request, {
      onEvent: progress.onEvent,
      onUnrecordedEnd: (error) => {
        progress.stop();
        printNote(`warning: how the run ended could not be recorded: ${error.message}`);
      },
      onWarning: (message) => warnings.push(message),
      compress: (onEvent) =>
        withInterrupt((signal) =>
          runEngineJob({ kind: 'compress', request }, { signal, onEvent, ...limitsOf(options) }),
        ),
    });
  } finally {
    progress.stop();
    for (const warning of warnings) printNote(`warning: ${warning}`);
  }
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
    what: '--out',
    otherwise: 'give another --out, or --force to replace it',
  });
  if (preparedPath === null) return;
  assertReplaceable({ path: preparedPath, modelPath, otherPath: outPath }, force, store, {
    what: '--keep-prepared',
    otherwise: 'name another file with --keep-prepared, or --force to replace it',
  });
}

async function compressOrPlan(model: string, options: CompressOptions): Promise<ExitCode> {
  const request = buildRequest(model, options);
  await assertMayBeModel(request.modelPath);
  if (options.plan === true) return printPlan(request, options);

  return withStore(options, async (store) => {
    assertWritable(store);
    assertOutputsReplaceable(request, options.force === true, store);
    if (options.junit !== undefined) proveWritable(resolvePath(options.junit));
    const { document, historyError } = await runRecorded(store, request, options);
    if (options.json === true) printJson(document);
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
      printNote('The compressed model is written and complete, but this run is not in the history.');
      return exitCodes.failed;
    }
    return document.gates.every((gate) => gate.met) ? exitCodes.done : exitCodes.gateNotMet;
  });
}

async function tellBuildSystem(document: RunDocument, options: CompressOptions): Promise<void> {
  const { buildRunReport } = await import('../../report/sections/run-report.ts');
  const { renderMarkdown } = await import('../../report/formats/markdown.ts');
  const markdown = () => renderMarkdown(buildRunReport(document, 'en', 'A4'));
  reportChecks(document, listChecks(document), 'vernier compress', markdown, options);
}

const presetNames = Object.keys(recipePresets).join(', ');

export function addCompressCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('compress')
    .summary('quantize a model to int8, measure what it cost, and keep the evidence')
    .description(
      'Calibrates MODEL on the given data, quantizes it, measures accuracy and speed of both, writes the compressed model ' +
        'and keeps the run in the history.',
    )
    .argument('<model>', 'an .onnx file')
    .optionsGroup('Data:')
    .option('--data <path>', 'folder of images, .npz or .npy, or ONNX test data')
    .option(
      '--labels <file>',
      'table of file names and class indices (default: labels.csv in the data, or one folder per class)',
    )
    .option(
      '--target <array>',
      'array of the data that holds what an output should be (default: one called as an output, or "target")',
    )
    .option(
      '--preprocessor <file>',
      'preprocessor_config.json or processor_config.json of Hugging Face, or config.json of timm',
    )
    .option('--random-data', 'seeded noise instead of data; every figure that depends on it is marked')
    .option('--evaluation-samples <n>', 'samples to measure accuracy on (default: all left)', parseInteger(1))
    .option('--seed <n>', 'seed of every random choice', parseInteger(0, 0xffff_ffff), 0)
    .optionsGroup('Recipe:')
    .option('--recipe <name|file>', `a preset (${presetNames}) or a JSON file`, defaultRecipeName)
    .addOption(
      new Option('--calibration-method <method>', 'how ranges are chosen').choices(['auto', ...calibrationMethods]),
    )
    .option('--calibration-samples <n>', 'samples to calibrate on', parseInteger(1, 1_000_000))
    .option('--percentile <p>', 'share of values kept by the percentile method, in percent', parseDecimal(50))
    .option('--per-tensor', 'one weight scale per tensor instead of one per channel')
    .addOption(
      new Option('--block-size <n>', 'neighbouring weights that share a scale, in 4 and 2 bits').choices(
        blockSizes.map(String),
      ),
    )
    .option('--symmetric-activations', 'int8 activations with zero point 0 instead of uint8')
    .option('--include-op-types <types>', 'quantize only these, comma-separated; repeatable', collectList)
    .option('--exclude-op-types <types>', 'keep these in float, comma-separated; repeatable', collectList)
    .option('--include-nodes <name>', 'quantize only nodes of this name or /regex/; repeatable', collectOne)
    .option('--exclude-nodes <name>', 'keep nodes of this name or /regex/ in float; repeatable', collectOne)
    .addOption(
      new Option('--reduced-range [mode]', 'smaller weights, for CPUs whose int8 products saturate').choices([
        'auto',
        'safe',
        'on',
        'pairs',
        'off',
      ]),
    )
    .addOption(
      new Option('--equalization <mode>', 'even out channel ranges between layers').choices(['auto', 'on', 'off']),
    )
    .addOption(
      new Option(
        '--weight-rounding <mode>',
        'round weights to nearest, or let later ones make up for earlier ones',
      ).choices(['auto', 'compensated', 'nearest']),
    )
    .addOption(
      new Option('--bias-correction <mode>', 'move the mean rounding error of weights into the bias').choices([
        'auto',
        'on',
        'off',
      ]),
    )
    .addOption(
      new Option('--scheme <name>', 'how layers are stored, where no --precision names them').choices(schemeNames),
    )
    .option(
      '--precision <layer=scheme>',
      'another scheme, or float, for nodes of this name, /regex/ or op:TYPE; repeatable, the last counts',
      collectOne,
    )
    .addOption(
      new Option('--keep-float <mode>', 'keep layers in float where measurement says so').choices(['auto', 'none']),
    )
    .option('--plan', 'print what would be quantized, and why not the rest; change and record nothing')
    .optionsGroup('Measuring and output:');
  addThreadsOption(command);
  addLimitOptions(command, 'none; with --plan 30, and more for large files');
  addDimOption(command)
    .option('--out <file>', 'the compressed model (default: <model>.int8.onnx next to the model)')
    .option(
      '--keep-prepared [file]',
      'write the float model as prepared as well: constants, BatchNorm and shape work folded, no int8 (default: <model>.prepared.onnx next to the model)',
    )
    .option('--force', 'replace existing output files')
    .option('--layers', 'print the table of layers as well')
    .optionsGroup('Gates (exit code 3 when one is not met):')
    .option('--max-accuracy-drop <points>', 'largest loss of top-1 accuracy, in percentage points', parseDecimal(-100))
    .option(
      '--min-speedup <ratio>',
      'smallest latency ratio of the file as given / compressed, folding included; on a busy machine the least that can be behind the measured one counts',
      parseDecimal(0),
    )
    .option('--max-size-ratio <ratio>', 'largest size ratio after / before', parseDecimal(0))
    .optionsGroup('For build systems:')
    .option('--junit <file>', 'write the gates as JUnit XML')
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
