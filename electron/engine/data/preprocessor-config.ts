import { z } from 'zod';
import { AppError } from '../../../shared/app-error.ts';
import { readTextFile } from './read-text-file.ts';
import { resampleFilters, type ResampleFilter } from './resample.ts';

/**
 * What to do to an image, in the order in which it is done; every choice made, nothing left to defaults.
 * Semantics: Hugging Face transformers, `image_transforms.py` and the image processors of the vision models.
 */
export interface ImageRecipe {
  readonly resize: ResizeRule | null;
  readonly filter: ResampleFilter;
  readonly crop: { readonly height: number; readonly width: number } | null;
  /** Multiplier from 0…255 levels; null leaves the levels. */
  readonly rescaleFactor: number | null;
  /** Added after rescaling (EfficientNet's `rescale_offset`). */
  readonly offset: number;
  /** One value for every channel, or one per channel in the order in which the model sees them. */
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
  /** EfficientNet's `include_top`: divide by the standard deviation once more. */
  readonly divideByStdTwice: boolean;
  /** Feed blue first. */
  readonly flipChannels: boolean;
  readonly dataFormat: 'channels_first' | 'channels_last' | null;
}

export type ResizeRule =
  | { readonly kind: 'exact'; readonly height: number; readonly width: number }
  | { readonly kind: 'shortest-edge'; readonly shortest: number; readonly longest: number | null };

const pixels = z.int().min(1).max(65_536);
/** Configurations saved by newer transformers write unset fields as null. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const size = z.union([
  pixels,
  z.tuple([pixels, pixels]),
  z.looseObject({
    height: optional(pixels),
    width: optional(pixels),
    shortest_edge: optional(pixels),
    longest_edge: optional(pixels),
  }),
]);
const perChannel = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(3)]);

const configSchema = z.looseObject({
  image_processor_type: optional(z.string()),
  feature_extractor_type: optional(z.string()),
  do_resize: optional(z.boolean()),
  size: optional(size),
  default_to_square: optional(z.boolean()),
  resample: optional(z.int().min(0).max(5)),
  crop_pct: optional(z.number().positive().max(1)),
  do_center_crop: optional(z.boolean()),
  crop_size: optional(size),
  do_rescale: optional(z.boolean()),
  rescale_factor: optional(z.number()),
  rescale_offset: optional(z.boolean()),
  do_normalize: optional(z.boolean()),
  image_mean: optional(perChannel),
  image_std: optional(perChannel),
  include_top: optional(z.boolean()),
  do_flip_channel_order: optional(z.boolean()),
  data_format: optional(z.enum(['channels_first', 'channels_last'])),
});
type Config = z.infer<typeof configSchema>;

/** Steps that change pixels and that Vernier does not know; a configuration that turns one on gets a note. */
const unknownSteps = [
  'do_pad',
  'do_thumbnail',
  'do_align_long_axis',
  'do_crop_margin',
  'do_grayscale',
  'do_image_splitting',
  'do_color_quantize',
  'keep_aspect_ratio',
  'ensure_multiple_of',
  'size_divisor',
] as const;

/**
 * The first words of the processors whose plain-number `size` means the shortest edge; the others make a square of it
 * (`get_size_dict(size, default_to_square=False)` in their sources).
 */
const shortestEdgeProcessors =
  /^(Bit|ChineseCLIP|CLIP|ConvNext|Flava|Levit|MobileNetV[12]|MobileViT|PoolFormer|Pvt|VideoMAE|ViTHybrid|Vivit)/;

/**
 * Reads a `preprocessor_config.json`.
 * @throws AppError `file-not-found`; `data-malformed` naming the field when it is not what Hugging Face writes.
 */
export async function readPreprocessorConfig(path: string): Promise<{ recipe: ImageRecipe; notes: string[] }> {
  const text = await readTextFile(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('data-malformed', `The preprocessor configuration "${path}" is not JSON: ${String(error)}`, {
      cause: error,
    });
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const field = issue.path.join('.');
    throw malformed(path, `${field === '' ? 'the whole file' : `"${field}"`}: ${issue.message}`);
  }
  return planImageRecipe(parsed.data, path);
}

function malformed(path: string, what: string): AppError {
  return new AppError(
    'data-malformed',
    `The preprocessor configuration "${path}" cannot be used: ${what}. ` +
      `Compare with the preprocessor_config.json of the model on Hugging Face.`,
  );
}

