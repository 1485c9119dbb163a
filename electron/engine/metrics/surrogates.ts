import { tokenSurrogate } from './next-tokens.ts';
import type { Surrogate } from './surrogate.ts';

/** Of tasks whose metric they were measured to follow better than SQNR does: a search compares candidates of all others by that (ADR 58). */
export const surrogates: readonly Surrogate[] = [tokenSurrogate];
