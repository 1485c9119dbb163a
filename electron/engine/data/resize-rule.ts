import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say, type Sentence } from '../../../shared/engine-texts/say.ts';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * To what size an image is resized. `multipleOf` rounds both sides to a multiple of itself, up or down.
 * Semantics: Hugging Face transformers 5 (`image_transforms.py` and the image processors), timm 1 (`ResizeKeepRatio`).
 */
export type ResizeRule =
  | { readonly kind: 'exact'; readonly height: number; readonly width: number; readonly multipleOf?: Multiple }
  | {
      readonly kind: 'shortest-edge';
      readonly shortest: number;
      readonly longest: number | null;
      readonly multipleOf?: Multiple;
    }
  /** The longer edge gets this length, sides rounded to the nearest pixel (SAM). */
  | { readonly kind: 'longest-edge'; readonly longest: number }
  /** As large as fits (`max_height`, `max_width`). */
  | { readonly kind: 'inside'; readonly height: number; readonly width: number }
  /** Only down to a multiple (GLPN). */
  | { readonly kind: 'multiple'; readonly of: number }
  /** The shorter edge, the longer one limited to 1333/800 of it, both down to a multiple (ViLT, BridgeTower). */
  | { readonly kind: 'capped'; readonly shortest: number; readonly multiple: number }
  /** To one height; as wide as that makes it, at most so wide (PaddleOCR's lines). */
  | { readonly kind: 'line'; readonly height: number; readonly widest: number | null }
  /** The longer edge at most so long, both to the nearest multiple (PaddleOCR's pages). */
  | { readonly kind: 'limited'; readonly longest: number; readonly multiple: number }
  /** Near a size: one scale for both sides where the shape is kept, each side to the nearest multiple (DPT). */
  | {
      readonly kind: 'near';
      readonly height: number;
      readonly width: number;
      readonly keepsShape: boolean;
      readonly multiple: number;
    }
  /** One scale for both sides: so that the image covers a size, or lies inside it (timm). */
  | { readonly kind: 'cover' | 'contain'; readonly height: number; readonly width: number };

export interface Multiple {
  readonly of: number;
  readonly rounding: 'up' | 'down';
}

/** Python's round(): halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function roundTo(size: Size, multiple: Multiple | undefined): Size {
  if (multiple === undefined) return size;
  const round = multiple.rounding === 'up' ? Math.ceil : Math.floor;
  const side = (length: number) => Math.max(multiple.of, round(length / multiple.of) * multiple.of);
  return { width: side(size.width), height: side(size.height) };
}

/** `get_size_with_aspect_ratio`, and without a limit `get_resize_output_image_size`; int() truncates. */
function fitShortestEdge({ width, height }: Size, shortest: number, longest: number | null): Size {
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  if (longest === null) {
    const newLong = Math.trunc((shortest * long) / short);
    return width <= height ? { width: shortest, height: newLong } : { width: newLong, height: shortest };
  }
  const isLimited = (long / short) * shortest > longest;
  const exact = isLimited ? (longest * short) / long : shortest;
  const edge = Math.max(1, roundHalfEven(exact));
  if (short === edge) return { width, height };
  return width < height
    ? { width: edge, height: Math.trunc((exact * height) / width) }
    : { width: Math.trunc((exact * width) / height), height: edge };
}

/** `get_resize_output_image_size` of ViLT and BridgeTower. */
function fitCapped({ width, height }: Size, shortest: number, multiple: number): Size {
  const longest = Math.trunc((1333 / 800) * shortest);
  const scale = shortest / Math.min(width, height);
  let newWidth = height < width ? scale * width : shortest;
  let newHeight = height < width ? shortest : scale * height;
  const longer = Math.max(newWidth, newHeight);
  if (longer > longest) {
    newWidth *= longest / longer;
    newHeight *= longest / longer;
  }
  const side = (length: number) => Math.max(multiple, Math.floor(Math.trunc(length + 0.5) / multiple) * multiple);
  return { width: side(newWidth), height: side(newHeight) };
}

/** `get_resize_output_image_size` of DPT. */
function fitNear(source: Size, rule: Extract<ResizeRule, { kind: 'near' }>): Size {
  let scaleX = rule.width / source.width;
  let scaleY = rule.height / source.height;
  if (rule.keepsShape) {
    if (Math.abs(1 - scaleX) < Math.abs(1 - scaleY)) scaleY = scaleX;
    else scaleX = scaleY;
  }
  const side = (length: number) => Math.max(rule.multiple, roundHalfEven(length / rule.multiple) * rule.multiple);
  return { width: side(scaleX * source.width), height: side(scaleY * source.height) };
}

