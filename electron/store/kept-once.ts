import type Database from 'better-sqlite3';
import type { Recipe } from '../../shared/recipe.ts';
import type { DataFacts, ModelFacts } from '../../shared/run.ts';
import { prepareOnce } from './database.ts';

/** Part of a transaction: where a recipe is kept once, however many runs followed it. */
export function keepRecipe(database: Database.Database, recipe: Recipe): number {
  const recipeJson = JSON.stringify(recipe);
  prepareOnce(database, 'insert into recipes (recipeJson) values (?) on conflict do nothing').run(recipeJson);
  return prepareOnce<[string], number>(database, 'select recipeKey from recipes where recipeJson = ?')
    .pluck()
    .get(recipeJson)!;
}

/** Part of a transaction: where a model is kept once, wherever copies of it lie. */
export function keepModel(database: Database.Database, facts: ModelFacts): number {
  prepareOnce(
    database,
    `insert into models (sha256, sizeBytes, opset, producer, inputsJson, outputsJson) values (?, ?, ?, ?, ?, ?)
       on conflict do nothing`,
  ).run(
    facts.sha256,
    facts.sizeBytes,
    facts.opset,
    facts.producer,
    JSON.stringify(facts.inputs),
    JSON.stringify(facts.outputs),
  );
  return prepareOnce<[string], number>(database, 'select modelKey from models where sha256 = ?')
    .pluck()
    .get(facts.sha256)!;
}

/** Part of a transaction. Noise has no hash and is no dataset. */
export function keepDataset(database: Database.Database, facts: DataFacts): number | null {
  if (facts.sha256 === null) return null;
  prepareOnce(
    database,
    'insert into datasets (sha256, kind, sampleCount, labelled) values (?, ?, ?, ?) on conflict do nothing',
  ).run(facts.sha256, facts.kind, facts.sampleCount, facts.labelled ? 1 : 0);
  return prepareOnce<[string], number>(database, 'select datasetKey from datasets where sha256 = ?')
    .pluck()
    .get(facts.sha256)!;
}
