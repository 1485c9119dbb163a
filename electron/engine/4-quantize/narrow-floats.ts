import { copyMessage, createNamer, makeNode } from '../graph/edit.ts';
import { isQuantizeOrDequantize } from '../graph/ops/conversions.ts';
import { intAttribute } from '../onnx/attributes.ts';
import type { GraphProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import type { HalfStorage } from '../onnx/read-model.ts';
import { makeTensor, tensorElementCount } from '../onnx/tensor-proto.ts';
import type { Weights } from '../onnx/weights.ts';
import { fromFloat16Bits, toFloat16Bits } from '../tensor/float16.ts';
import { dataTypes } from '../tensor/tensor.ts';

/** What is stored in smaller ones is no more than the Cast that would make floats of it again. */
const leastElements = 128;
/** Noise of float16's own rounding is at about -73 dB; more of it comes of values too small for float16, or too large. */
const leastSqnrDb = 60;
/** Larger ones are made again for each variant of a model: kept, they would fill the memory. */
const largestKept = 1 << 24;

const single = dataTypes.float32.number;

/** A search writes variant after variant, and most constants stay what they are. */
const made = new WeakMap<TensorProto, Map<HalfStorage, TensorProto | null>>();

/**
 * Stores constants of `graph` that came from the prepared model as float16 behind a Cast, which ONNX Runtime computes when it loads
 * the model: the file stays as small as it was, and what is computed is float32. Mutates `graph`.
 * @param given constants of the prepared model.
 */
export function narrowFloats(
  graph: GraphProto,
  given: ReadonlySet<TensorProto>,
  weights: Weights,
  storage: HalfStorage,
): void {
  const scales = new Set(graph.node.filter(isQuantizeOrDequantize).flatMap(({ input }) => input.slice(1)));
  const outputs = new Set(graph.output.map(({ name }) => name));
  const namer = createNamer(graph);
  const casts: NodeProto[] = [];
  graph.initializer = graph.initializer.map((tensor) => {
    const { name } = tensor;
    if (!given.has(tensor) || scales.has(name) || outputs.has(name)) return tensor;
    const half = narrowTensor(tensor, weights, storage);
    if (half === null) return tensor;
    const stored = copyMessage(half, { name: namer(`${name}_half`) });
    casts.push(makeNode('Cast', namer(`${stored.name}_Cast`), [stored.name], [name], [intAttribute('to', single)]));
    return stored;
  });
  graph.node = [...casts, ...graph.node];
}

function narrowTensor(tensor: TensorProto, weights: Weights, storage: HalfStorage): TensorProto | null {
  if (tensor.dataType !== single) return null;
  const count = tensorElementCount(tensor);
  if (count < leastElements) return null;
  const known = made.get(tensor)?.get(storage);
  if (known !== undefined) return known;
  const half = roundTensor(tensor, weights, storage);
  if (count <= largestKept) {
    if (!made.has(tensor)) made.set(tensor, new Map());
    made.get(tensor)!.set(storage, half);
  }
  return half;
}

function roundTensor(tensor: TensorProto, weights: Weights, storage: HalfStorage): TensorProto | null {
  const values = weights.floats(tensor);
  const data = new Uint16Array(values.length);
  let signal = 0;
  let noise = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const bits = toFloat16Bits(value);
    data[index] = bits;
    const error = fromFloat16Bits(bits) - value;
    // Infinity less itself is no number: it is held as it is.
    if (!Number.isFinite(value)) continue;
    signal += value * value;
    noise += error * error;
  }
  const isHeld = noise === 0 || (storage === 'close' && noise * 10 ** (leastSqnrDb / 10) <= signal);
  return isHeld ? makeTensor(tensor.name, { dataType: 'float16', dims: tensor.dims.map(Number), data }) : null;
}
