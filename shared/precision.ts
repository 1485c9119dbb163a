import { z } from 'zod';
import { schemeNames } from './schemes.ts';

export const tensorTypes = [
  'float32', 'float16', 'uint8', 'int8', 'uint4', 'int4', 'uint2', 'int2',
] as const; // prettier-ignore
export type TensorType = (typeof tensorTypes)[number];

export const tensorFormatSchema = z.object({
  type: z.enum(tensorTypes),
  /** The axis with a scale for each of its elements; null for one scale. */
  axis: z.number().int().nullable(),
  /** Neighbours along the other axis that share a scale; null where all do. */
  block: z.number().int().positive().nullable(),
  /** Zero is stored as 0. */
  symmetric: z.boolean(),
});
/** How the values of a tensor are stored: x = scale * (integer - zero point), or a float of fewer bits. */
export type TensorFormat = z.infer<typeof tensorFormatSchema>;

export const precisionSchema = z.object({
  scheme: z.enum([...schemeNames, 'float']),
  /** Null for a node without weights, or whose weights stay as they were. */
  weights: tensorFormatSchema.nullable(),
  /** Null where the node reads and hands out floats. Dynamic: rounded in each run by the range of that run. */
  activations: tensorFormatSchema.extend({ when: z.enum(['static', 'dynamic']) }).nullable(),
  /** True where the runtime makes floats of the weights when it loads the model: smaller on disk, no faster. */
  expandsAtLoad: z.boolean().default(false),
});
/** What a node is stored and computed in. */
export type Precision = z.infer<typeof precisionSchema>;

/** Not touched: whatever the original has, which is float32 for most. */
export const floatPrecision: Precision = { scheme: 'float', weights: null, activations: null, expandsAtLoad: false };

export function isReduced({ scheme }: Precision): boolean {
  return scheme !== 'float';
}

/** Bits of one value. */
export function bitsOf({ type }: Pick<TensorFormat, 'type'>): number {
  return Number(/\d+$/.exec(type)![0]);
}

/** In as few words as a table has room for: "w8 a8", "w4/32", "w8 stored"; `float` for what was not touched. */
export function describePrecision({ scheme, weights, activations, expandsAtLoad }: Precision, float = 'float'): string {
  if (scheme === 'float') return float;
  const letter = (format: TensorFormat): string => `${format.type.startsWith('float') ? 'f' : ''}${bitsOf(format)}`;
  return [
    weights === null ? '' : `w${letter(weights)}${weights.block === null ? '' : `/${weights.block}`}`,
    activations === null ? '' : `a${letter(activations)}${activations.when === 'dynamic' ? ' dynamic' : ''}`,
    expandsAtLoad ? 'stored' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** What is asked of a layer of a run document. */
export interface LayerBits {
  readonly precision: Precision | null;
  readonly quantized: boolean;
  readonly parameters: number;
  readonly weightBits: number;
  readonly activationBits: number;
}

/** What a layer is stored and computed in; of documents that told it by bits alone, which were all of one scheme. */
export function precisionOf({ precision, quantized, parameters, weightBits, activationBits }: LayerBits): Precision {
  if (precision !== null) return precision;
  if (!quantized) return floatPrecision;
  const format = { type: 'int8', axis: null, block: null, symmetric: true } as const;
  return {
    scheme: 'int8-static',
    weights: parameters > 0 && weightBits === 8 ? format : null,
    activations: activationBits === 8 ? { ...format, type: 'uint8', symmetric: false, when: 'static' } : null,
    expandsAtLoad: false,
  };
}

/** Whether a layer is stored or computed in fewer bits than the original's. */
export const isReducedLayer = (layer: LayerBits): boolean => isReduced(precisionOf(layer));
