import type { PreprocessPreset } from '../../../shared/tasks.ts';
import { describeRecipe } from './describe-recipe.ts';
import { imagePresets } from './image-presets.ts';
import { describeInput, type ModelInput } from './model-inputs.ts';
import { readPreprocessorConfig } from './preprocessor-config.ts';
import { defaultImageRecipe, findImageLayout, planPreprocessing, type Preprocessing } from './preprocess.ts';

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
    const recipe = defaultImageRecipe(input, layout);
    const order = layout.channels === 1 ? 'grey' : 'RGB';
    const levels = input.dataType === 'uint8' ? 'levels 0 to 255 as they are' : 'levels divided by 255';
    const note =
      `No preprocessor_config.json: images are resized to ${layout.width!}x${layout.height!} (bilinear, not cropped), ` +
      `${order}, ${levels}. If the model was trained with another preprocessing, accuracy figures are wrong: --preprocess names the usual ones.`;
    return { preprocessing: planPreprocessing(recipe, layout, input), notes: [note] };
  }
  const { recipe, notes } = await readPreprocessorConfig(configPath);
  const layout = findImageLayout(input, recipe.dataFormat);
  if (recipe.dataFormat !== null && recipe.dataFormat !== layout.format) {
    notes.push(
      `The preprocessor configuration says ${recipe.dataFormat}, but the model's input ${describeInput(input)} is ` +
        `${layout.format}: the model decides.`,
    );
  }
  if (input.dataType === 'uint8' && (recipe.rescaleFactor !== null || recipe.mean !== null)) {
    notes.push(`The model's input ${describeInput(input)} takes levels 0 to 255: they are not rescaled or normalized.`);
  }
  return { preprocessing: planPreprocessing(recipe, layout, input), notes };
}

function planFromPreset(input: ModelInput, name: PreprocessPreset) {
  const layout = findImageLayout(input, null);
  const recipe = imagePresets[name](layout);
  const notes = [describeRecipe(recipe, { path: name, type: '--preprocess' })];
  if (input.dataType === 'uint8')
    notes.push(`The model's input ${describeInput(input)} takes levels 0 to 255: they are not rescaled or normalized.`);
  return { preprocessing: planPreprocessing(recipe, layout, input), notes };
}
