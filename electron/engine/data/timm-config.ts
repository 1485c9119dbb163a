import { z } from 'zod';
import type { ImageRecipe } from './image-recipe.ts';
import { resampleFilters, type ResampleFilter } from './resample.ts';
import type { ResizeRule } from './resize-rule.ts';

/*
 * timm's config.json. Semantics: timm 1.0, `resolve_data_config` (what is missing) and `transforms_imagenet_eval`, run by
 * torchvision on Pillow images.
 */

const side = z.int().min(1).max(65_536);
const channels = z.array(z.number()).min(1).max(3);

export const timmSchema = z.looseObject({
  input_size: z.tuple([z.int(), side, side]).nullish(),
  crop_pct: z.number().min(0.01).max(4).nullish(),
  crop_mode: z.enum(['center', 'squash', 'border']).or(z.literal('')).nullish(),
  interpolation: z.enum(resampleFilters).or(z.literal('')).nullish(),
  mean: channels.nullish(),
  std: channels.refine((values) => !values.includes(0), 'holds a zero').nullish(),
});
export type TimmConfig = z.infer<typeof timmSchema>;

const fields = ['input_size', 'crop_pct', 'crop_mode', 'interpolation', 'mean', 'std'] as const;

/** The part of a config.json of timm that says how images are prepared; null when this is none. */
export function findTimmConfig(json: Readonly<Record<string, unknown>>): unknown {
  const nested = json['pretrained_cfg'] ?? json['default_cfg'];
  if (typeof nested === 'object' && nested !== null) return nested;
  // Files of 2021 and 2022 have the same fields beside the architecture.
  const isFlat = typeof json['architecture'] === 'string' && fields.some((field) => Object.hasOwn(json, field));
  return isFlat ? json : null;
}

/** @returns the recipe, and the fields that the file leaves to timm's defaults. */
export function planTimmRecipe(config: TimmConfig): { recipe: ImageRecipe; defaulted: string[] } {
  const [, height, width] = config.input_size ?? [3, 224, 224];
  const cropPct = config.crop_pct ?? 0.875;
  const mode = config.crop_mode === '' ? 'center' : (config.crop_mode ?? 'center');
  const mean = config.mean ?? [0.485, 0.456, 0.406];
  const scaled = { height: Math.floor(height / cropPct), width: Math.floor(width / cropPct) };
  const isSquare = scaled.height === scaled.width;
  const given: ResampleFilter = config.interpolation === '' ? 'bicubic' : (config.interpolation ?? 'bicubic');
  const resize: ResizeRule =
    mode === 'squash'
      ? { kind: 'exact', ...scaled }
      : mode === 'border'
        ? { kind: 'contain', ...scaled }
        : isSquare
          ? { kind: 'shortest-edge', shortest: scaled.height, longest: null }
          : { kind: 'cover', ...scaled };
  const recipe: ImageRecipe = {
    firstCrop: null,
    resize,
    // timm passes the filter on everywhere but here.
    filter: resize.kind === 'cover' ? 'bilinear' : given,
    crop: {
      height,
      width,
      style: 'torchvision',
      fill: mode === 'border' ? [0, 1, 2].map((channel) => fillLevel(mean, channel)) : [0, 0, 0],
    },
    rescaleFactor: 1 / 255,
    offset: 0,
    mean,
    std: config.std ?? [0.229, 0.224, 0.225],
    lastStd: null,
    pad: null,
    flipChannels: false,
    dataFormat: null,
  };
  const defaulted = fields.filter((field) => config[field] === undefined || config[field] === null);
  return { recipe, defaulted: defaulted.filter((field) => field !== 'crop_mode') };
}

function fillLevel(mean: readonly number[], channel: number): number {
  return Math.min(255, Math.max(0, Math.round(255 * (mean[channel] ?? mean[0]!))));
}
