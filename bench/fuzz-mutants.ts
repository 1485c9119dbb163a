/** Seeded mutants of models and data files: each index is one and the same mutant, whoever makes it. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { ModelProtoSchema, TensorProtoSchema, type ModelProto } from '../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../electron/engine/onnx/tensor-proto.ts';
import { createRandom } from '../electron/engine/tensor/random.ts';
import { buildModel, floats, integers, noise, op } from '../test/engine/build-model.ts';
import { encodePng, encodeZip, makePixels } from '../test/engine/data/fixtures.ts';
import { encodeIndexPng } from '../test/fixtures/vision/encode-index-png.ts';
import { encodeNpy } from '../electron/engine/onnx/encode-npy.ts';
import { fullModel, tinyModel } from '../test/engine/onnx/tiny-model.ts';

export type Random = () => number;

const pick = <Item>(items: readonly Item[], random: Random): Item => items[Math.floor(random() * items.length)]!;

export function randomOf(seed: number, index: number): Random {
  return createRandom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b));
}

/** Small models with every kind of thing in them that ours read, plan and run. */
const seeds: readonly ModelProto[] = [
  tinyModel(),
  fullModel(),
  buildModel({
    inputs: { x: ['N', 3, 8, 8] },
    outputs: 'y',
    nodes: [
      op('Conv', 'x w b', 'c', { pads: [1, 1, 1, 1] }),
      op('BatchNormalization', 'c s t m v', 'n'),
      op('Relu', 'n', 'r'),
      op('MaxPool', 'r', 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
      op('GlobalAveragePool', 'p', 'g'),
      op('Flatten', 'g', 'f'),
      op('Gemm', 'f k', 'y', { transB: 1 }),
    ],
    weights: {
      w: noise([4, 3, 3, 3], 1),
      b: noise([4], 2),
      s: noise([4], 3),
      t: noise([4], 4),
      m: noise([4], 5),
      v: floats([4], [1, 2, 3, 4]),
      k: noise([5, 4], 6),
    },
  }),
  buildModel({
    inputs: { x: ['T', 1, 3] },
    outputs: 'y z',
    nodes: [
      op('LSTM', 'x w r', 'h', { hidden_size: 2 }),
      op('Reshape', 'h s', 'q'),
      op('QuantizeLinear', 'q f o', 'i'),
      op('DequantizeLinear', 'i f o', 'y'),
      op('Shape', 'x', 'z'),
    ],
    weights: {
      w: noise([1, 8, 3], 1),
      r: noise([1, 8, 2], 2),
      s: integers([-1, 2]),
      f: floats([], [0.1]),
      o: { dataType: 'uint8', dims: [], data: Uint8Array.of(128) },
    },
  }),
  buildModel({
    inputs: { x: [2, 3] },
    outputs: 'y',
    nodes: [
      op('ConstantOfShape', 's', 'c'),
      op('Expand', 'x e', 'a'),
      op('Concat', 'a a', 'k', { axis: 0 }),
      op('Slice', 'k b d', 'l'),
      op('Resize', 'l _ f', 'y'),
    ],
    weights: {
      s: integers([2, 3]),
      e: integers([2, 3]),
      b: integers([0, 0]),
      d: integers([2, 2]),
      f: floats([2], [2, 2]),
    },
  }),
];

const seedBytes = seeds.map((model) => toBinary(ModelProtoSchema, model));

function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result = Uint8Array.from(bytes);
  const at = () => Math.floor(random() * result.length);
  for (let change = 1 + Math.floor(random() * 4); change > 0 && result.length > 1; change--) {
    const kind = random();
    if (kind < 0.3) result[at()] = Math.floor(random() * 256);
    else if (kind < 0.5) result[at()]! ^= 1 << Math.floor(random() * 8);
    else if (kind < 0.6) result.fill(0xff, at(), at() + 6);
    else if (kind < 0.7) result.fill(0, at(), at() + 4);
    else if (kind < 0.85) result.copyWithin(at(), at(), at());
    else if (kind < 0.93) result = result.subarray(0, 1 + at());
    else result = Uint8Array.from([...result, ...result.subarray(at())]);
  }
  return result;
}

