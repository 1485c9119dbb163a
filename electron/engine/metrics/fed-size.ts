import type { Size } from '../data/resize-rule.ts';

const isChannels = (dim: number | undefined): boolean => dim === 1 || dim === 3;

/** The size of an image by the dimensions of an input, channels first or last; null where none takes an image. */
export function fedSizeOf(inputs: readonly (readonly number[])[]): Size | null {
  for (const dims of inputs) {
    const [first, second, last] = dims.slice(-3);
    if (dims.length < 3 || dims.length > 4) continue;
    if (isChannels(first)) return { height: second!, width: last! };
    if (isChannels(last)) return { height: first!, width: second! };
  }
  return null;
}