function planImageRecipe(config: Config, path: string): { recipe: ImageRecipe; notes: string[] } {
  const notes: string[] = [];
  const processor = config.image_processor_type ?? config.feature_extractor_type ?? '';
  const { resize, impliedCrop } = planResize(config, processor, path);
  const doCrop = config.do_center_crop ?? config.crop_size !== undefined;
  if (doCrop && config.crop_size === undefined && impliedCrop === null) {
    throw malformed(path, '"do_center_crop" is true but "crop_size" is missing');
  }
  const crop = doCrop && config.crop_size !== undefined ? planCrop(config.crop_size, path) : null;
  if (resize !== null && config.resample === undefined) {
    notes.push('The preprocessor configuration names no resample filter: bilinear is used.');
  }
  const rescale = config.do_rescale ?? true;
  const normalize = config.do_normalize ?? (config.image_mean !== undefined && config.image_std !== undefined);
  if (normalize && (config.image_mean === undefined || config.image_std === undefined)) {
    throw malformed(path, '"do_normalize" is true but "image_mean" or "image_std" is missing');
  }
  if (normalize && config.image_std!.includes(0)) throw malformed(path, '"image_std" holds a zero');
  const flip = config.do_flip_channel_order ?? false;
  if (flip && normalize) {
    notes.push('Channels are flipped to BGR before normalizing: image_mean and image_std are read in BGR order.');
  }
  for (const step of unknownSteps) {
    const value = config[step];
    if (value !== undefined && value !== null && value !== false) {
      notes.push(`"${step}" of the preprocessor configuration is not applied: Vernier does not know this step.`);
    }
  }
  const recipe: ImageRecipe = {
    resize,
    filter: resampleFilters[config.resample ?? 2]!,
    crop: crop ?? impliedCrop,
    rescaleFactor: rescale ? (config.rescale_factor ?? 1 / 255) : null,
    offset: rescale && config.rescale_offset === true ? -1 : 0,
    mean: normalize ? config.image_mean! : null,
    std: normalize ? config.image_std! : null,
    divideByStdTwice: normalize && config.include_top === true && processor.startsWith('EfficientNet'),
    flipChannels: flip,
    dataFormat: config.data_format ?? null,
  };
  return { recipe, notes };
}

function planResize(
  config: Config,
  processor: string,
  path: string,
): { resize: ResizeRule | null; impliedCrop: ImageRecipe['crop'] } {
  if (!(config.do_resize ?? config.size !== undefined)) return { resize: null, impliedCrop: null };
  if (config.size === undefined) throw malformed(path, '"do_resize" is true but "size" is missing');
  const rule = planSize(config, config.size, processor, path);
  const edge = rule.kind === 'shortest-edge' ? rule.shortest : rule.height === rule.width ? rule.height : null;
  if (processor.startsWith('Levit') && rule.kind === 'shortest-edge') {
    return { resize: { ...rule, shortest: Math.trunc((256 / 224) * rule.shortest) }, impliedCrop: null };
  }
  if (processor.startsWith('PoolFormer') && config.crop_pct !== undefined && edge !== null) {
    const shortest = Math.trunc(edge / config.crop_pct);
    return { resize: { kind: 'shortest-edge', shortest, longest: null }, impliedCrop: null };
  }
  const isConvNext = processor.startsWith('ConvNext');
  if (edge === null || (config.crop_pct === undefined && !isConvNext)) return { resize: rule, impliedCrop: null };
  // ConvNextImageProcessor.resize: below 384 pixels, resize larger by crop_pct and crop back; from 384 on, just warp.
  const square = { height: edge, width: edge };
  if (edge >= 384) return { resize: { kind: 'exact', ...square }, impliedCrop: null };
  const shortest = Math.trunc(edge / (config.crop_pct ?? 224 / 256));
  return { resize: { kind: 'shortest-edge', shortest, longest: null }, impliedCrop: square };
}

function planSize(config: Config, given: z.infer<typeof size>, processor: string, path: string): ResizeRule {
  if (typeof given === 'number') {
    const square =
      config.default_to_square ??
      (processor === '' ? config.do_center_crop !== true : !shortestEdgeProcessors.test(processor));
    return square
      ? { kind: 'exact', height: given, width: given }
      : { kind: 'shortest-edge', shortest: given, longest: null };
  }
  if (Array.isArray(given)) return { kind: 'exact', height: given[0], width: given[1] };
  if (given.height !== undefined && given.width !== undefined) {
    return { kind: 'exact', height: given.height, width: given.width };
  }
  if (given.shortest_edge !== undefined) {
    return { kind: 'shortest-edge', shortest: given.shortest_edge, longest: given.longest_edge ?? null };
  }
  throw malformed(path, '"size" needs "shortest_edge", or "height" and "width"');
}

function planCrop(given: z.infer<typeof size>, path: string): { height: number; width: number } {
  if (typeof given === 'number') return { height: given, width: given };
  if (Array.isArray(given)) return { height: given[0], width: given[1] };
  if (given.height !== undefined && given.width !== undefined) return { height: given.height, width: given.width };
  if (given.shortest_edge !== undefined) return { height: given.shortest_edge, width: given.shortest_edge };
  throw malformed(path, '"crop_size" needs "height" and "width"');
}
