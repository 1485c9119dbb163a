import type { Layer, RunDocument } from '../../../shared/run.ts';

/** One layer of the model and what each run made of it; null where a run has no layer of that name. */
export interface JoinedLayer {
  readonly name: string;
  readonly opType: string;
  readonly byRun: readonly (Layer | null)[];
}

/** Layers of several runs by name, in the order of the first run that has them. */
export function joinLayers(documents: readonly RunDocument[]): JoinedLayer[] {
  const joined = new Map<string, { name: string; opType: string; byRun: (Layer | null)[] }>();
  documents.forEach((document, run) => {
    for (const layer of document.layers) {
      let entry = joined.get(layer.name);
      if (entry === undefined) {
        entry = { name: layer.name, opType: layer.opType, byRun: documents.map(() => null) };
        joined.set(layer.name, entry);
      }
      entry.byRun[run] = layer;
    }
  });
  return [...joined.values()];
}
