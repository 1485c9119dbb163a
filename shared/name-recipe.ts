import { writeOverride } from './overrides.ts';
import { takeStart } from './cut-text.ts';
import { recipeSchema, type Recipe } from './recipe.ts';
import { recipeOptions, type RecipeOption } from './recipe-options.ts';

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
  const { inName } = recipeOptions[option] as { readonly inName: (value: Recipe[RecipeOption]) => string };
  return inName(recipe[option]);
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
