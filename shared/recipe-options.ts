import { z } from 'zod';
import { writeOverride } from './overrides.ts';
import { lookUp } from './look-up.ts';
import { recipeSchema, type Recipe } from './recipe.ts';
import type { OptionDescription } from './scheme-description.ts';
import { schemeOptions } from './schemes.ts';

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

/** Options that one scheme alone has: what they are stands in its folder. */
export type OwnOption = keyof typeof schemeOptions;

export function describeOwnOption(option: RecipeOption): OptionDescription | undefined {
  return lookUp<OptionDescription>(schemeOptions, option);
}

const entryOf = ({ flag, help, ...option }: OptionDescription): OptionEntry<unknown> => ({
  flag,
  help,
  inName: (value) =>
    option.kind === 'switch'
      ? option.inName[value === true ? 'on' : 'off']
      : option.inName.replace('{value}', () => String(value)),
});

const ownEntries = Object.fromEntries(
  Object.entries<OptionDescription>(schemeOptions).map(([name, option]) => [name, entryOf(option)]),
) as unknown as { readonly [Option in OwnOption]: OptionEntry<Recipe[Option]> };

const only = (names: readonly string[]): string => (names.length === 0 ? 'any layer' : `only ${names.join(' ')}`);
const without = (names: readonly string[]): string =>
  names.length === 0 ? 'all layers' : `without ${names.join(' ')}`;

/**
 * Every option of a recipe, once (those of single schemes in their folders), in the order of the window's form, which is made of it as the terminal's flags, the names of changed
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
  perChannel: {
    flag: '--per-tensor',
    help: 'one scale per weight tensor instead of one per channel',
    inName: (isPerChannel) => (isPerChannel ? 'per-channel' : 'per-tensor'),
  },
  ...ownEntries,
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
