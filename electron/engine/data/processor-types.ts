/**
 * What the image processors of Hugging Face transformers do where a configuration leaves it out. Facts of transformers 5.18: the
 * class attributes of `models/<model>/image_processing_pil_*.py`; of 4.57 for the processors that 5 no longer has.
 */
export interface ProcessorType {
  /** As the library writes it, without `ImageProcessor` or `FeatureExtractor`. */
  readonly name: string;
  readonly size: SizeField | null;
  /** A plain number for the size is the shorter edge, not a square. */
  readonly sizesShorterEdge: boolean;
  readonly cropSize: number | null;
  readonly crops: boolean;
  /** Pillow's number of the filter. */
  readonly resample: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly normalizes: boolean;
  readonly rescales: boolean;
  readonly rescaleFactor: number;
  readonly flipsChannels: boolean;
  readonly quirk: Quirk | null;
}

export type SizeField =
  | { readonly height: number; readonly width: number }
  | { readonly shortest_edge: number; readonly longest_edge?: number }
  | { readonly longest_edge: number };

/** What makes a processor differ from resize, crop, rescale, normalize. */
export type Quirk =
  | 'levit'
  | 'poolformer'
  | 'convnext'
  | 'perceiver'
  | 'efficientnet'
  | 'dpt'
  | 'glpn'
  | 'capped'
  | 'textnet'
  | 'maskformer'
  | 'detr'
  | 'yolos'
  | 'sam'
  | 'never-normalizes';

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const clip = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };

const square = (edge: number) => ({ height: edge, width: edge });
const shortest = (edge: number) => ({ shortest_edge: edge });
const detection = { shortest_edge: 800, longest_edge: 1333 };

const bilinear = 2;
const bicubic = 3;

type Changes = Partial<Omit<ProcessorType, 'name' | 'size' | 'resample' | 'mean' | 'std'>>;

function type(
  name: string,
  size: SizeField | null,
  resample: number,
  normalization: typeof half,
  changes: Changes = {},
): ProcessorType {
  const plain = {
    sizesShorterEdge: size !== null && 'shortest_edge' in size,
    cropSize: null,
    crops: false,
    normalizes: true,
    rescales: true,
    rescaleFactor: 1 / 255,
    flipsChannels: false,
    quirk: null,
  };
  return { name, size, resample, ...normalization, ...plain, ...changes };
}

const cropTo = (cropSize: number): Changes => ({ cropSize, crops: true });

