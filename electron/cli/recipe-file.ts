import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { AppError } from '../../shared/app-error.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../shared/recipe.ts';
import { SavedRecipes } from '../host/saved-recipes.ts';
import { resolvePath } from './options.ts';

type RecipeInput = z.input<typeof recipeSchema>;

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}

function readRecipeFile(reference: string): unknown {
  const path = resolvePath(reference);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new AppError(
        'recipe-invalid',
        `There is no recipe "${reference}": neither a preset (${Object.keys(recipePresets).join(', ')}) nor a file.`,
      );
    }
    throw new AppError('recipe-invalid', `The recipe file "${path}" cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('recipe-invalid', `The recipe file "${path}" is not JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/**
 * The recipe a command line asks for: a preset, one saved in the window, or a JSON file, with single options on top.
 * @throws AppError `recipe-invalid`.
 */
export function loadRecipe(reference: string, overrides: Partial<RecipeInput>): Recipe {
  const base = Object.hasOwn(recipePresets, reference)
    ? recipePresets[reference]
    : (new SavedRecipes().list().find((recipe) => recipe.name === reference) ?? readRecipeFile(reference));
  const parsed = recipeSchema.safeParse(base);
  if (!parsed.success) {
    throw new AppError('recipe-invalid', `The recipe "${reference}" is not valid: ${describeIssues(parsed.error)}.`);
  }
  const combined = recipeSchema.safeParse({ ...parsed.data, ...overrides });
  if (!combined.success) throw new AppError('recipe-invalid', `Not valid: ${describeIssues(combined.error)}.`);
  return combined.data;
}
