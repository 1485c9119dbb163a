import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { isConvolution, isMatMul, outputAxis } from './linear-layers.ts';

/** Where the element of output channel `channel` at position `k` of the kernels' summation order lies in memory. */
export interface SummationOrder {
  readonly channels: number;
  /** Products in one sum: `inputs`, which are innermost, at each position of the kernel. */
  readonly length: number;
  readonly inputs: number;
  /** Elements from one channel to the next, one input to the next, and one position of the kernel to the next. */
  readonly strides: { readonly channel: number; readonly input: number; readonly position: number };
  readonly offset: (channel: number, k: number) => number;
}

/**
 * The order in which ONNX Runtime's kernels sum products, which decides which weights are added in pairs. Convolutions run
 * in NHWC, so input channels are innermost: (kh, kw, cin). Fully connected layers run along K.
 * @param dims Conv: Cout x Cin/groups x kernel; matrices: the two dimensions, `axis` being the output one.
 */
export function summationOrder(opType: string, dims: readonly number[], axis: number): SummationOrder {
  if (opType === 'Conv') {
    const inputs = dims[1]!;
    const positions = dims.slice(2).reduce((product, dim) => product * dim, 1);
    const length = inputs * positions;
    return orderBy(dims[0]!, length, inputs, { channel: length, input: positions, position: 1 });
  }
  const [rows, columns] = dims as [number, number];
  return axis === 1
    ? orderBy(columns, rows, rows, { channel: 1, input: columns, position: 0 })
    : orderBy(rows, columns, columns, { channel: columns, input: 1, position: 0 });
}

function orderBy(channels: number, length: number, inputs: number, strides: SummationOrder['strides']): SummationOrder {
  const { channel: ofChannel, input, position } = strides;
  const offset = (channel: number, k: number): number =>
    channel * ofChannel + (k % inputs) * input + Math.floor(k / inputs) * position;
  return { channels, length, inputs, strides, offset };
}

/** The order a layer's products are summed in; null where its weight is no single matrix. */
export function summationOrderOf(layer: NodeProto, dims: readonly number[]): SummationOrder | null {
  if (!isConvolution(layer) && dims.length !== 2) return null;
  return summationOrder(layer.opType, dims, outputAxis(layer));
}

/** The sums of a layer, and where the weights of each lie. */
export type Sums = Pick<SummationOrder, 'channels' | 'length' | 'offset'>;

/** Of stacked matrices, ... x K x N: the columns of each are output channels of their own. */
export function stackedSums(dims: readonly number[]): Sums {
  const [rows, columns] = dims.slice(-2) as [number, number];
  return {
    channels: dims.slice(0, -2).reduce((product, dim) => product * dim, columns),
    length: rows,
    offset: (channel, k) => (Math.floor(channel / columns) * rows + k) * columns + (channel % columns),
  };
}

/**
 * The order in which kernels add weights in pairs, for layers that have int8 kernels; null for others. Stacked matrices have one scale,
 * and lie one above the other like one of them, whose pairs are theirs unless K is odd.
 */
export function pairOrderOf(layer: NodeProto, dims: readonly number[]): SummationOrder | null {
  if (!isMatMul(layer) || dims.length <= 2) return summationOrderOf(layer, dims);
  if (dims.at(-2)! % 2 !== 0) return null;
  const rows = dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
  return summationOrder(layer.opType, [rows, dims.at(-1)!], 1);
}
