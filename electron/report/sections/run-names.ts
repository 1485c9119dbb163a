import { makeVisible } from '../../../shared/make-visible.ts';
import { baseNameOf } from '../texts/report-figures.ts';

/** What people called their runs, by run id. It is no part of a run's document: it may change at any time. */
export type RunNames = ReadonlyMap<string, string>;

export const noNames: RunNames = new Map();

/** Null for a run without a name. */
export function nameOf(runId: string, names: RunNames): string | null {
  const name = names.get(runId) ?? '';
  return name === '' ? null : makeVisible(name);
}

/** The model, behind the name of its run where it has one. */
export function titleOf(modelPath: string, runId: string, names: RunNames): string {
  const name = nameOf(runId, names);
  const model = makeVisible(baseNameOf(modelPath));
  return name === null ? model : `${name} (${model})`;
}
