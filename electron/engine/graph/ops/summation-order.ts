import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { isConvolution, outputAxis } from './linear-layers.ts';

/** Where the element of output channel `channel` at position `k` of the kernels' summation order lies in memory. */
export interface SummationOrder {
  readonly channels: number;
  /** Products in one sum: `inputs`, which are innermost, at each position of the kernel. */
  readonly length: number;
  readonly inputs: number;
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
    return {
      channels: dims[0]!,
      length,
      inputs,
      offset: (channel, k) => channel * length + (k % inputs) * positions + Math.floor(k / inputs),
    };
  }
  const [rows, columns] = dims as [number, number];
  return axis === 1
    ? { channels: columns, length: rows, inputs: rows, offset: (channel, k) => k * columns + channel }
    : { channels: rows, length: columns, inputs: columns, offset: (channel, k) => channel * columns + k };
}

/** The order a layer's products are summed in; null where it has no int8 kernel that could saturate. */
export function summationOrderOf(layer: NodeProto, dims: readonly number[]): SummationOrder | null {
  if (!isConvolution(layer) && dims.length !== 2) return null;
  return summationOrder(layer.opType, dims, outputAxis(layer));
}
