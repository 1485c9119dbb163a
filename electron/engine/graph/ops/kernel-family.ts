/** What kernels of one family do, whichever operator of the user's they run. */
export type Family = 'convolution' | 'product' | 'pooling';

/** Op types that do the same work under other names, in other number formats and layouts. */
export function familyOf(opType: string): Family | null {
  if (opType.includes('Conv')) return 'convolution';
  if (opType.includes('MatMul') || opType.includes('Gemm')) return 'product';
  if (opType.includes('Pool')) return 'pooling';
  return null;
}
