import type { PreprocessPreset } from '../../../shared/tasks.ts';
import { plainRecipe, type ImageRecipe } from './image-recipe.ts';
import { highestLine, type ImageLayout } from './preprocess.ts';
import type { ResizeRule } from './resize-rule.ts';

/* What families of models do to images, where no configuration says so. */

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const clip = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };
/** One value for every channel of a model that takes grey. */
const forChannels = ({ mean, std }: typeof clip, { channels }: ImageLayout) =>
  channels === 1 ? { mean: [mean[1]!], std: [std[1]!] } : { mean, std };

const sizeOf = ({ height, width }: ImageLayout, usual: number) => ({ height: height ?? usual, width: width ?? usual });

/** The shorter edge, or so that a model's oblong is covered. */
function covering({ height, width }: { height: number; width: number }): ResizeRule {
  return height === width
    ? { kind: 'shortest-edge', shortest: height, longest: null }
    : { kind: 'cover', height, width };
}

/** Recognition reads lines of one height; detection looks at pages, at most 960 pixels a side. */
function planPaddle(layout: ImageLayout): ImageRecipe {
  const { height, width } = layout;
  if (height !== null && height <= highestLine) {
    return {
      ...plainRecipe,
      resize: { kind: 'line', height, widest: width },
      mean: [0.5],
      std: [0.5],
      pad: { height, width: width ?? Math.ceil((320 / 48) * height) },
      flipChannels: true,
    };
  }
  const resize: ResizeRule =
    height !== null && width !== null
      ? { kind: 'exact', height, width }
      : { kind: 'limited', longest: 960, multiple: 32 };
  // PaddleOCR takes the means of red, green and blue off blue, green and red.
  return { ...plainRecipe, ...forChannels(imagenet, layout), resize, flipChannels: true };
}

/**
 * The usual preprocessing of a family of models, for the size that a model takes. `imagenet`: torchvision's evaluation transform;
 * `yolo`: Ultralytics' letterbox; `clip`: OpenAI's; `paddleocr`: PaddleOCR's of lines (recognition) or pages (detection).
 */
export const imagePresets: Readonly<Record<PreprocessPreset, (layout: ImageLayout) => ImageRecipe>> = {
  imagenet: (layout) => {
    const { height, width } = sizeOf(layout, 224);
    const resize = covering({ height: Math.round(height / 0.875), width: Math.round(width / 0.875) });
    return {
      ...plainRecipe,
      ...forChannels(imagenet, layout),
      resize,
      crop: { height, width, style: 'torchvision', fill: [0, 0, 0] },
    };
  },
  clip: (layout) => {
    const size = sizeOf(layout, 224);
    const crop = { ...size, style: 'torchvision', fill: [0, 0, 0] } as const;
    return { ...plainRecipe, ...forChannels(clip, layout), filter: 'bicubic', resize: covering(size), crop };
  },
  yolo: (layout) => {
    const size = sizeOf(layout, 640);
    const crop = { ...size, style: 'torchvision', fill: [114, 114, 114] } as const;
    return { ...plainRecipe, resize: { kind: 'contain', ...size }, crop };
  },
  paddleocr: planPaddle,
};
