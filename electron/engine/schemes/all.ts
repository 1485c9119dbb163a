import type { SchemeName } from '../../../shared/precision.ts';
import { float16Weights } from './float16-weights/scheme.ts';
import { int8Dynamic } from './int8-dynamic/scheme.ts';
import { int8Static } from './int8-static/scheme.ts';
import { int8Weights } from './int8-weights/scheme.ts';
import { int2Weights, int4Weights } from './packed-weights/scheme.ts';
import type { Scheme } from './scheme.ts';

/** Every scheme, in the order in which they plan: what stores activations comes last, and sees what the others took. */
export const schemes: readonly Scheme[] = [
  int8Weights,
  int4Weights,
  int2Weights,
  float16Weights,
  int8Dynamic,
  int8Static,
];

export function schemeOf(name: SchemeName): Scheme {
  return schemes.find((scheme) => scheme.name === name)!;
}
