import type { RequestName } from '../../shared/contract/requests.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import type { Handlers } from './answer-request.ts';
import { SavedRecipes } from './saved-recipes.ts';

/** Recipes: those that come along, and those that people saved. */
export function createRecipeHandlers(): Handlers<Extract<RequestName, `recipes.${string}`>> {
  const saved = new SavedRecipes();
  const list = () => [...Object.values(recipePresets).map((preset) => recipeSchema.parse(preset)), ...saved.list()];
  return {
    'recipes.list': list,
    'recipes.save': ({ recipe }) => {
      saved.save(recipe);
      return list();
    },
    'recipes.delete': ({ name }) => {
      saved.delete(name);
      return list();
    },
  };
}
