import { z } from 'zod';
import { resampleFilters } from './resample.ts';

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
    max_height: optional(pixels),
    max_width: optional(pixels),
  }),
]);
/** A plain number, height and width, or edges by name. */
export type ConfiguredSize =
  | number
  | readonly [number, number]
  | Readonly<
      Partial<
        Record<'height' | 'width' | 'shortest_edge' | 'longest_edge' | 'max_height' | 'max_width', number | undefined>
      >
    >;

const perChannel = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(3)]);

/** The fields of an image processor that Vernier applies. */
export const processorSchema = z.looseObject({
  image_processor_type: optional(z.string()),
  feature_extractor_type: optional(z.string()),
  do_resize: optional(z.boolean()),
  size: optional(size),
  max_size: optional(pixels),
  default_to_square: optional(z.boolean()),
  resample: optional(
    z.union([z.int().min(0).max(5), z.enum(resampleFilters).transform((name) => resampleFilters.indexOf(name))]),
  ),
  crop_pct: optional(z.number().min(0.01).max(1)),
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
  do_pad: optional(z.boolean()),
  pad_size: optional(size),
  size_divisor: optional(z.int().min(0).max(4096)),
  keep_aspect_ratio: optional(z.boolean()),
  ensure_multiple_of: optional(z.int().min(1).max(4096)),
  data_format: optional(z.enum(['channels_first', 'channels_last'])),
});
export type ProcessorFields = z.infer<typeof processorSchema>;

/** One of these has to be there for a file to say anything about images; the rest only qualifies them. */
const decidingFields = [
  'image_processor_type',
  'feature_extractor_type',
  'do_resize',
  'size',
  'resample',
  'do_center_crop',
  'crop_size',
  'crop_pct',
  'do_rescale',
  'rescale_factor',
  'do_normalize',
  'image_mean',
  'image_std',
  'do_flip_channel_order',
] as const;

/** Steps that change pixels and that Vernier does not know; a configuration that turns one on gets a note. */
const unknownSteps = [
  'do_thumbnail',
  'do_align_long_axis',
  'do_crop_margin',
  'do_grayscale',
  'do_image_splitting',
  'do_color_quantize',
  'do_pan_and_scan',
  'do_affine_transform',
  'crop_to_patches',
  'do_split_image',
] as const;

/** Whether a file has anything of an image processor in it. */
export function hasProcessorFields(json: Readonly<Record<string, unknown>>): boolean {
  return decidingFields.some((field) => json[field] !== undefined && json[field] !== null);
}

/** The steps a configuration turns on that are not done. */
export function listUnknownSteps(fields: ProcessorFields): string[] {
  return unknownSteps.filter((step) => {
    const value = fields[step];
    return value !== undefined && value !== null && value !== false;
  });
}

/** What a JSON file that is no configuration of preprocessing is, as errors tell it, by the fields that only it has. */
const otherFiles = [
  [
    'otherTokenizerConfiguration',
    ['tokenizer_class', 'added_tokens_decoder', 'model_max_length', 'cls_token', 'pad_token'],
  ],
  ['otherTokenizer', ['added_tokens', 'pre_tokenizer', 'post_processor']],
  ['otherGeneration', ['max_new_tokens', 'eos_token_id', 'do_sample']],
  ['otherModel', ['model_type', 'architectures', 'hidden_size', 'num_hidden_layers', 'id2label']],
  ['otherSound', ['sampling_rate', 'n_fft', 'hop_length', 'num_mel_bins']],
  ['otherNpm', ['dependencies', 'devDependencies']],
  ['otherWeightIndex', ['weight_map']],
] as const;

/** @returns null where that is not known either. */
export function recognizeOtherFile(json: Readonly<Record<string, unknown>>): (typeof otherFiles)[number][0] | null {
  const found = otherFiles.find(([, fields]) => fields.some((field) => Object.hasOwn(json, field)));
  return found === undefined ? null : found[0];
}
