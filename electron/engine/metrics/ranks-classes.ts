import { isStandardOp, type Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { ValueInfo } from '../runtime/session.ts';
import { floatTypes } from './float-types.ts';
import {
  isAddOrMultiply,
  isDivision,
  isRectifier,
  isRelu,
  isSigmoid,
  makesProbabilities,
} from '../graph/ops/arithmetic.ts';
import { carriesValues, isConcat } from '../graph/ops/layouts.ts';
import { isAnyConvolution, isConvolution, isMatrixProduct } from '../graph/ops/linear-layers.ts';
import { makesFeatures } from '../graph/ops/normalization.ts';
import { isPooling } from '../graph/ops/pooling.ts';

/*
 * Whether an output ranks classes. "The same first class" is a claim about decisions: of embeddings, images, waveforms, masks and
 * states it means nothing, however often their largest values coincide. Names, the operator an output comes from and its
 * dimensions tell; where they do not, one row a sample is taken at its word and everything larger is not.
 */

const words = (...list: readonly string[]): ReadonlySet<string> => new Set(list);

/** Parts of names that scores of classes go by, whatever else is in them ("logits_per_image"). */
const scoreWords = words(
  'logit',
  'logits',
  'prob',
  'probabilities',
  'probability',
  'probs',
  'score',
  'scores',
  'softmax',
);
const classWords = words('category', 'class', 'classes', 'classification', 'label', 'labels');

/** Parts of names of what ranks nothing. */
const otherWords = words(
  ...[
    'audio',
    'cache',
    'cell',
    'depth',
    'denoised',
    'descriptor',
    'descriptors',
    'disparity',
    'emb',
    'embed',
    'embedding',
  ],
  ...[
    'embeddings',
    'embeds',
    'embs',
    'enhanced',
    'feat',
    'feats',
    'feature',
    'features',
    'flow',
    'hidden',
    'image',
    'images',
    'img',
  ],
  ...['keypoints', 'landmarks', 'latent', 'latents', 'mel', 'noise', 'past', 'pooled', 'pooler', 'present', 'recon'],
  ...[
    'reconstruction',
    'repr',
    'representation',
    'residual',
    'rgb',
    'spectrogram',
    'sr',
    'state',
    'states',
    'superres',
  ],
  ...['upscaled', 'vector', 'vectors', 'wav', 'wave', 'waveform'],
);

const integerTypes = words('int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'int8', 'int16');

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);

/** What the output of a graph is made of. */
export interface Origin {
  readonly graph: Graph;
  readonly shapes: Shapes | null;
  readonly inputs: readonly ValueInfo[];
  /** True where the data names classes, which nobody does for a model that ranks none. */
  readonly labelled?: boolean;
}

type Dims = readonly (number | string)[];

const sizeOf = ({ shapes }: Origin, { name, dims }: Pick<ValueInfo, 'name' | 'dims'>): Dims =>
  shapes?.get(name)?.dims ?? dims;

/** The operator that made the values, past those that only carry them and a constant that is added or multiplied. */
function producerOf(
  { graph }: Origin,
  tensor: string,
  passed: (node: NodeProto) => boolean = carriesValues,
): NodeProto | undefined {
  const node = graph.producers.get(tensor);
  if (node === undefined || !isStandardOp(node)) return node;
  if (passed(node)) return producerOf({ graph } as Origin, node.input[0] ?? '', passed);
  if (!isAddOrMultiply(node)) return node;
  const [constant, computed] = [0, 1].map((index) =>
    node.input.find((name) => graph.constants.has(name) === (index === 0)),
  );
  return constant === undefined || computed === undefined ? node : producerOf({ graph } as Origin, computed, passed);
}

/** Dimensions that differ from 1, which are what is ranked or where: a batch of one is left out on both sides. */
const spread = (dims: Dims): string =>
  dims
    .slice(1)
    .filter((dim) => dim !== 1)
    .join();

/** An autoencoder, a denoiser, a mask, a state: what comes out has the form of what went in. */
function looksLikeAnInput(origin: Origin, output: Dims): boolean {
  return origin.inputs.some((input) => {
    const dims = sizeOf(origin, input);
    return dims.length === output.length && spread(dims) !== '' && spread(dims) === spread(output);
  });
}

/** An image beside an image: as many channels, and each side some times as long or short. */
function looksLikeAnImage(origin: Origin, output: Dims): boolean {
  if (output.length !== 4) return false;
  return origin.inputs.some((input) => {
    const dims = sizeOf(origin, input);
    const isOfKind = dims.length === 4 && dims[1] === output[1] && (dims[1] === 1 || dims[1] === 3);
    const [height, width] = [Number(output[2]) / Number(dims[2]), Number(output[3]) / Number(dims[3])];
    return isOfKind && (Number.isNaN(height) || (height === width && height !== 0 && Number(output[2]) > 1));
  });
}

/** Features that were averaged, and not the scores of a convolution that makes one map a class. */
function isPooledFeature(origin: Origin, node: NodeProto): boolean {
  if (!isPooling(node)) return false;
  const made = producerOf(origin, node.input[0] ?? '', (node) => carriesValues(node) || isRelu(node));
  const kernel = isConvolution(made) ? origin.graph.constants.get(made.input[1] ?? '')?.dims.slice(2) : undefined;
  return kernel === undefined || kernel.some((size) => Number(size) !== 1);
}

/** Divided by something computed: a vector of length 1, or a mean over as many steps as there are. */
const isNormalized = ({ graph }: Origin, node: NodeProto): boolean =>
  isDivision(node) && !graph.constants.has(node.input[1] ?? '');

/**
 * Embeddings are as wide as layers are: 64, 128, 384, 512, 768, 1024 … Of numbers of classes one in 64 is such a multiple by chance;
 * to call those an embedding costs nothing but that outputs are compared by their distance, which says more. Vocabularies are wider.
 */
function isAsWideAsLayers(dims: Dims): boolean {
  const width = Number(dims.find((dim, index) => index > 0 && dim !== 1));
  return width >= 64 && width <= 4096 && width % 64 === 0;
}

/** One row a sample is taken at its word, unless it shows that it is something else. */
function canBeRow(origin: Origin, dims: Dims, node: NodeProto | undefined): boolean {
  if (node === undefined) return !looksLikeAnInput(origin, dims);
  if (makesProbabilities(node)) return true;
  // A single value is a yes or no, or an estimate: only a Sigmoid tells.
  if (dims.at(-1) === 1) return isSigmoid(node);
  if (makesFeatures(node) || isRectifier(node)) return false;
  if (isPooledFeature(origin, node) || isNormalized(origin, node)) return false;
  // A convolution's row is a signal, unless each of its maps is one value.
  const made = origin.shapes?.get(node.output[0] ?? '')?.dims ?? [];
  if (isAnyConvolution(node) && made.slice(2).some((size) => size > 1)) return false;
  if (isAsWideAsLayers(dims)) return false;
  return !looksLikeAnInput(origin, dims);
}

/** Steps or pixels have to show that they rank classes. */
function mustShow(origin: Origin, dims: Dims, node: NodeProto | undefined): boolean {
  if (node === undefined) return false;
  const classes = dims.length === 3 ? dims[2] : dims[1];
  if (makesProbabilities(node)) return true;
  if (looksLikeAnInput(origin, dims) || looksLikeAnImage(origin, dims) || makesFeatures(node)) return false;
  if (isSigmoid(node)) return true;
  if (classes === 1) return false;
  if (dims.length === 3) {
    // Scores of tokens come from a matrix product; hidden states from a normalization, and both of them from numbered words.
    const readsTokens = origin.inputs.some(({ dataType }) => integerTypes.has(dataType));
    return readsTokens && isMatrixProduct(node);
  }
  // One map a class, as large as the image.
  return origin.inputs.some((input) => {
    const size = sizeOf(origin, input);
    return size.length === dims.length && size.slice(2).join() === dims.slice(2).join() && isAnyConvolution(node);
  });
}

/**
 * Whether an output of a graph holds scores of classes: rank 2 (N x C) at its word unless something tells otherwise, and more
 * dimensions only where something tells that they do.
 */
export function canRankClasses(origin: Origin, output: ValueInfo): boolean {
  const dims = sizeOf(origin, output);
  const node = producerOf(origin, output.name);
  // Boxes joined with scores, as the heads of YOLO: no first class, whatever the name.
  if (dims.length > 2 && (isConcat(node) || makesFeatures(node))) return false;
  if (origin.labelled === true || !floatTypes.includes(output.dataType)) return true;
  const said = wordsOf(output.name);
  const says = (list: ReadonlySet<string>): boolean => said.some((word) => list.has(word));
  if (says(scoreWords)) return true;
  if (says(otherWords)) return false;
  if (says(classWords)) return true;
  const isRow = dims.length <= 2 || (dims.length === 4 && dims[1] !== 1 && dims[2] === 1 && dims[3] === 1);
  return isRow ? canBeRow(origin, dims, node) : mustShow(origin, dims, node);
}
