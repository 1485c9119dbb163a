import { Option, type Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { compressRequestSchema, type CompressRequest, type DataRequest } from '../../shared/compress-request.ts';
import { parseOverride } from '../../shared/overrides.ts';
import { describeScheme } from '../../shared/schemes.ts';
import { recipePresets, type Recipe } from '../../shared/recipe.ts';
import {
  choicesOf,
  recipeOptionNames,
  recipeOptions,
  setOption,
  type RecipeOption,
} from '../../shared/recipe-options.ts';
import {
  headKinds,
  preprocessPresets,
  poolings,
  taskNames,
  type HeadKind,
  type PreprocessPreset,
  type Pooling,
  type TaskName,
} from '../../shared/tasks.ts';
import { UsageError } from './exit-code.ts';
import {
  collectDrops,
  collectList,
  collectOne,
  parseDecimal,
  parseInteger,
  resolvePath,
  type CommonOptions,
  type LimitOptions,
  parseBudget,
} from './options.ts';
import { loadRecipe } from './recipe-file.ts';

/** What the command line says of a run, beside what a scheme of its own would say. */
export interface RequestOptions extends CommonOptions, LimitOptions {
  readonly data?: string;
  readonly labels?: string;
  readonly classes?: string;
  readonly target?: string;
  readonly texts?: string;
  readonly characters?: string;
  readonly annotations?: string;
  readonly task?: TaskName;
  readonly pooling?: Pooling;
  readonly head?: HeadKind;
  readonly tokenizer?: string;
  readonly preprocessor?: string;
  readonly preprocess?: PreprocessPreset;
  readonly randomData?: true;
  readonly evaluationSamples?: number;
  readonly seed: number;
  readonly dim: Readonly<Record<string, number>>;
  readonly maxAccuracyDrop?: number;
  readonly maxDrop?: Readonly<Record<string, number>>;
  readonly minSpeedup?: number;
  readonly maxSizeRatio?: number;
}

/** What a run has beside them. */
export interface RunOptions extends RequestOptions {
  readonly recipe: string;
  /** As the other options of a recipe, which are read by their flags. */
  readonly scheme?: Recipe['scheme'];
  readonly budget?: number | null;
  /** False with `--no-effects`. */
  readonly effects?: boolean;
  /** False with `--no-saturation`. */
  readonly saturation?: boolean;
  readonly threads: number;
  readonly out?: string;
  readonly keepPrepared?: string | true;
  readonly plan?: true;
}

/** What a flag means in a recipe, where it is not what was typed. */
const meanings: { readonly [Option in RecipeOption]?: (typed: never) => Recipe[Option] } = {
  perChannel: () => false,
  reducedRange: (typed: Recipe['reducedRange'] | true) => (typed === true ? 'on' : typed),
  overrides: (typed: string[]) => typed.map(parseOverride),
};

/** Only what was typed: everything else is the recipe's. */
function recipeOverrides(options: RunOptions): Partial<Recipe> {
  const typed = options as unknown as Readonly<Record<string, unknown>>;
  return Object.assign(
    {},
    ...recipeOptionNames.map((name) => {
      const value = typed[new Option(recipeOptions[name].flag).attributeName()];
      if (value === undefined) return {};
      const meaning = meanings[name] as ((typed: unknown) => unknown) | undefined;
      const meant = meaning === undefined ? value : meaning(value);
      // What cannot be is refused with the whole recipe, which says why.
      return setOption(name, meant) ?? { [name]: meant };
    }),
  ) as Partial<Recipe>;
}

export type DataOptions = Pick<
  RequestOptions,
  | 'data'
  | 'labels'
  | 'classes'
  | 'target'
  | 'texts'
  | 'characters'
  | 'annotations'
  | 'task'
  | 'pooling'
  | 'head'
  | 'tokenizer'
  | 'preprocessor'
  | 'preprocess'
>;

const optional = (path: string | undefined): string | null => (path === undefined ? null : resolvePath(path));

export function buildDataRequest(options: DataOptions, random: boolean): DataRequest {
  return {
    path: optional(options.data),
    labelsPath: optional(options.labels),
    classesPath: optional(options.classes),
    targetName: options.target ?? null,
    textsPath: optional(options.texts),
    charactersPath: optional(options.characters),
    annotationsPath: optional(options.annotations),
    task: options.task ?? null,
    pooling: options.pooling ?? null,
    head: options.head ?? null,
    tokenizerPath: optional(options.tokenizer),
    preprocessorPath: optional(options.preprocessor),
    preprocess: options.preprocess ?? null,
    random,
  };
}

/** @throws UsageError, and AppError as `loadRecipe`. */
export function buildRequest(model: string, options: RunOptions): CompressRequest {
  // A plan depends on the data's shapes only: noise of the same shape does as well.
  const isPlanWithoutData = options.plan === true && options.data === undefined;
  const recipe = loadRecipe(options.recipe, recipeOverrides(options));
  const needsNoData = [recipe.scheme, ...recipe.overrides.map(({ scheme }) => scheme)].every(
    (scheme) => scheme === 'float' || (scheme !== 'auto' && !describeScheme(scheme).needsData),
  );
  const isOnNoise = options.data === undefined && (isPlanWithoutData || needsNoData || options.randomData === true);
  if (options.data === undefined && !isOnNoise) {
    throw new UsageError(
      'Calibration needs data. Give some with --data PATH, or use --random-data for seeded noise ' +
        '(results then say nothing about real inputs).',
    );
  }
  if (options.data !== undefined && options.randomData === true) {
    throw new UsageError('Use either --data or --random-data, not both.');
  }
  const modelPath = resolvePath(model);
  const besideModel = (kind: string) =>
    join(dirname(modelPath), `${basename(modelPath, extname(modelPath))}.${kind}.onnx`);
  return compressRequestSchema.parse({
    runId: randomUUID(),
    modelPath,
    outPath:
      optional(options.out) ?? besideModel(['int8-static', 'auto'].includes(recipe.scheme) ? 'int8' : recipe.scheme),
    preparedPath: options.keepPrepared === true ? besideModel('prepared') : optional(options.keepPrepared),
    data: buildDataRequest(options, isOnNoise),
    recipe,
    evaluationSamples: options.evaluationSamples ?? null,
    threads: options.threads,
    seed: options.seed,
    dims: { ...options.dim },
    searchSeconds: options.budget ?? null,
    effects: options.effects !== false,
    saturation: options.saturation !== false,
    prediction: null,
    gates: {
      maxAccuracyDrop: options.maxAccuracyDrop ?? null,
      maxDrops: { ...options.maxDrop },
      minSpeedup: options.minSpeedup ?? null,
      maxSizeRatio: options.maxSizeRatio ?? null,
    },
  } satisfies CompressRequest);
}

export const presetNames = Object.keys(recipePresets).join(', ');

/** The data and what belongs to it. */
export function addPreviewOptions(command: Command): Command {
  return command
    .option(
      '--data <path>',
      'folder of images, .npz or .npy, texts (.txt, .jsonl, .csv) or a folder of them, or ONNX test data',
    )
    .option(
      '--labels <file>',
      'table of file names and class indices (default: labels.csv in the data, or one folder per class)',
    )
    .option('--classes <file>', 'class names, one per line, in the order of the outputs; used where samples are shown')
    .option(
      '--target <array>',
      'array in the data that holds the expected output (default: one named like an output, or "target")',
    )
    .option('--texts <file>', 'expected texts, one line per sample, in the order of the samples')
    .option(
      '--characters <file>',
      "the model's characters, one per line, without the CTC blank; its output is then read as text",
    )
    .option('--tokenizer <file>', "the model's tokenizer.json, for texts (default: the one beside the model)")
    .option(
      '--annotations <path>',
      'boxes or masks of the images: a COCO .json file, or a folder of YOLO .txt, Pascal VOC .xml or mask .png files (default: those beside the images)',
    )
    .addOption(
      new Option('--task <name>', 'what the model does (default: derived from its outputs and targets)').choices(
        taskNames,
      ),
    )
    .addOption(
      new Option(
        '--pooling <kind>',
        "how vectors of tokens become a text's (default: as 1_Pooling/config.json beside the model says, else mean)",
      ).choices(poolings),
    )
    .addOption(
      new Option('--head <kind>', "how to read a detector's outputs (default: derived from them)").choices(headKinds),
    )
    .option(
      '--preprocessor <file>',
      'preprocessor_config.json or processor_config.json of Hugging Face, or config.json of timm',
    )
    .addOption(
      new Option('--preprocess <family>', 'prepare images as a family of models does, without such a file').choices(
        preprocessPresets,
      ),
    );
}

export function addDataOptions(command: Command): Command {
  return addPreviewOptions(command)
    .option('--random-data', 'use seeded noise instead of data; results that depend on it are marked')
    .option('--evaluation-samples <n>', 'samples to measure accuracy on (default: all others)', parseInteger(1))
    .option('--seed <n>', 'seed for all random choices', parseInteger(0, 0xffff_ffff), 0);
}

/** How what is typed becomes a value, where it is not the text itself. */
const parsers: { readonly [Key in RecipeOption]?: (value: string, previous: never) => unknown } = {
  calibrationSamples: parseInteger(1, 1_000_000),
  percentile: parseDecimal(50),
  includeOpTypes: collectList,
  excludeOpTypes: collectList,
  includeNodes: collectOne,
  excludeNodes: collectOne,
  overrides: collectOne,
};

/** @param without those that a command has in another way. */
export function addRecipeOptions(command: Command, without: readonly RecipeOption[] = []): Command {
  for (const name of recipeOptionNames) {
    if (without.includes(name)) continue;
    const { flag, help } = recipeOptions[name];
    const option = new Option(flag, help);
    const choices = choicesOf(name);
    if (choices !== null) option.choices(choices);
    const parse = parsers[name];
    if (parse !== undefined) option.argParser(parse as (value: string, previous: unknown) => unknown);
    command.addOption(option);
  }
  return command
    .option(
      '--budget <time>',
      'time limit for the search, such as 30s or 5m; the best model so far is used (default: none)',
      parseBudget,
    )
    .option(
      '--no-effects',
      'do not measure how each layer affects the output; saves the time of up to four MinMax calibrations',
    )
    .option(
      '--no-saturation',
      'do not simulate what saturating sums cost on CPUs without an int8 dot product; saves a few seconds at most',
    );
}

export function addGateOptions(command: Command): Command {
  return command
    .option('--max-accuracy-drop <points>', 'largest loss of top-1 accuracy, in percentage points', parseDecimal(-100))
    .option(
      '--max-drop <metric=value>',
      'largest loss of a metric, such as mae=0.01, psnr=0.5 or meanIoU=1, in its own unit (percentage points for shares); repeatable; `vernier metrics` lists them',
      collectDrops,
    )
    .option(
      '--min-speedup <ratio>',
      'smallest speed-up over the original file, including folding; on a busy machine, the lowest value that the measurement allows counts',
      parseDecimal(0),
    )
    .option('--max-size-ratio <ratio>', 'largest compressed size / original size', parseDecimal(0));
}
