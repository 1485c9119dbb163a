import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { PreprocessPreset } from '../../../shared/tasks.ts';
import { describeRecipe } from './describe-recipe.ts';
import { imagePresets } from './image-presets.ts';
import { describeInput, type ModelInput } from './model-inputs.ts';
import { readPreprocessorConfig } from './preprocessor-config.ts';
import type { ImageRecipe } from './image-recipe.ts';
import {
  defaultImageRecipe,
  findImageLayout,
  planPreprocessing,
  type ImageLayout,
  type Preprocessing,
} from './preprocess.ts';

interface PlannedPreprocessing {
  readonly preprocessing: Preprocessing;
  readonly notes: readonly string[];
}

/** As a family of models has it, else as a configuration says, else the plainest that fits the model. */
export async function choosePreprocessing(
  input: ModelInput,
  configPath: string | null,
  preset: PreprocessPreset | null,
): Promise<PlannedPreprocessing> {
  return preset === null ? planFromConfig(input, configPath) : planFromPreset(input, preset);
}

async function planFromConfig(input: ModelInput, configPath: string | null): Promise<PlannedPreprocessing> {
  if (configPath === null) {
    const layout = findImageLayout(input, null);
    const recipe = defaultImageRecipe(layout);
    return { preprocessing: planPreprocessing(recipe, layout, input), notes: describeDefaults(recipe, layout, input) };
  }
  const { recipe, notes } = await readPreprocessorConfig(configPath);
  const layout = findImageLayout(input, recipe.dataFormat);
  if (recipe.dataFormat !== null && recipe.dataFormat !== layout.format) {
    notes.push(
      say('modelDecidesFormat', { told: recipe.dataFormat, input: describeInput(input), format: layout.format }),
    );
  }
  if (input.dataType === 'uint8' && (recipe.rescaleFactor !== null || recipe.mean !== null)) {
    notes.push(say('levelsAsTheyAre', { input: describeInput(input) }));
  }
  return { preprocessing: planPreprocessing(recipe, layout, input), notes };
}

/** What is done where nobody says more, and to what size where the model leaves it open. */
function describeDefaults({ resize }: ImageRecipe, layout: ImageLayout, input: ModelInput): Sentence[] {
  const order = layout.channels === 1 ? 'grey' : 'RGB';
  const keepsLevels = input.dataType === 'uint8';
  if (resize?.kind !== 'exact') {
    const line = { height: layout.height!, order };
    return [keepsLevels ? say('noPreprocessorLineLevels', line) : say('noPreprocessorLine', line)];
  }
  const size = `${resize.width}x${resize.height}`;
  const notes = [keepsLevels ? say('noPreprocessorLevels', { size, order }) : say('noPreprocessor', { size, order })];
  if (layout.height === null || layout.width === null)
    notes.push(say('imageSizeAssumed', { input: describeInput(input), size }));
  return notes;
}

function planFromPreset(input: ModelInput, name: PreprocessPreset) {
  const layout = findImageLayout(input, null);
  const recipe = imagePresets[name](layout);
  const notes = [describeRecipe(recipe, { path: name, type: '--preprocess' })];
  if (input.dataType === 'uint8') notes.push(say('levelsAsTheyAre', { input: describeInput(input) }));
  return { preprocessing: planPreprocessing(recipe, layout, input), notes };
}
