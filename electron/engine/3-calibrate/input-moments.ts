import { create } from '@bufbuild/protobuf';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { externalFolderConfig } from '../1-analyze/prepare.ts';
import type { Shapes } from '../graph/shapes.ts';
import { makeNode } from '../graph/edit.ts';
import { attributeInt } from '../onnx/attributes.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { GraphProtoSchema, ModelProtoSchema, ValueInfoProtoSchema, type NodeProto } from '../onnx/proto/onnx_pb.js';
import { openSession, type Session } from '../runtime/session.ts';
import { createRandom } from '../tensor/random.ts';
import { elementCount, type Feeds, type Tensor } from '../tensor/tensor.ts';
import { exposeTensors, splitIntoPasses, type CalibrationSamples } from './observe.ts';
import { windowOf } from '../graph/ops/convolution.ts';
import { isConvolution, isMatrixProduct, outputAxis } from '../graph/ops/linear-layers.ts';

/** A layer whose output is a sum over `length` inputs, of which every group of channels has its own. */
export interface LayerInput {
  readonly node: NodeProto;
  /** The float32 weight's dimensions. */
  readonly weightDims: readonly number[];
  readonly groups: number;
  /** Inputs that are summed: Cin/groups * Kh * Kw of a convolution in the order (kh, kw, cin), K of a matrix. */
  readonly length: number;
}

/** Sums of x x^T over the observed positions, one `length` x `length` matrix a group; the lower triangle is filled. */
export interface InputMoments {
  readonly layer: LayerInput;
  readonly groups: readonly Float64Array[];
}

export interface MomentOptions {
  readonly samples: CalibrationSamples;
  readonly shapes: Shapes;
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** Rows per unknown that make a stable estimate, and the fewest positions a sample contributes. */
const rowsPerInput = 4;
const fewestPositions = 8;
/** Rows gathered over several samples before they are multiplied: each product adds `length` squared elements. */
const rowsPerProduct = 1024;
/** Rows [P, K] -> rows^T rows [K, K]: the one product here that is worth native code. */
function buildProductModel(): Uint8Array {
  return encodeModel(
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 13n }],
      graph: create(GraphProtoSchema, {
        name: 'moments',
        node: [
          makeNode('Transpose', 'transpose', ['rows'], ['columns'], []),
          makeNode('MatMul', 'product', ['columns', 'rows'], ['moments'], []),
        ],
        input: [floatMatrix('rows')],
        output: [floatMatrix('moments')],
      }),
    }),
  );
}

function floatMatrix(name: string) {
  const dim = ['P', 'K'].map((value) => ({ value: { case: 'dimParam' as const, value: `${name}${value}` } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: 1, shape: { dim } } } },
  });
}

/** `count` different numbers below `size`, or all of them. */
function drawPositions(size: number, count: number, random: () => number): readonly number[] {
  if (count >= size) return Array.from({ length: size }, (_, index) => index);
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(random() * size));
  return [...drawn];
}

/** Copies windows of an N x C x H x W input: one row of (kh, kw, cin) a position and group, groups innermost. */
function gatherWindows(
  layer: LayerInput,
  input: Tensor,
  output: readonly number[],
  count: number,
  random: () => number,
) {
  const data = input.data as Float32Array;
  const [batch, channels, height, width] = input.dims as [number, number, number, number];
  const { kernel, strides, dilations, begin } = windowOf(layer.node, layer.weightDims, input.dims, output);
  const [rows, columns] = output.slice(2) as [number, number];
  const inputs = channels / layer.groups;
  const positions = drawPositions(batch * rows * columns, count, random);
  const gathered = new Float32Array(positions.length * layer.groups * layer.length);
  let index = 0;
  for (const position of positions) {
    const sample = Math.floor(position / (rows * columns));
    const top = Math.floor((position % (rows * columns)) / columns) * strides[0]! - begin[0]!;
    const left = (position % columns) * strides[1]! - begin[1]!;
    for (let group = 0; group < layer.groups; group++) {
      const firstChannel = sample * channels + group * inputs;
      for (let y = top, bottom = top + kernel[0]! * dilations[0]!; y < bottom; y += dilations[0]!) {
        for (let x = left, right = left + kernel[1]! * dilations[1]!; x < right; x += dilations[1]!) {
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          // Outside is padding, which is zero as the new array is.
          for (let channel = 0; isInside && channel < inputs; channel++) {
            gathered[index + channel] = data[((firstChannel + channel) * height + y) * width + x]!;
          }
          index += inputs;
        }
      }
    }
  }
  return gathered;
}

/** Copies rows of a ... x K input. */
function gatherRows({ length }: LayerInput, input: Tensor, count: number, random: () => number) {
  const data = input.data as Float32Array;
  const positions = drawPositions(data.length / length, count, random);
  const gathered = new Float32Array(positions.length * length);
  positions.forEach((position, row) => {
    gathered.set(data.subarray(position * length, (position + 1) * length), row * length);
  });
  return gathered;
}

