import type { SchemeName } from '../../../shared/schemes.ts';
import { float16Weights } from './float16-weights/scheme.ts';
import { int8Dynamic } from './int8-dynamic/scheme.ts';
import { int8Static } from './int8-static/scheme.ts';
import { int8Weights } from './int8-weights/scheme.ts';
import { int2Weights, int4Weights } from './packed-weights/scheme.ts';
import { stages, type Choice, type ChoiceFacts } from './choice.ts';
import type { Scheme } from './scheme.ts';

/** Every scheme, in the order in which they plan: what stores activations comes last, and sees what the others took. */
const byName: Readonly<Record<SchemeName, Scheme>> = {
  'int8-weights': int8Weights,
  'int4-weights': int4Weights,
  'int2-weights': int2Weights,
  'float16-weights': float16Weights,
  'int8-dynamic': int8Dynamic,
  'int8-static': int8Static,
};
export const schemes: readonly Scheme[] = Object.values(byName);

/** What the schemes leave to measurement, each choice once, by stage; those of static int8 first, for others are made beside it. */
export function offerChoices(facts: ChoiceFacts): Choice[] {
  const offered = new Set(schemes.toReversed().flatMap(({ choices }) => choices));
  const open = [...offered].filter(({ isOpen }) => isOpen(facts));
  return stages.flatMap((stage) => open.filter((choice) => choice.stage === stage));
}

export const schemeOf = (name: SchemeName): Scheme => byName[name];
