import { writeOverride } from './overrides.ts';
import { takeStart } from './cut-text.ts';
import { assertNever } from './app-error.ts';
import { recipeSchema, type Recipe } from './recipe.ts';
import type { RecipeOption } from './recipe-options.ts';

const options = (Object.keys(recipeSchema.shape) as (keyof Recipe)[]).filter(
  (key): key is RecipeOption => key !== 'name' && key !== 'description',
);

/** Every option that is set, by its name in the recipe, as text. */
export function writeSettings(recipe: Recipe): [option: RecipeOption, text: string][] {
  return options.map((option) => {
    const value = option === 'overrides' ? recipe.overrides.flatMap(writeOverride) : recipe[option];
    return [option, Array.isArray(value) ? value.join(', ') : String(value)];
  });
}

function findChanges(recipe: Recipe, base: Recipe): RecipeOption[] {
  return options.filter((option) => JSON.stringify(recipe[option]) !== JSON.stringify(base[option]));
}

/** Whether two recipes do the same, whatever they are called. */
export function doesTheSame(left: Recipe, right: Recipe): boolean {
  return findChanges(left, right).length === 0;
}

/** What an option is set to, in as few words as a table has room for. */
function describeOption(recipe: Recipe, option: RecipeOption): string {
  switch (option) {
    case 'scheme':
      return recipe.scheme;
    case 'overrides':
      return recipe.overrides.flatMap(writeOverride).join(' ') || 'no overrides';
    case 'calibrationMethod':
      return recipe.calibrationMethod === 'auto' ? 'any method' : recipe.calibrationMethod;
    case 'calibrationSamples':
      return `${recipe.calibrationSamples} samples`;
    case 'percentile':
      return `${recipe.percentile} %`;
    case 'perChannel':
      return recipe.perChannel ? 'per-channel' : 'per-tensor';
    case 'blockSize':
      return `blocks of ${recipe.blockSize}`;
    case 'symmetricActivations':
      return recipe.symmetricActivations ? 'symmetric' : 'asymmetric';
    case 'reducedRange':
      return `reduced range ${recipe.reducedRange}`;
    case 'biasCorrection':
      return `bias correction ${recipe.biasCorrection}`;
    case 'equalization':
      return `equalization ${recipe.equalization}`;
    case 'weightRounding':
      return `rounding ${recipe.weightRounding}`;
    case 'includeOpTypes':
    case 'includeNodes':
      return recipe[option].length === 0 ? 'any layer' : `only ${recipe[option].join(' ')}`;
    case 'excludeOpTypes':
    case 'excludeNodes':
      return recipe[option].length === 0 ? 'all layers' : `without ${recipe[option].join(' ')}`;
    case 'keepFloat':
      return `keep float ${recipe.keepFloat}`;
    default:
      return assertNever(option);
  }
}

/** Room in tables and lists. */
const longestName = 60;

/**
 * The name of a recipe that came from another by changing options: a run must not be taken for one of the recipe it no longer
 * is. "int8-static (percentile, 50 samples)", or how many changes there are where they have no room.
 */
export function nameChangedRecipe(recipe: Recipe, base: Recipe): string {
  const changes = findChanges(recipe, base);
  if (changes.length === 0) return base.name;
  const name = `${base.name} (${changes.map((option) => describeOption(recipe, option)).join(', ')})`;
  if (name.length <= longestName) return name;
  const count = changes.length === 1 ? '1 change' : `${changes.length} changes`;
  return `${takeStart(base.name, 80)} (${count})`;
}
