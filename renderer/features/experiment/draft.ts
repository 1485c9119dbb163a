import { AppError, type AppErrorCode } from '../../../shared/app-error.ts';
import type { NewRun } from '../../../shared/contract/requests.ts';
import type { Experiment } from '../../../shared/findings.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { changeRecipe, presets } from '../../change-recipe.ts';

/** An experiment as it is being written: like `NewRun`, but the model may still be missing. */
export type Draft = Omit<NewRun, 'modelPath'> & {
  readonly modelPath: string | null;
  readonly name: string;
  /** Of the lab; null for this machine. */
  readonly place: string | null;
  readonly tags: readonly string[];
};

export function newDraft(threads: number): Draft {
  return {
    modelPath: null,
    outPath: null,
    keepPrepared: false,
    data: {
      path: null,
      labelsPath: null,
      classesPath: null,
      targetName: null,
      textsPath: null,
      charactersPath: null,
      annotationsPath: null,
      task: null,
      head: null,
      preprocess: null,
      pooling: null,
      tokenizerPath: null,
      preprocessorPath: null,
      random: false,
    },
    recipe: recipeSchema.parse({}),
    evaluationSamples: null,
    threads,
    seed: 0,
    dims: {},
    searchSeconds: null,
    effects: true,
    saturation: true,
    prediction: null,
    gates: { maxAccuracyDrop: null, maxDrops: {}, minSpeedup: null, maxSizeRatio: null },
    name: '',
    place: null,
    tags: [],
  };
}

/** Whether it says what to measure with. */
export function hasData({ data }: Pick<Draft, 'data'>): boolean {
  return data.path !== null || data.random;
}

/** What was dropped on the window or opened with it. */
export interface GivenFiles {
  readonly modelPath: string | null;
  readonly dataPath: string | null;
}

export function withFiles(draft: Draft, { modelPath, dataPath }: GivenFiles): Draft {
  return {
    ...draft,
    modelPath: modelPath ?? draft.modelPath,
    // The dimensions of one model say nothing about another's.
    dims: modelPath === null || modelPath === draft.modelPath ? draft.dims : {},
    data: dataPath === null ? draft.data : { ...draft.data, path: dataPath, random: false },
  };
}

/** The settings of an earlier run, to be changed and run again; the compressed model gets a place of its own. */
export function draftFromRequest(request: NewRun, tags: readonly string[]): Draft {
  return { ...request, outPath: null, name: '', place: null, tags };
}

/** The experiment that would mend a finding of the run the draft came from. */
export function withExperiment(draft: Draft, { recipe, allSamples, keepPrepared }: Experiment): Draft {
  return {
    ...draft,
    recipe: recipe === undefined ? draft.recipe : changeRecipe(draft.recipe, recipe, presets),
    evaluationSamples: allSamples === true ? null : draft.evaluationSamples,
    keepPrepared: keepPrepared ?? draft.keepPrepared,
  };
}

/** What the host can be asked to run or plan; null while something is missing. */
export function toRequest(draft: Draft): NewRun | null {
  const { modelPath } = draft;
  if (modelPath === null) return null;
  return {
    modelPath,
    outPath: draft.outPath,
    keepPrepared: draft.keepPrepared,
    data: draft.data,
    recipe: draft.recipe,
    evaluationSamples: draft.evaluationSamples,
    threads: draft.threads,
    seed: draft.seed,
    dims: draft.dims,
    searchSeconds: draft.searchSeconds,
    effects: draft.effects,
    saturation: draft.saturation,
    // What was predicted of other settings says nothing of these.
    prediction: null,
    gates: draft.gates,
  };
}

/** Static int8 as the draft has it, where it has, then dynamic int8: what one click compares. */
export function studyRecipes({ recipe }: Pick<Draft, 'recipe'>): readonly [Recipe, Recipe] {
  const isStatic = recipe.scheme === 'int8-static';
  return [isStatic ? recipe : recipePresets['int8-static'], recipePresets['int8-dynamic']].map((one) =>
    recipeSchema.parse(one),
  ) as [Recipe, Recipe];
}

/** A run needs a model, and data or the plain wish to do without. */
export function canRun(draft: Draft): boolean {
  return draft.modelPath !== null && hasData(draft);
}

/** What a look refused, and the field that has to change. */
export interface Refusal {
  readonly field: 'model' | 'data' | 'labels';
  readonly error: Error;
}

/** What a run would fail with as well. A look may fail for other reasons, its limit of time or memory, that say nothing of a run. */
const refusals: ReadonlySet<AppErrorCode> = new Set<AppErrorCode>([
  'file-not-found',
  'file-unreadable',
  'model-malformed',
  'model-unsupported',
  'model-unsafe-path',
  'external-data-missing',
  'model-run-failed',
  'data-missing',
  'data-malformed',
  'data-shape-mismatch',
  'labels-malformed',
  'options-invalid',
]);

/** Why this cannot be run, by what looking at model and data found; null where nothing speaks against it so far. */
export function findRefusal(draft: Draft, modelError: Error | null, dataError: Error | null): Refusal | null {
  const isRefusal = (error: Error | null): error is AppError => error instanceof AppError && refusals.has(error.code);
  if (isRefusal(modelError)) return { field: 'model', error: modelError };
  if (!isRefusal(dataError)) return null;
  const isOfLabels = dataError.code === 'labels-malformed' && draft.data.labelsPath !== null;
  return { field: isOfLabels ? 'labels' : 'data', error: dataError };
}