const types: readonly ProcessorType[] = [
  type('Beit', square(224), bicubic, half, { cropSize: 224 }),
  type('Bit', shortest(224), bicubic, clip, cropTo(224)),
  type('Blip', square(384), bicubic, clip),
  type('BridgeTower', shortest(288), bicubic, clip, { ...cropTo(288), quirk: 'capped' }),
  type('Chameleon', shortest(512), 1, { mean: [1, 1, 1], std: [1, 1, 1] }, { ...cropTo(512), rescaleFactor: 0.0078 }),
  type('ChineseCLIP', shortest(224), bicubic, clip, cropTo(224)),
  type('CLIP', shortest(224), bicubic, clip, cropTo(224)),
  type('ConditionalDetr', detection, bilinear, imagenet, { quirk: 'detr' }),
  type('ConvNext', shortest(384), bicubic, half, { quirk: 'convnext' }),
  type('DeformableDetr', detection, bilinear, imagenet, { quirk: 'detr' }),
  type('DeiT', square(256), bicubic, half, cropTo(224)),
  type('Deta', detection, bilinear, imagenet, { quirk: 'detr' }),
  type('Detr', detection, bilinear, imagenet, { quirk: 'detr' }),
  type('DPT', square(384), bicubic, half, { quirk: 'dpt' }),
  type('EfficientFormer', square(224), bicubic, imagenet, cropTo(224)),
  type('EfficientNet', square(346), bicubic, half, { cropSize: 289, quirk: 'efficientnet' }),
  type('Flava', square(224), bicubic, clip, cropTo(224)),
  type('Gemma3', square(224), bilinear, half),
  type('GLPN', null, bilinear, half, { normalizes: false, quirk: 'glpn' }),
  type('GroundingDino', detection, bilinear, imagenet, { quirk: 'detr' }),
  type('LayoutLMv2', square(224), bilinear, half, { rescales: false, flipsChannels: true, quirk: 'never-normalizes' }),
  type('LayoutLMv3', square(224), bilinear, half),
  type('Levit', shortest(224), bicubic, imagenet, { ...cropTo(224), quirk: 'levit' }),
  type('Mask2Former', detection, bilinear, imagenet, { quirk: 'maskformer' }),
  type('MaskFormer', detection, bilinear, imagenet, { quirk: 'maskformer' }),
  type('MobileNetV1', shortest(256), bilinear, half, cropTo(224)),
  type('MobileNetV2', shortest(256), bilinear, half, cropTo(224)),
  type('MobileViT', shortest(224), bicubic, half, { ...cropTo(256), flipsChannels: true, quirk: 'never-normalizes' }),
  type('OneFormer', detection, bilinear, imagenet),
  type('OwlViT', square(768), bicubic, clip, { cropSize: 768 }),
  type('Perceiver', square(224), bicubic, imagenet, { ...cropTo(256), quirk: 'perceiver' }),
  type('PoolFormer', shortest(224), bicubic, imagenet, { ...cropTo(224), quirk: 'poolformer' }),
  type('Pvt', square(224), bicubic, imagenet),
  type('RTDetr', square(640), bilinear, imagenet, { normalizes: false, sizesShorterEdge: true }),
  type('Sam', { longest_edge: 1024 }, bilinear, imagenet, { quirk: 'sam' }),
  type('Segformer', square(512), bilinear, imagenet),
  type('SegGpt', square(448), bicubic, imagenet),
  type('Siglip', square(224), bicubic, half, { sizesShorterEdge: true }),
  type('TextNet', shortest(640), bilinear, imagenet, { cropSize: 224, quirk: 'textnet' }),
  type('VideoMAE', shortest(224), bilinear, half, cropTo(224)),
  type('Vilt', shortest(384), bicubic, half, { quirk: 'capped' }),
  type('ViT', square(224), bilinear, half),
  type('ViTHybrid', shortest(224), bicubic, clip, cropTo(224)),
  type('Yolos', detection, bilinear, imagenet, { quirk: 'yolos' }),
];

/**
 * Processors that do more than cut and scale one image into one tensor: patches, tiles, thumbnails, keypoints, OCR.
 * Applying only the known half of what they do would feed the model something else without a word.
 */
const otherPipelines =
  /^(Aria|Donut|EfficientLoFTR|Emu3|Fuyu|Glm|GotOcr2|HunYuanVL|Idefics|ImageGPT|InternVL|Janus|Kosmos|LightGlue|Llama4|Llava(Next|Onevision)|MiniCPM|Mllama|Nougat|Owlv2|PaddleOCR|Phi4|Pix2Struct|Pixtral|Qwen|Siglip2|SmolVLM|SuperGlue|SuperPoint|Swin2SR|Tvp|VideoLlama|VitMatte|VitPose|Vivit|ZoeDepth)/i;

const typesByName = new Map(types.map((entry) => [entry.name.toLowerCase(), entry]));

/** `CLIPImageProcessorFast`, `CLIPFeatureExtractor` and `CLIPImageProcessorPil` are all CLIP. */
const stem = (typeName: string) => typeName.replace(/(?:ImageProcessor|FeatureExtractor)(?:Fast|Pil)?$/, '');

/** The processor of this `image_processor_type` or `feature_extractor_type`; null when it is not known. */
export function findProcessorType(typeName: string): ProcessorType | null {
  return typesByName.get(stem(typeName).toLowerCase()) ?? null;
}

export function isOtherPipeline(typeName: string): boolean {
  return otherPipelines.test(stem(typeName));
}