const strangeTexts = [
  '',
  'constructor',
  '__proto__',
  'a"b\\c\n',
  '\u001b[2J',
  '@0@',
  'x'.repeat(3000),
  'x',
  'y',
  'w',
  '\u202e',
];
const strangeTypes = [
  'Loop',
  'If',
  'Scan',
  'Conv',
  'LSTM',
  'GRU',
  'Gather',
  'TopK',
  'NonZero',
  'Pad',
  'Tile',
  'Range',
  'Mod',
];
const strangeIntegers = [
  0n,
  -1n,
  1n,
  2n,
  7n,
  255n,
  1n << 20n,
  1n << 31n,
  (1n << 53n) + 1n,
  (1n << 63n) - 1n,
  -(1n << 63n),
];
const strangeNumbers = [0, -1, 1, 2, 5, 7, 9, 13, 16, 100, 2 ** 31 - 1, 0.5, NaN, Infinity, 1e38];

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every field, list and element in a message that can be changed. */
function listPlaces(value: unknown, into: Place[]): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    if (key.startsWith('$') || key === 'case') continue;
    into.push({ holder, key });
    listPlaces(holder[key], into);
  }
}

function mutateList(list: unknown[], random: Random): void {
  const at = Math.floor(random() * list.length);
  const kind = random();
  if (list.length === 0) return;
  if (kind < 0.3) list.splice(at, 1);
  else if (kind < 0.6) list.splice(at, 0, list[Math.floor(random() * list.length)]);
  else if (kind < 0.8) list.reverse();
  else list.length = 0;
}

function mutatePlace({ holder, key }: Place, random: Random): void {
  const value = holder[key];
  if (typeof value === 'string') holder[key] = pick(key === 'opType' ? strangeTypes : strangeTexts, random);
  else if (typeof value === 'bigint') holder[key] = pick(strangeIntegers, random);
  else if (typeof value === 'number') holder[key] = pick(strangeNumbers, random);
  else if (value instanceof Uint8Array) holder[key] = mutateBytes(value, random);
  else if (Array.isArray(value)) mutateList(value, random);
}

/** Half of them changed byte by byte, half field by field, so that more of them are still models. */
export function makeModel(seed: number, index: number): Uint8Array {
  const random = randomOf(seed, index);
  const bytes = pick(seedBytes, random);
  if (random() < 0.4) return mutateBytes(bytes, random);
  const model = fromBinary(ModelProtoSchema, bytes);
  for (let change = 1 + Math.floor(random() * 3); change > 0; change--) {
    const places: Place[] = [];
    listPlaces(model, places);
    mutatePlace(pick(places, random), random);
  }
  try {
    return toBinary(ModelProtoSchema, model);
  } catch {
    // Not to be written down, such as half a number in a field of whole ones.
    return mutateBytes(bytes, random);
  }
}

export interface DataMutant {
  readonly kind: string;
  /** Files by name; the one of `path` is what is opened. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly path: string;
  readonly labels?: string;
  readonly preprocessor?: string;
  /** Boxes or masks. */
  readonly annotations?: string;
  /** For a model of token ids, where the data are texts. */
  readonly tokenizer?: string;
}

const array = encodeNpy(noise([6, 3, 4, 4], 1));
const png = await encodePng(makePixels(9, 7));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const labels = text('file,label\na.png,0\nb.png,1\n"c,\n.png",2\n');
const config = text(
  JSON.stringify({
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: 4, width: 4 },
    resample: 2,
    crop_size: 4,
    do_rescale: true,
    rescale_factor: 1 / 255,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  }),
);
const tensorFile = toBinary(TensorProtoSchema, create(TensorProtoSchema, makeTensor('input', noise([1, 3, 4, 4], 2))));

const coco = text(
  JSON.stringify({
    images: [{ id: 1, file_name: 'a.png', width: 9, height: 7 }],
    categories: [{ id: 1, name: 'disc' }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 2, 3, 4], iscrowd: 0 }],
  }),
);
const voc = text(
  '<annotation><size><width>9</width><height>7</height></size><object><name>disc</name><difficult>0</difficult>' +
    '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>',
);
const mask = encodeIndexPng({ width: 9, height: 7, data: Uint8Array.from({ length: 63 }, (_, at) => at % 3) });
const tokenizer = readFileSync(new URL('../test/engine/text-models/sentiment/tokenizer.json', import.meta.url));
const reviews = text('text,label\ngood film,1\n"bad, dull",0\n');
const spoken = text('{"text": "good film", "label": 1}\n{"text": "dull", "label": 0}\n');

