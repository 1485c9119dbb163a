import { z } from 'zod';
import { recipeSchema, type Recipe } from './recipe.ts';

export type RecipeOption = Exclude<keyof Recipe, 'name' | 'description'>;

interface OptionEntry {
  /** As `compress` takes it. */
  readonly flag: string;
  readonly help: string;
}

/**
 * Every option of a recipe, once: the terminal's flags and the table in docs/cli.md are made of it, and the window's fields are held
 * against it. What an option may be, and what it is unless told otherwise, `recipeSchema` says.
 */
export const recipeOptions: Readonly<Record<RecipeOption, OptionEntry>> = {
  scheme: { flag: '--scheme <name>', help: 'how layers are stored unless --precision says otherwise' },
  overrides: {
    flag: '--precision <layer=scheme>',
    help: 'scheme, or float, for nodes matching a name, /regex/ or op:TYPE; repeatable, the last match wins',
  },
  calibrationMethod: { flag: '--calibration-method <method>', help: 'how ranges are chosen' },
  calibrationSamples: { flag: '--calibration-samples <n>', help: 'samples to calibrate on' },
  percentile: {
    flag: '--percentile <p>',
    help: 'share of values kept by the percentile method, in percent',
  },
  perChannel: { flag: '--per-tensor', help: 'one scale per weight tensor instead of one per channel' },
  blockSize: { flag: '--block-size <n>', help: 'neighbouring weights that share a scale, in 4 and 2 bits' },
  symmetricActivations: {
    flag: '--symmetric-activations',
    help: 'int8 activations with zero point 0 instead of uint8',
  },
  reducedRange: {
    flag: '--reduced-range [mode]',
    help: 'smaller weights, for CPUs whose int8 products saturate',
  },
  biasCorrection: {
    flag: '--bias-correction <mode>',
    help: 'move the mean rounding error of weights into the bias',
  },
  equalization: { flag: '--equalization <mode>', help: 'even out channel ranges between layers' },
  weightRounding: {
    flag: '--weight-rounding <mode>',
    help: 'round weights to nearest, or let later ones make up for earlier ones',
  },
  includeOpTypes: { flag: '--include-op-types <types>', help: 'quantize only these, comma-separated; repeatable' },
  excludeOpTypes: { flag: '--exclude-op-types <types>', help: 'keep these in float, comma-separated; repeatable' },
  includeNodes: { flag: '--include-nodes <name>', help: 'quantize only nodes of this name or /regex/; repeatable' },
  excludeNodes: { flag: '--exclude-nodes <name>', help: 'keep nodes of this name or /regex/ in float; repeatable' },
  keepFloat: { flag: '--keep-float <mode>', help: 'keep layers in float where measurement says so' },
};

/** What an option is chosen from, as text; null where it is a number, a switch or a list. */
export function choicesOf(option: RecipeOption): readonly string[] | null {
  const inner: unknown = recipeSchema.shape[option].unwrap();
  if (inner instanceof z.ZodEnum) return inner.options.map(String);
  return inner instanceof z.ZodLiteral ? [...inner.values].map(String) : null;
}
