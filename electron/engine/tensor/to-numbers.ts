import { fromFloat16Bits } from './float16.ts';
import type { Tensor } from './tensor.ts';

/**
 * The values of a tensor as numbers, in its own order: a view where the array holds numbers already. 64-bit integers lose
 * what lies beyond 2^53.
 */
export function toNumbers({
  data,
  dataType,
}: Pick<Tensor, 'data' | 'dataType'>): Exclude<Tensor['data'], BigInt64Array | BigUint64Array> {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (dataType === 'float16') return Float32Array.from(data, fromFloat16Bits);
  return data;
}