const dataSeeds: readonly ((mutate: (bytes: Uint8Array) => Uint8Array) => DataMutant)[] = [
  (mutate) => ({ kind: 'npy', files: { 'd.npy': mutate(array) }, path: 'd.npy' }),
  (mutate) => ({
    kind: 'npz',
    files: {
      'd.npz': mutate(
        encodeZip([
          ['input.npy', array],
          ['labels.npy', encodeNpy(integers([0, 1, 2, 3, 4, 5]))],
        ]),
      ),
    },
    path: 'd.npz',
  }),
  (mutate) => ({ kind: 'npy in npz', files: { 'd.npz': encodeZip([['input.npy', mutate(array)]]) }, path: 'd.npz' }),
  (mutate) => ({ kind: 'png', files: { 'i/a.png': mutate(png), 'i/b.png': png }, path: 'i' }),
  (mutate) => ({
    kind: 'csv',
    files: { 'i/a.png': png, 'i/b.png': png, 'l.csv': mutate(labels) },
    path: 'i',
    labels: 'l.csv',
  }),
  (mutate) => ({
    kind: 'labels.npy',
    files: { 'd.npy': array, 'l.npy': mutate(encodeNpy(integers([0, 1, 2, 3, 4, 5]))) },
    path: 'd.npy',
    labels: 'l.npy',
  }),
  (mutate) => ({
    kind: 'json',
    files: { 'i/a.png': png, 'p.json': mutate(config) },
    path: 'i',
    preprocessor: 'p.json',
  }),
  (mutate) => ({
    kind: 'onnx test data',
    files: { 't/test_data_set_0/input_0.pb': mutate(tensorFile), 't/test_data_set_1/input_0.pb': tensorFile },
    path: 't',
  }),
  (mutate) => ({
    kind: 'coco',
    files: { 'i/a.png': png, 'boxes.json': mutate(coco) },
    path: 'i',
    annotations: 'boxes.json',
  }),
  (mutate) => ({
    kind: 'voc',
    files: { 'i/a.png': png, 'v/a.xml': mutate(voc), 'v/classes.txt': text('disc\n') },
    path: 'i',
    annotations: 'v',
  }),
  (mutate) => ({
    kind: 'yolo',
    files: { 'i/a.png': png, 'v/a.txt': mutate(text('0 0.5 0.5 0.2 0.2\n1 0.1 0.1 0.1 0.1\n')) },
    path: 'i',
    annotations: 'v',
  }),
  (mutate) => ({
    kind: 'mask',
    files: { 'i/a.png': png, 'm/a.png': mutate(mask) },
    path: 'i',
    annotations: 'm',
  }),
  (mutate) => ({
    kind: 'text table',
    files: { 'd.csv': mutate(reviews), 'tokenizer.json': tokenizer },
    path: 'd.csv',
    tokenizer: 'tokenizer.json',
  }),
  (mutate) => ({
    kind: 'text lines',
    files: { 'd.jsonl': mutate(spoken), 'tokenizer.json': tokenizer },
    path: 'd.jsonl',
    tokenizer: 'tokenizer.json',
  }),
  (mutate) => ({
    kind: 'tokenizer',
    files: { 'd.csv': reviews, 'tokenizer.json': mutate(tokenizer) },
    path: 'd.csv',
    tokenizer: 'tokenizer.json',
  }),
  (mutate) => ({ kind: 'other bytes', files: { 'd.npy': mutate(gzipSync(array)) }, path: 'd.npy' }),
  (mutate) => ({ kind: 'deflated', files: { 'd.npz': mutate(deflateRawSync(array)) }, path: 'd.npz' }),
];

/** Words that a header, a table or a configuration may hold and should not, put in place of a piece of the text. */
const strangePieces = [
  '-1',
  '1e999',
  '99999999999',
  '{',
  ']',
  '"',
  '\u0000',
  'null',
  'constructor',
  '(',
  "'",
  ',,,,',
  '\n\n',
  '\ufeff',
  '1,'.repeat(200),
];

function mutateText(bytes: Uint8Array, random: Random): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const cut = Math.floor(random() * 12);
  return Uint8Array.from([...bytes.subarray(0, at), ...text(pick(strangePieces, random)), ...bytes.subarray(at + cut)]);
}

export function makeData(seed: number, index: number): DataMutant {
  const random = randomOf(seed, index);
  const mutate = (bytes: Uint8Array) => (random() < 0.5 ? mutateText(bytes, random) : mutateBytes(bytes, random));
  return pick(dataSeeds, random)(mutate);
}
