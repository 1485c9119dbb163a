import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../shared/recipe.ts';
import { defaultDatabasePath } from '../store/places.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** Recipes the user gave a name, beside the settings; the same for every host and for the command line. */
export class SavedRecipes {
  private readonly path: string;

  constructor(folder: string = dirname(defaultDatabasePath())) {
    this.path = join(folder, 'recipes.json');
  }

  /** Read anew each time: a window and a command line may both be open. */
  list(): readonly Recipe[] {
    return readJsonFile(this.path, z.array(recipeSchema)) ?? [];
  }

  /**
   * Keeps a recipe under its name, in place of an earlier one of that name.
   * @throws AppError `recipe-invalid` when the name is a preset's; `write-failed` or `disk-full`.
   */
  save(recipe: Recipe): void {
    if (Object.hasOwn(recipePresets, recipe.name)) {
      throw new AppError('recipe-invalid', tell('recipeNameTaken', { name: recipe.name }));
    }
    const others = this.list().filter((other) => other.name !== recipe.name);
    writeJsonFile(
      this.path,
      [...others, recipe].sort((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true })),
    );
  }

  /** A name nobody saved is no error: it is gone, as wished. */
  delete(name: string): void {
    writeJsonFile(
      this.path,
      this.list().filter((recipe) => recipe.name !== name),
    );
  }
}