/** A longer side than this comes of a narrow image and a large edge, or of a share of almost nothing: nobody means it. */
const longestSide = 1 << 22;

/**
 * The size of an image after resizing, at least one pixel either way.
 * @throws AppError `data-malformed` for a side that no image has, even where most of it would be cropped.
 */
export function resizedSize(source: Size, rule: ResizeRule | null): Size {
  if (rule === null) return source;
  const size = computeSize(source, rule);
  const width = Math.max(1, size.width);
  const height = Math.max(1, size.height);
  if (Math.max(width, height) <= longestSide) return { width, height };
  throw new AppError(
    'data-malformed',
    tell('imageResizedTooLarge', {
      size: `${source.width}x${source.height}`,
      resized: `${width}x${height}`,
      most: longestSide,
    }),
  );
}

function computeSize(source: Size, rule: ResizeRule): Size {
  switch (rule.kind) {
    case 'exact':
      return roundTo({ width: rule.width, height: rule.height }, rule.multipleOf);
    case 'shortest-edge':
      return roundTo(fitShortestEdge(source, rule.shortest, rule.longest), rule.multipleOf);
    case 'longest-edge': {
      const scale = rule.longest / Math.max(source.width, source.height);
      return { width: Math.trunc(source.width * scale + 0.5), height: Math.trunc(source.height * scale + 0.5) };
    }
    case 'inside': {
      const scale = Math.min(rule.height / source.height, rule.width / source.width);
      return { width: Math.trunc(source.width * scale), height: Math.trunc(source.height * scale) };
    }
    case 'multiple':
      return roundTo(source, { of: rule.of, rounding: 'down' });
    case 'capped':
      return fitCapped(source, rule.shortest, rule.multiple);
    case 'near':
      return fitNear(source, rule);
    case 'line': {
      const width = Math.ceil((rule.height * source.width) / source.height);
      return { height: rule.height, width: Math.min(width, rule.widest ?? width) };
    }
    case 'limited': {
      const scale = Math.min(1, rule.longest / Math.max(source.width, source.height));
      const side = (length: number) =>
        Math.max(rule.multiple, roundHalfEven(Math.trunc(length * scale) / rule.multiple) * rule.multiple);
      return { width: side(source.width), height: side(source.height) };
    }
    case 'cover':
    case 'contain': {
      const ratios = [source.height / rule.height, source.width / rule.width];
      const ratio = rule.kind === 'cover' ? Math.min(...ratios) : Math.max(...ratios);
      return { width: roundHalfEven(source.width / ratio), height: roundHalfEven(source.height / ratio) };
    }
  }
}

function describeMultiple(resize: Sentence, multiple: Multiple | undefined): Sentence {
  if (multiple === undefined) return resize;
  return say(multiple.rounding === 'up' ? 'roundedUp' : 'roundedDown', { resize, multiple: multiple.of });
}

export const formatSize = ({ width, height }: Size) => `${width}x${height}`;

function describeShorterEdge(edge: number, most: number | null): Sentence {
  return most === null ? say('shorterEdge', { edge }) : say('shorterEdgeAtMost', { edge, most });
}

/** A rule in words, width before height; a part of the note on preprocessing. */
export function describeResize(rule: ResizeRule): Sentence {
  switch (rule.kind) {
    case 'exact':
      return describeMultiple(say('resizedTo', { size: formatSize(rule) }), rule.multipleOf);
    case 'shortest-edge':
      return describeMultiple(describeShorterEdge(rule.shortest, rule.longest), rule.multipleOf);
    case 'longest-edge':
      return say('longerEdge', { edge: rule.longest });
    case 'inside':
    case 'contain':
      return say('resizedInside', { size: formatSize(rule) });
    case 'multiple':
      return say('resizedDownTo', { multiple: rule.of });
    case 'capped':
      return describeMultiple(describeShorterEdge(rule.shortest, Math.trunc((1333 / 800) * rule.shortest)), {
        of: rule.multiple,
        rounding: 'down',
      });
    case 'near':
      return say(rule.keepsShape ? 'resizedNear' : 'resizedToMultiples', {
        size: formatSize(rule),
        multiple: rule.multiple,
      });
    case 'line':
      return rule.widest === null
        ? say('resizedToHeight', { height: rule.height })
        : say('resizedToHeightAtMost', { height: rule.height, widest: rule.widest });
    case 'limited':
      return say('longerEdgeLimited', { longest: rule.longest, multiple: rule.multiple });
    case 'cover':
      return say('resizedToCover', { size: formatSize(rule) });
  }
}
