import { z } from 'zod';
import { writeOverride } from './overrides.ts';
import { recipeSchema, type Recipe } from './recipe.ts';

export type RecipeOption = Exclude<keyof Recipe, 'name' | 'description'>;

interface OptionEntry<Value> {
  /** As `compress` takes it. */
  readonly flag: string;
  readonly help: string;
  /** What it is set to, in as few words as the name of a recipe has room for. */
  readonly inName: (value: Value) => string;
  /** Of a list: what of the model it may hold. */
  readonly lists?: 'nodes' | 'opTypes';
}

const only = (names: readonly string[]): string => (names.length === 0 ? 'any layer' : `only ${names.join(' ')}`);
const without = (names: readonly string[]): string =>
  names.length === 0 ? 'all layers' : `without ${names.join(' ')}`;

/**
 * Every option of a recipe, once, in the order of the window's form, which is made of it as the terminal's flags, the names of changed
 * recipes and the table in docs/cli.md are. What an option may be, and what it is unless told otherwise, `recipeSchema` says.
 */
export const recipeOptions: { readonly [Option in RecipeOption]: OptionEntry<Recipe[Option]> } = {
  scheme: {
    flag: '--scheme <name>',
    help: 'how layers are stored unless --precision says otherwise',
    inName: (scheme) => scheme,
  },
  overrides: {
    flag: '--precision <layer=scheme>',
    help: 'scheme, or float, for nodes matching a name, /regex/ or op:TYPE; repeatable, the last match wins',
    inName: (overrides) => overrides.flatMap(writeOverride).join(' ') || 'no overrides',
    lists: 'nodes',
  },
  goal: {
    flag: '--goal <name>',
    help: 'what matters most when candidates differ in accuracy, speed and size',
    inName: (goal) => `goal ${goal}`,
  },
  within: {
    flag: '--within <limit>',
    help: 'with --goal size or speed: how much closeness that may cost, such as 1dB or 0.5points',
    inName: (within) => (within === '' ? 'within any loss' : `within ${within}`),
  },
  maxSize: {
    flag: '--max-size <size>',
    help: 'largest file, such as 5MB: layers take fewer bits, those that bear it best first, until it fits',
    inName: (size) => (size === '' ? 'any size' : `under ${size}`),
  },
  calibrationMethod: {
    flag: '--calibration-method <method>',
    help: 'how ranges are chosen',
    inName: (method) => (method === 'auto' ? 'any method' : method),
  },
  calibrationSamples: {
    flag: '--calibration-samples <n>',
    help: 'samples to calibrate on',
    inName: (count) => `${count} samples`,
  },
  percentile: {
    flag: '--percentile <p>',
    help: 'share of values kept by the percentile method, in percent',
    inName: (percentile) => `${percentile} %`,
  },
  blockSize: {
    flag: '--block-size <n>',
    help: 'number of neighbouring weights that share a scale, in 4 and 2 bits',
    inName: (size) => `blocks of ${size}`,
  },
  perChannel: {
    flag: '--per-tensor',
    help: 'one scale per weight tensor instead of one per channel',
    inName: (isPerChannel) => (isPerChannel ? 'per-channel' : 'per-tensor'),
  },
  symmetricActivations: {
    flag: '--symmetric-activations',
    help: 'int8 activations with zero point 0 instead of uint8',
    inName: (isSymmetric) => (isSymmetric ? 'symmetric' : 'asymmetric'),
  },
  format: {
    flag: '--format <form>',
    help: 'write int8 layers between QuantizeLinear and DequantizeLinear, or as integer operators such as QLinearConv',
    inName: (form) => form,
  },
  keepFloat: {
    flag: '--keep-float <mode>',
    help: 'keep layers in float if measurements say so',
    inName: (mode) => `keep float ${mode}`,
  },
  reducedRange: {
    flag: '--reduced-range [mode]',
    help: 'smaller weights, for CPUs whose int8 products saturate',
    inName: (mode) => `reduced range ${mode}`,
  },
  biasCorrection: {
    flag: '--bias-correction <mode>',
    help: 'move the mean rounding error of weights into the bias',
    inName: (mode) => `bias correction ${mode}`,
  },
  equalization: {
    flag: '--equalization <mode>',
    help: 'even out channel ranges between layers',
    inName: (mode) => `equalization ${mode}`,
  },
  weightRounding: {
    flag: '--weight-rounding <mode>',
    help: 'round weights to nearest, or let later weights make up for the errors of earlier ones',
    inName: (mode) => `rounding ${mode}`,
  },
  includeOpTypes: {
    flag: '--include-op-types <types>',
    help: 'quantize only these operators, comma-separated; repeatable',
    inName: only,
    lists: 'opTypes',
  },
  excludeOpTypes: {
    flag: '--exclude-op-types <types>',
    help: 'keep these operators in float, comma-separated; repeatable',
    inName: without,
    lists: 'opTypes',
  },
  includeNodes: {
    flag: '--include-nodes <name>',
    help: 'quantize only nodes with this name or matching /regex/; repeatable',
    inName: only,
    lists: 'nodes',
  },
  excludeNodes: {
    flag: '--exclude-nodes <name>',
    help: 'keep nodes with this name or matching /regex/ in float; repeatable',
    inName: without,
    lists: 'nodes',
  },
};

export const recipeOptionNames = Object.keys(recipeOptions) as RecipeOption[];

/** What an option is chosen from, as text; null where it is a number, a switch or a list. */
export function choicesOf(option: RecipeOption): readonly string[] | null {
  const inner: unknown = recipeSchema.shape[option].unwrap();
  if (inner instanceof z.ZodEnum) return inner.options.map(String);
  return inner instanceof z.ZodLiteral ? [...inner.values].map(String) : null;
}

/** Where the number of an option ends; null where it is none. A bound that is not among them is a hundredth away. */
export function boundsOf(option: RecipeOption): { min: number; max: number; step: number } | null {
  const inner: unknown = recipeSchema.shape[option].unwrap();
  if (!(inner instanceof z.ZodNumber)) return null;
  const step = inner.format === null ? 0.01 : 1;
  const min = inner.minValue ?? -Infinity;
  return { min: inner.safeParse(min).success ? min : min + step, max: inner.maxValue ?? Infinity, step };
}

/** An option set from what was typed or chosen as text, or switched; null where it cannot be that. */
export function setOption(option: RecipeOption, value: unknown): Partial<Recipe> | null {
  const isNumber = typeof recipeSchema.shape[option].parse(undefined) === 'number';
  const parsed = recipeSchema.shape[option].safeParse(isNumber ? Number(value) : value);
  return parsed.success ? { [option]: parsed.data } : null;
}
