import type { NewRun } from '../../../shared/contract.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../../shared/recipe.ts';

/** An experiment as it is being written: like `NewRun`, but the model may still be missing. */
export type Draft = Omit<NewRun, 'modelPath'> & {
  readonly modelPath: string | null;
  readonly name: string;
  readonly tags: readonly string[];
};

export function newDraft(modelPath: string | null, dataPath: string | null, threads: number): Draft {
  return {
    modelPath,
    outPath: null,
    data: { path: dataPath, labelsPath: null, preprocessorPath: null, random: false },
    recipe: recipeSchema.parse({}),
    evaluationSamples: null,
    threads,
    seed: 0,
    dims: {},
    gates: { maxAccuracyDrop: null, minSpeedup: null, maxSizeRatio: null },
    name: '',
    tags: [],
  };
}

/** The settings of an earlier run, to be changed and run again; the compressed model gets a place of its own. */
export function draftFromRequest(request: NewRun, tags: readonly string[]): Draft {
  return { ...request, outPath: null, name: '', tags };
}

/** What the host can be asked to run or plan; null while something is missing. */
export function toRequest(draft: Draft): NewRun | null {
  const { modelPath } = draft;
  if (modelPath === null) return null;
  return {
    modelPath,
    outPath: draft.outPath,
    data: draft.data,
    recipe: draft.recipe,
    evaluationSamples: draft.evaluationSamples,
    threads: draft.threads,
    seed: draft.seed,
    dims: draft.dims,
    gates: draft.gates,
  };
}

/** A run needs a model, and data or the plain wish to do without. */
export function canRun(draft: Draft): boolean {
  return draft.modelPath !== null && (draft.data.path !== null || draft.data.random);
}

const describedBy: ReadonlySet<string> = new Set(['name', 'description']);

/** The preset with exactly these options, or null when something was changed. */
export function matchingPreset(recipe: Recipe): string | null {
  for (const [name, preset] of Object.entries(recipePresets)) {
    const full = recipeSchema.parse(preset);
    const equal = Object.entries(full).every(
      ([key, value]) => describedBy.has(key) || JSON.stringify(value) === JSON.stringify(recipe[key as keyof Recipe]),
    );
    if (equal) return name;
  }
  return null;
}

/** Changes one option and keeps the name honest: a changed preset is not that preset any more. */
export function changeRecipe(recipe: Recipe, change: Partial<Recipe>): Recipe {
  const changed = { ...recipe, ...change };
  const preset = matchingPreset(changed);
  if (preset !== null) return recipeSchema.parse(recipePresets[preset]);
  const wasPreset = matchingPreset(recipe);
  return {
    ...changed,
    name: wasPreset === null ? changed.name : `${wasPreset} (changed)`.slice(0, 100),
    description: wasPreset === null ? changed.description : '',
  };
}
