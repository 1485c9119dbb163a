import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { ImageRecipe } from './image-recipe.ts';
import type { ConfiguredSize, ProcessorFields } from './processor-fields.ts';
import type { ProcessorType } from './processor-types.ts';
import { resampleFilters } from './resample.ts';
import type { Multiple, ResizeRule } from './resize-rule.ts';

type Fail = (what: Told) => never;
type Rule<Kind extends ResizeRule['kind']> = Extract<ResizeRule, { kind: Kind }>;
type BasicRule = Rule<'exact'> | Rule<'shortest-edge'> | Rule<'longest-edge'> | Rule<'inside'>;

/**
 * What the fields of an image processor ask for, its type's own defaults for those that are missing.
 * @param type null when none is named or it is not known: then only what the fields say is done.
 * @param fail throws, with what is missing or wrong.
 * @returns the recipe, and the fields taken from the type's defaults.
 */
export function planImageRecipe(
  fields: ProcessorFields,
  type: ProcessorType | null,
  fail: Fail,
): { recipe: ImageRecipe; defaulted: string[] } {
  const defaulted: string[] = [];
  const resizes = fields.do_resize ?? (type !== null || fields.size !== undefined);
  const size = fields.size ?? type?.size ?? undefined;
  const { resize, impliedCrop } = resizes ? planResize(fields, size, type, fail) : notResized;
  if (resizes && fields.size === undefined && type !== null) defaulted.push('size');
  if (resizes && fields.resample === undefined && type !== null) defaulted.push('resample');

  const crops = fields.do_center_crop ?? (type === null ? fields.crop_size !== undefined : type.crops);
  const cropSize = fields.crop_size ?? type?.cropSize ?? undefined;
  if (crops && cropSize === undefined && impliedCrop === null)
    fail(tell('preprocessorFieldMissing', { field: 'do_center_crop', missing: 'crop_size' }));
  if (crops && fields.crop_size === undefined && cropSize !== undefined) defaulted.push('crop_size');
  const cropTo = crops && cropSize !== undefined ? planFixedSize(cropSize, 'crop_size', fail) : impliedCrop;
  const isFirst = type?.quirk === 'perceiver';

  const { normalization, isDefault } = planNormalization(fields, type, fail);
  if (isDefault) defaulted.push('image_mean', 'image_std');
  const rescales = fields.do_rescale ?? type?.rescales ?? true;
  const lastStd =
    type?.quirk === 'efficientnet' && (fields.include_top ?? true) ? (fields.image_std ?? type.std) : null;
  const recipe: ImageRecipe = {
    firstCrop: isFirst && cropTo !== null ? planFirstCrop(resize, cropTo, fail) : null,
    resize,
    filter: resampleFilters[fields.resample ?? type?.resample ?? 2]!,
    crop: isFirst || cropTo === null ? null : { ...cropTo, style: 'transformers', fill: [0, 0, 0] },
    rescaleFactor: rescales ? (fields.rescale_factor ?? type?.rescaleFactor ?? 1 / 255) : null,
    offset: rescales && fields.rescale_offset === true ? -1 : 0,
    ...normalization,
    lastStd,
    pad: planPad(fields, type, fail),
    flipChannels: fields.do_flip_channel_order ?? type?.flipsChannels ?? false,
    dataFormat: fields.data_format ?? null,
  };
  return { recipe, defaulted };
}

const isPair = (size: ConfiguredSize): size is readonly [number, number] => Array.isArray(size);

const notResized = { resize: null, impliedCrop: null };

interface Resizing {
  readonly resize: ResizeRule | null;
  readonly impliedCrop: { readonly height: number; readonly width: number } | null;
}

function planResize(
  fields: ProcessorFields,
  size: ConfiguredSize | undefined,
  type: ProcessorType | null,
  fail: Fail,
): Resizing {
  if (type?.quirk === 'glpn') {
    return { resize: { kind: 'multiple', of: fields.size_divisor ?? 32 }, impliedCrop: null };
  }
  if (size === undefined) return fail(tell('preprocessorFieldMissing', { field: 'do_resize', missing: 'size' }));
  const rule = planSize(fields, size, type, fail);
  const edge =
    rule.kind === 'shortest-edge'
      ? rule.shortest
      : rule.kind === 'exact' && rule.height === rule.width
        ? rule.height
        : null;
  switch (type?.quirk) {
    case 'levit':
      if (rule.kind !== 'shortest-edge') break;
      return { resize: { ...rule, shortest: Math.trunc((256 / 224) * rule.shortest) }, impliedCrop: null };
    case 'poolformer':
      return { resize: planPoolFormer(rule, edge, fields.crop_pct ?? 0.9), impliedCrop: null };
    case 'dpt':
      return { resize: planNear(rule, fields), impliedCrop: null };
    case 'capped': {
      if (rule.kind !== 'shortest-edge') return fail(tell('sizeNeedsShortestEdge'));
      return {
        resize: { kind: 'capped', shortest: rule.shortest, multiple: fields.size_divisor ?? 32 },
        impliedCrop: null,
      };
    }
    case 'textnet':
      return { resize: withMultiple(rule, fields.size_divisor ?? 32, 'up'), impliedCrop: null };
    case 'maskformer':
      return { resize: withMultiple(rule, fields.size_divisor ?? 32, 'up'), impliedCrop: null };
    case 'yolos':
      return { resize: rule.kind === 'exact' ? rule : withMultiple(rule, 16, 'down'), impliedCrop: null };
    case undefined:
      if (fields.keep_aspect_ratio === true || (fields.ensure_multiple_of ?? 1) > 1) {
        return { resize: planNear(rule, fields), impliedCrop: null };
      }
      break;
    default:
      break;
  }
  const isConvNext = type?.quirk === 'convnext' || (type === null && fields.crop_pct !== undefined);
  if (!isConvNext || edge === null) return { resize: rule, impliedCrop: null };
  // ConvNextImageProcessor.resize: below 384 pixels, resize larger by crop_pct and crop back; from 384 on, just warp.
  const square = { height: edge, width: edge };
  if (edge >= 384) return { resize: { kind: 'exact', ...square }, impliedCrop: null };
  const shortest = Math.trunc(edge / (fields.crop_pct ?? 224 / 256));
  return { resize: { kind: 'shortest-edge', shortest, longest: null }, impliedCrop: square };
}

