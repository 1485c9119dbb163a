import type { ResampleFilter } from './resample.ts';
import type { ResizeRule } from './resize-rule.ts';

/**
 * What to do to an image, in the order in which it is done; every choice made, nothing left to defaults.
 * Semantics: Hugging Face transformers, `image_transforms.py` and the image processors of the vision models; timm's
 * `transforms_imagenet_eval`.
 */
export interface ImageRecipe {
  /** Cut from the middle before resizing, as shares of the shorter edge (Perceiver). */
  readonly firstCrop: { readonly height: number; readonly width: number } | null;
  readonly resize: ResizeRule | null;
  readonly filter: ResampleFilter;
  readonly crop: CenterCrop | null;
  /** Multiplier from 0…255 levels; null leaves the levels. */
  readonly rescaleFactor: number | null;
  /** Added after rescaling (EfficientNet's `rescale_offset`). */
  readonly offset: number;
  /** One value for every channel, or one per channel in the order in which the model sees them. */
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
  /** EfficientNet's `include_top`: divides once more at the end. */
  readonly lastStd: readonly number[] | null;
  /** Zeros to the right and below, up to this size, after normalizing (SAM). */
  readonly pad: { readonly height: number; readonly width: number } | null;
  /** Feed blue first. */
  readonly flipChannels: boolean;
  readonly dataFormat: 'channels_first' | 'channels_last' | null;
}

export interface CenterCrop {
  readonly height: number;
  readonly width: number;
  /** Where an odd pixel goes: transformers cuts it behind and pads it in front; torchvision rounds halves to even, pads behind. */
  readonly style: 'transformers' | 'torchvision';
  /** Level of each channel, red first, around an image smaller than the crop. */
  readonly fill: readonly number[];
}

/** Levels from 0 to 1 and nothing else: what is done where nobody says more. */
export const plainRecipe = {
  firstCrop: null,
  resize: null,
  filter: 'bilinear',
  crop: null,
  rescaleFactor: 1 / 255,
  offset: 0,
  mean: null,
  std: null,
  lastStd: null,
  pad: null,
  flipChannels: false,
  dataFormat: null,
} as const satisfies ImageRecipe;
