import { oneOf } from './op-test.ts';

/** Hand out as many results as they find: how many follows from values, not from shapes. */
export const findsByValues = oneOf('NonMaxSuppression', 'NonZero', 'Compress', 'Unique');
/** Puts the largest first. */
export const isTopK = oneOf('TopK');
