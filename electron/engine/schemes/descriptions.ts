import { float16Weights } from './float16-weights/describe.ts';
import { int8Dynamic } from './int8-dynamic/describe.ts';
import { int8Static } from './int8-static/describe.ts';
import { int8Weights } from './int8-weights/describe.ts';
import { int2Weights, int4Weights } from './packed-weights/describe.ts';

/**
 * Every scheme in words, in the order in which they are offered. Their code is listed in `all.ts`, apart from this: pages and
 * processes that never load a model read what is here.
 */
export const schemeDescriptions = [
  int8Static,
  int8Dynamic,
  int8Weights,
  int4Weights,
  int2Weights,
  float16Weights,
] as const;
