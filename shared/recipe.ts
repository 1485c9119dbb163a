import { z } from 'zod';
import { schemeNames } from './precision.ts';
import type { DeviceFeatures } from './device-features.ts';

export const calibrationMethods = ['minmax', 'percentile', 'entropy', 'mse'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** Neighbouring weights that share a scale, in schemes that pack them. */
export const blockSizes = [16, 32, 64, 128, 256] as const;

/** A node selector: exact name, or `/regex/` over node names. */
const nodeSelector = z.string().min(1);

const overrideSchema = z.strictObject({
  scheme: z.enum([...schemeNames, 'float']),
  nodes: z.array(nodeSelector).default([]),
  opTypes: z.array(z.string().min(1)).default([]),
});

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
  /** Neighbouring weights with one scale, in schemes of 4 and 2 bits: fewer are closer to the original and take more room. */
  blockSize: z.literal(blockSizes).default(32),
  /** uint8 with a zero point (asymmetric) or int8 with zero point 0 (symmetric). */
  symmetricActivations: z.boolean().default(false),
  /**
   * x86 CPUs without VNNI add pairs of u8 x s8 products in 16 bits, which saturate. `on`: 7-bit weights, never saturate;
   * `pairs`: a channel's scale grows only as far as its own weight pairs need; `off`: full 8 bits; `safe`: `pairs` on such CPUs,
   * `off` on others; `auto`: measured.
   */
  reducedRange: z.enum(['auto', 'safe', 'on', 'pairs', 'off']).default('auto'),
  /** Moves the mean error of rounded weights into the bias (Nagel et al. 2019, section 4.2). `auto`: measured. */
  biasCorrection: z.enum(['auto', 'on', 'off']).default('auto'),
  /** Evens out channel ranges between layers without changing the float model (same paper, section 4.1). */
  equalization: z.enum(['auto', 'on', 'off']).default('auto'),
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

/** Named presets: the same schema, only the differences from the default written out. */
export const recipePresets: Readonly<Record<string, z.input<typeof recipeSchema>>> = {
  'int8-static': {
    name: 'int8-static',
    description:
      'Static int8 QDQ: per-channel weights, uint8 activations; calibration method and float layers chosen by measurement.',
  },
  auto: {
    name: 'auto',
    description: 'Static int8, with dynamic int8 for the products and LSTM layers where it is measured to be better.',
    scheme: 'auto',
  },
  'int8-static-minmax': {
    name: 'int8-static-minmax',
    description: 'Static int8 QDQ with MinMax ranges and every supported layer quantized; nothing is searched.',
    calibrationMethod: 'minmax',
    keepFloat: 'none',
    reducedRange: 'safe',
    biasCorrection: 'off',
    equalization: 'off',
    weightRounding: 'nearest',
  },
  'int8-static-percentile': {
    name: 'int8-static-percentile',
    description:
      'Static int8 QDQ with 99.99 % percentile ranges and every supported layer quantized; nothing is searched.',
    calibrationMethod: 'percentile',
    keepFloat: 'none',
    reducedRange: 'safe',
    biasCorrection: 'off',
    equalization: 'off',
    weightRounding: 'nearest',
  },
  'int8-static-entropy': {
    name: 'int8-static-entropy',
    description: 'Static int8 QDQ with entropy (KL) ranges and every supported layer quantized; nothing is searched.',
    calibrationMethod: 'entropy',
    keepFloat: 'none',
    reducedRange: 'safe',
    biasCorrection: 'off',
    equalization: 'off',
    weightRounding: 'nearest',
  },
  'int8-dynamic': {
    name: 'int8-dynamic',
    description:
      'Dynamic int8: weights in 8 bits, activations rounded in each run, no calibration. For transformers and LSTM; convolutions stay float.',
    scheme: 'int8-dynamic',
    reducedRange: 'safe',
  },
  'int8-weights': {
    name: 'int8-weights',
    description:
      'Weights alone in 8 bits, no calibration: a smaller file that computes in float, no faster than before.',
    scheme: 'int8-weights',
  },
  'int4-weights': {
    name: 'int4-weights',
    description:
      'Weights of matrix products and embeddings in 4 bits, a scale for 32 of them; needs no data, comes closer with it. Fast for one row at a time, as language models decode.',
    scheme: 'int4-weights',
    keepFloat: 'none',
  },
  'int2-weights': {
    name: 'int2-weights',
    description:
      'Weights of matrix products and embeddings in 2 bits: smaller still, and so far from the original that few models bear it.',
    scheme: 'int2-weights',
    keepFloat: 'none',
  },
  'float16-weights': {
    name: 'float16-weights',
    description: 'Weights alone as half floats: half the size, all but the same outputs, no faster than before.',
    scheme: 'float16-weights',
    keepFloat: 'none',
  },
  'int8-per-tensor': {
    name: 'int8-per-tensor',
    description: 'One scale per weight tensor, MinMax ranges: for runtimes without per-channel kernels.',
    calibrationMethod: 'minmax',
    perChannel: false,
    keepFloat: 'none',
    reducedRange: 'safe',
    biasCorrection: 'off',
    equalization: 'off',
    weightRounding: 'nearest',
  },
};
