import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import { takeStart } from '../../shared/cut-text.ts';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { doesTheSame, nameChangedRecipe } from '../../shared/name-recipe.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../shared/recipe.ts';
import { lookUp } from '../../shared/look-up.ts';
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
        tell('recipeMissing', { name: reference, presets: Object.keys(recipePresets).join(', ') }),
      );
    }
    throw new AppError('recipe-invalid', tell('recipeFileUnreadable', { path, reason: (error as Error).message }), {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('recipe-invalid', tell('recipeFileNotJson', { path, reason: (error as Error).message }), {
      cause: error,
    });
  }
}

/** A recipe file that says no name goes by its own, not by the default recipe's, which it is not. */
function nameAfterFile(value: unknown, reference: string): unknown {
  const isNameless = typeof value === 'object' && value !== null && !Array.isArray(value) && !('name' in value);
  return isNameless ? { ...value, name: takeStart(basename(reference, extname(reference)), 100) } : value;
}

/**
 * The recipe a command line asks for: a preset, one saved in the window, or a JSON file, with single options on top. What the
 * options change is in its name.
 * @throws AppError `recipe-invalid`.
 */
export function loadRecipe(reference: string, overrides: Partial<RecipeInput>): Recipe {
  const known =
    lookUp(recipePresets, reference) ?? new SavedRecipes().list().find((recipe) => recipe.name === reference);
  const parsed = recipeSchema.safeParse(known ?? nameAfterFile(readRecipeFile(reference), reference));
  if (!parsed.success) {
    throw new AppError(
      'recipe-invalid',
      tell('recipeInvalid', { name: reference, issues: describeIssues(parsed.error) }),
    );
  }
  const combined = recipeSchema.safeParse({ ...parsed.data, ...overrides });
  if (!combined.success)
    throw new AppError('recipe-invalid', tell('optionsNotValid', { issues: describeIssues(combined.error) }));
  // A file may borrow the name of a preset, and is held against what that one does.
  const preset = lookUp(recipePresets, parsed.data.name);
  const base = preset === undefined ? parsed.data : recipeSchema.parse(preset);
  if (doesTheSame(combined.data, base)) return combined.data;
  return { ...combined.data, name: nameChangedRecipe(combined.data, base) };
}
