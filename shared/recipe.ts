import { z } from 'zod';
import { sizePattern, tolerancePattern } from './goal-limits.ts';
import type { OptionDescription, PresetDescription } from './scheme-description.ts';
import { schemeNames, schemeOptions, schemePresets } from './schemes.ts';
import type { DeviceFeatures } from './device-features.ts';

export const calibrationMethods = ['minmax', 'percentile', 'entropy', 'mse'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** A node selector: exact name, or `/regex/` over node names. */
const nodeSelector = z.string().min(1);

const overrideSchema = z.strictObject({
  scheme: z.enum([...schemeNames, 'float']),
  nodes: z.array(nodeSelector).default([]),
  opTypes: z.array(z.string().min(1)).default([]),
});

type SchemeOptions = typeof schemeOptions;
type ValueOf<Option> = Option extends { readonly values: readonly (infer Value)[] }
  ? Value
  : Option extends { readonly kind: 'switch' }
    ? boolean
    : number;
type OwnOptionSchemas = {
  readonly [Name in keyof SchemeOptions]: z.ZodDefault<
    z.ZodType<ValueOf<SchemeOptions[Name]>, ValueOf<SchemeOptions[Name]>>
  >;
};

function schemaOf(option: OptionDescription): z.ZodType {
  switch (option.kind) {
    case 'switch':
      return z.boolean().default(false);
    case 'number': {
      const number = option.isWhole ? z.number().int() : z.number();
      return number.min(option.min).max(option.max).default(option.default);
    }
    case 'choice':
      return z.literal<(number | string)[]>([...option.values]).default(option.default);
  }
}

/** Options of single schemes, which describe them in their folders. */
const ownOptionSchemas = Object.fromEntries(
  Object.entries<OptionDescription>(schemeOptions).map(([name, option]) => [name, schemaOf(option)]),
) as unknown as OwnOptionSchemas;

/**
 * What to do to a model, as data. Every field has a default, so `{}` is the default recipe.
 * `auto` means: measured candidates decide, and the run document says which one won and by what figures.
 */
export const recipeSchema = z.strictObject({
  /** Shown in tables and history. */
  name: z.string().min(1).max(100).default('int8-static'),
  description: z.string().max(1000).default(''),
  /** How layers are stored that no override names. `auto`: int8-static, with int8-dynamic where it is measured to be better. */
  scheme: z.enum([...schemeNames, 'auto']).default('int8-static'),
  /** Other schemes for some layers; the last that names a layer counts. */
  overrides: z.array(overrideSchema).max(1000).default([]),
  calibrationMethod: z.enum(['auto', ...calibrationMethods]).default('auto'),
  calibrationSamples: z.number().int().min(1).max(1_000_000).default(100),
  /** Share of values kept inside the range by the percentile method, in percent. */
  percentile: z.number().gt(50).max(100).default(99.99),
  /** One scale per output channel (true) or one per weight tensor (false). */
  perChannel: z.boolean().default(true),
  ...ownOptionSchemas,
  /**
   * x86 CPUs without VNNI add pairs of u8 x s8 products in 16 bits, which saturate. `on`: 7-bit weights, never saturate;
   * `pairs`: a channel's scale grows only as far as its own weight pairs need; `off`: full 8 bits; `safe`: `pairs` on such CPUs,
   * `off` on others; `auto`: measured.
   */
  reducedRange: z.enum(['auto', 'safe', 'on', 'pairs', 'off']).default('auto'),
  /**
   * Beside 8-bit activations, and in blocks of 4 and 2 bits: to the nearest integer, or one input after another so that later weights make up for the error of earlier ones (GPTQ,
   * Frantar et al. 2023). `auto`: measured.
   */
  weightRounding: z.enum(['auto', 'compensated', 'nearest']).default('auto'),
  /** Op types to quantize; empty means every op type the table knows. */
  includeOpTypes: z.array(z.string().min(1)).default([]),
  excludeOpTypes: z.array(z.string().min(1)).default([]),
  includeNodes: z.array(nodeSelector).default([]),
  excludeNodes: z.array(nodeSelector).default([]),
  /** What candidates are compared by: closeness to the original, speed and size count, and this one more than the others. */
  goal: z.enum(['balanced', 'accuracy', 'speed', 'size']).default('balanced'),
  /**
   * How far a smaller or faster result may be from the closest that the search finds ("1 dB"), or from the original's answers ("0.5 points");
   * empty for what the goal exchanges. With one, layers may take any scheme that makes them smaller or faster.
   */
  within: z.string().trim().regex(tolerancePattern, 'write it like "1 dB" or "0.5 points"').default(''),
  /** Largest file that the result may be ("5 MB"); empty for any. Layers take fewer bits, those that bear it best first, until it fits. */
  maxSize: z.string().trim().regex(sizePattern, 'write it like "5 MB" or "800 kB"').default(''),
  /** Keep layers in float where int8 is measured slower or ruins the result. */
  keepFloat: z.enum(['auto', 'none']).default('auto'),
});

export type Recipe = z.infer<typeof recipeSchema>;

/**
 * The recipe as it is carried out on a CPU: what follows from the CPU alone is decided, and recorded as what was done.
 */
export function settleRecipe(recipe: Recipe, { int8DotProduct }: DeviceFeatures): Recipe {
  return recipe.reducedRange === 'safe' ? { ...recipe, reducedRange: int8DotProduct ? 'off' : 'pairs' } : recipe;
}

export const defaultRecipeName = 'int8-static';

type RecipeInput = z.input<typeof recipeSchema>;
type Presets = Readonly<Record<string, PresetDescription & { readonly options: RecipeInput }>>;

/** The one to start with, and the one that is no single scheme's. */
const first: Presets = {
  [defaultRecipeName]: schemePresets[defaultRecipeName],
  auto: {
    description: {
      en: 'Static int8, with dynamic int8 for the products and LSTM layers where it is measured to be better.',
      zh: '静态 int8，对实测更好的矩阵乘和 LSTM 层改用动态 int8。',
    },
    hint: {
      en: 'Static int8, plus dynamic int8 for matrix products and LSTM layers where it measures better.',
      zh: '静态 int8，对实测更好的矩阵乘和 LSTM 层改用动态 int8。',
    },
    options: { scheme: 'auto' },
  },
};

/** Presets as they are told, by name. */
export const presetDescriptions: Presets = { ...first, ...schemePresets };

/** Named presets: the same schema, only the differences from the default written out. */
export const recipePresets: Readonly<Record<string, RecipeInput>> = Object.fromEntries(
  Object.entries(presetDescriptions).map(([name, { description, options }]) => [
    name,
    { name, description: description.en, ...options },
  ]),
);
