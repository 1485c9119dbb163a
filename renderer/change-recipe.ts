import { doesTheSame, nameChangedRecipe } from '../shared/name-recipe.ts';
import { recipePresets, recipeSchema, type Recipe } from '../shared/recipe.ts';

export const presets: readonly Recipe[] = Object.values(recipePresets).map((preset) => recipeSchema.parse(preset));

/** The known recipe with exactly these options, the one of the same name first; null when something was changed. */
export function matchingRecipe(recipe: Recipe, known: readonly Recipe[]): Recipe | null {
  const matches = known.filter((other) => doesTheSame(recipe, other));
  return matches.find((other) => other.name === recipe.name) ?? matches[0] ?? null;
}

/** Changes one option and keeps the name honest: a changed recipe is not the known one any more. */
export function changeRecipe(recipe: Recipe, change: Partial<Recipe>, known: readonly Recipe[]): Recipe {
  const changed = { ...recipe, ...change };
  const match = matchingRecipe(changed, known);
  if (match !== null) return match;
  // What was changed before and is changed again goes by the recipe it came from all the same.
  const base = matchingRecipe(recipe, known) ?? known.find(({ name }) => recipe.name.startsWith(`${name} (`));
  return base === undefined ? changed : { ...changed, name: nameChangedRecipe(changed, base), description: '' };
}
