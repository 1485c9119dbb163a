import { bodies } from './bodies.ts';
import { convolutions } from './convolutions.ts';
import type { Entry } from './entry.ts';
import { habits } from './habits.ts';
import { patterns } from './patterns.ts';
import { products } from './products.ts';
import { recurrent } from './recurrent.ts';
import { weights } from './weights.ts';

/** At least one model for each operator, shape and habit of exporters that Vernier claims to know. */
export const corpus: readonly Entry[] = [
  ...convolutions(),
  ...products(),
  ...recurrent(),
  ...patterns(),
  ...weights(),
  ...habits(),
  ...bodies(),
];