/** Adds gathered rows, groups innermost, to the sums. */
async function addRows({ layer, groups }: InputMoments, rows: Float32Array, product: Session): Promise<void> {
  const { length } = layer;
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) {
    const dims = [rows.length / length, length];
    const { moments } = await product.run({ rows: { dataType: 'float32', dims, data: rows } });
    const added = moments!.data as Float32Array;
    for (let index = 0; index < only.length; index++) only[index] = only[index]! + added[index]!;
    return;
  }
  // A depthwise window is too small to be worth a call.
  for (let start = 0, group = 0; start < rows.length; start += length, group = (group + 1) % groups.length) {
    addOuterProduct(groups[group]!, rows.subarray(start, start + length));
  }
}

function addOuterProduct(sums: Float64Array, row: Float32Array): void {
  const { length } = row;
  for (let i = 0; i < length; i++) {
    const value = row[i]!;
    if (value === 0) continue;
    for (let j = 0; j <= i; j++) sums[i * length + j] = sums[i * length + j]! + value * row[j]!;
  }
}

/**
 * Observes the inputs of layers of the float model, as many layers at a time as memory allows, at positions drawn with a
 * fixed seed.
 */
export async function* observeInputMoments(
  prepared: OnnxModel,
  layers: readonly LayerInput[],
  options: MomentOptions,
): AsyncGenerator<InputMoments> {
  const byTensor = new Map<string, LayerInput[]>();
  for (const layer of layers) {
    const tensor = layer.node.input[0]!;
    byTensor.set(tensor, [...(byTensor.get(tensor) ?? []), layer]);
  }
  const passes = splitIntoPasses([...byTensor.keys()], options.shapes, (tensor) =>
    byTensor.get(tensor)!.reduce((sum, { groups, length }) => sum + 8 * groups * length * length, 0),
  );
  // One thread: helpers that spin while they wait would cost more than they bring to products this small.
  const product = await openSession(buildProductModel(), { threads: 1 });
  try {
    for (const tensors of passes) {
      const observed = tensors
        .flatMap((tensor) => byTensor.get(tensor)!)
        .map((layer): InputMoments => {
          const { groups, length } = layer;
          return { layer, groups: Array.from({ length: groups }, () => new Float64Array(length * length)) };
        });
      await observeMoments(prepared, tensors, observed, product, options);
      yield* observed;
    }
  } finally {
    await product.release();
  }
}

async function observeMoments(
  prepared: OnnxModel,
  tensors: readonly string[],
  observed: readonly InputMoments[],
  product: Session,
  { samples, shapes, threads, signal }: MomentOptions,
): Promise<void> {
  const inputNames = new Set(prepared.proto.graph!.input.map((input) => input.name));
  const inner = tensors.filter((tensor) => !inputNames.has(tensor));
  const session = await openSession(encodeModel(exposeTensors(prepared.proto, inner)), {
    threads,
    config: externalFolderConfig(prepared),
  });
  const random = createRandom(1);
  const waiting = new Map<InputMoments, readonly Float32Array[]>();
  try {
    for (let index = 0; index < samples.count; index++) {
      await yieldToEvents();
      if (signal.aborted) throw new CancelledError();
      const feeds: Feeds = await samples.read(index);
      const outputs = inner.length === 0 ? {} : await session.run(feeds, inner);
      for (const moments of observed) {
        const { layer } = moments;
        const [inputName, outputName] = [layer.node.input[0]!, layer.node.output[0]!];
        const input = lookUp(outputs, inputName) ?? feeds[inputName]!;
        if (input.data.length === 0) continue;
        const count = Math.max(fewestPositions, Math.ceil((rowsPerInput * layer.length) / samples.count));
        const rows =
          layer.weightDims.length === 4
            ? gatherWindows(layer, input, shapes.get(outputName)!.dims, count, random)
            : gatherRows(layer, input, count, random);
        const gathered = [...(waiting.get(moments) ?? []), rows];
        const isEnough = gathered.reduce((sum, part) => sum + part.length, 0) >= rowsPerProduct * layer.length;
        waiting.set(moments, isEnough ? [] : gathered);
        if (isEnough) await addRows(moments, concatenate(gathered), product);
      }
    }
    for (const [moments, gathered] of waiting) {
      if (gathered.length > 0) await addRows(moments, concatenate(gathered), product);
    }
  } finally {
    await session.release();
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/** What a layer sums over, or null for a layer whose inputs are not worth or not possible to gather. */
export function describeLayerInput(node: NodeProto, weightDims: readonly number[], shapes: Shapes): LayerInput | null {
  if (isConvolution(node)) {
    const length = elementCount(weightDims.slice(1));
    const isKnown = shapes.get(node.output[0]!)?.dims.length === 4;
    return weightDims.length === 4 && isKnown
      ? { node, weightDims, groups: attributeInt(node, 'group', 1), length }
      : null;
  }
  if (!isMatrixProduct(node) || weightDims.length !== 2) return null;
  return { node, weightDims, groups: 1, length: weightDims[1 - outputAxis(node)]! };
}
