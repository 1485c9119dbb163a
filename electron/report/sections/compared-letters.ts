import { makeVisible } from '../../../shared/make-visible.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { nameOf, type RunNames } from './run-names.ts';

/** A, B, C …: short enough for the head of a column. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** A run by its letter and the name people gave it; by its recipe where they gave none. */
export function labelOf(document: RunDocument, index: number, names: RunNames): string {
  return `${letterOf(index)}  ${nameOf(document.runId, names) ?? makeVisible(document.recipe.name)}`;
}