function planPoolFormer(rule: BasicRule, edge: number | null, cropPct: number): ResizeRule {
  if (edge !== null) return { kind: 'shortest-edge', shortest: Math.trunc(edge / cropPct), longest: null };
  if (rule.kind !== 'exact') return rule;
  return { kind: 'exact', height: Math.trunc(rule.height / cropPct), width: Math.trunc(rule.width / cropPct) };
}

function planNear(rule: BasicRule, fields: ProcessorFields): ResizeRule {
  if (rule.kind !== 'exact') return rule;
  return {
    kind: 'near',
    height: rule.height,
    width: rule.width,
    keepsShape: fields.keep_aspect_ratio ?? false,
    multiple: fields.ensure_multiple_of ?? 1,
  };
}

function withMultiple(rule: BasicRule, of: number, rounding: Multiple['rounding']): ResizeRule {
  return of > 1 && (rule.kind === 'exact' || rule.kind === 'shortest-edge')
    ? { ...rule, multipleOf: { of, rounding } }
    : rule;
}

/** What a size means by itself, whatever the processor makes of it. */
function planSize(fields: ProcessorFields, given: ConfiguredSize, type: ProcessorType | null, fail: Fail): BasicRule {
  const hasLimit = type?.quirk === 'detr' || type?.quirk === 'yolos' || type?.quirk === 'maskformer';
  if (typeof given === 'number') {
    const longest = fields.max_size ?? (hasLimit ? 1333 : null);
    const isShorterEdge =
      longest !== null ||
      (fields.default_to_square === undefined
        ? (type?.sizesShorterEdge ?? fields.do_center_crop === true)
        : !fields.default_to_square);
    return isShorterEdge
      ? { kind: 'shortest-edge', shortest: given, longest }
      : { kind: 'exact', height: given, width: given };
  }
  if (isPair(given)) return { kind: 'exact', height: given[0], width: given[1] };
  const { height, width, shortest_edge: shortest, longest_edge: longest, max_height: most, max_width: widest } = given;
  if (height !== undefined && width !== undefined) return { kind: 'exact', height, width };
  if (shortest !== undefined) return { kind: 'shortest-edge', shortest, longest: longest ?? null };
  if (most !== undefined && widest !== undefined) return { kind: 'inside', height: most, width: widest };
  if (longest !== undefined && type?.quirk === 'sam') return { kind: 'longest-edge', longest };
  return fail(tell('sizeNeedsEdgeOrBoth'));
}

function planFixedSize(
  given: ConfiguredSize,
  field: 'crop_size' | 'pad_size',
  fail: Fail,
): { height: number; width: number } {
  if (typeof given === 'number') return { height: given, width: given };
  if (isPair(given)) return { height: given[0], width: given[1] };
  if (given.height !== undefined && given.width !== undefined) return { height: given.height, width: given.width };
  if (given.shortest_edge !== undefined) return { height: given.shortest_edge, width: given.shortest_edge };
  return fail(tell('sizeNeedsBoth', { field }));
}

/** Perceiver cuts the middle out first, size over crop_size of the shorter edge, and resizes what is left. */
function planFirstCrop(
  resize: ResizeRule | null,
  crop: { readonly height: number; readonly width: number },
  fail: Fail,
): ImageRecipe['firstCrop'] {
  if (resize?.kind !== 'exact') return fail(tell('sizeNeedsBoth', { field: 'size' }));
  return { height: resize.height / crop.height, width: resize.width / crop.width };
}

function planNormalization(
  fields: ProcessorFields,
  type: ProcessorType | null,
  fail: Fail,
): { normalization: Pick<ImageRecipe, 'mean' | 'std'>; isDefault: boolean } {
  const { image_mean: givenMean, image_std: givenStd } = fields;
  if (givenStd?.includes(0) === true) return fail(tell('imageStdZero'));
  const wanted = fields.do_normalize ?? type?.normalizes ?? (givenMean !== undefined && givenStd !== undefined);
  const none = { normalization: { mean: null, std: null }, isDefault: false };
  if (!wanted || type?.quirk === 'never-normalizes') return none;
  const mean = givenMean ?? type?.mean;
  const std = givenStd ?? type?.std;
  if (mean === undefined || std === undefined) {
    return fail(
      tell('preprocessorFieldsMissing', { field: 'do_normalize', missing: 'image_mean', other: 'image_std' }),
    );
  }
  return { normalization: { mean, std }, isDefault: givenMean === undefined || givenStd === undefined };
}

/** To a size that is named; padding to the largest of a batch has no meaning where images are fed one by one. */
function planPad(fields: ProcessorFields, type: ProcessorType | null, fail: Fail): ImageRecipe['pad'] {
  const given = fields.pad_size ?? (type?.quirk === 'sam' ? 1024 : undefined);
  const isOn = fields.do_pad ?? (type?.quirk === 'sam' || type?.quirk === 'detr' || type?.quirk === 'yolos');
  return isOn && given !== undefined ? planFixedSize(given, 'pad_size', fail) : null;
}
