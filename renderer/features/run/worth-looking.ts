import { foldedInto } from '../../../shared/engine-texts.ts';
import type { Layer } from '../../../shared/run.ts';

/** Slower than this counts: below it is what timing a layer twice gives. */
export const slowedRatio = 0.95;
/** A tenth of a signal is error. */
export const ruinedDb = 20;
/** What errors begin at that nobody could tell. */
const cleanDb = 45;

/**
 * Layers by what they cost, the worst first: time lost, as a share of all, and error added over all before them, as a share of what
 * there is to lose. Those that cost nothing stay in the order of the graph; folded ones come right behind the layer they became.
 */
export function inWorthOrder(layers: readonly Layer[]): Layer[] {
  const wholeMs = layers.reduce((sum, { latencyAfterMs }) => sum + (latencyAfterMs ?? 0), 0) || 1;
  let lowestDb = cleanDb;
  const costs = new Map<Layer, number>();
  for (const layer of layers) {
    const { latencyBeforeMs, latencyAfterMs, sqnrDb } = layer;
    const slowed =
      latencyBeforeMs !== null && latencyAfterMs !== null && latencyBeforeMs < slowedRatio * latencyAfterMs
        ? (latencyAfterMs - latencyBeforeMs) / wholeMs
        : 0;
    const added = sqnrDb === null ? 0 : Math.max(0, lowestDb - sqnrDb) / cleanDb;
    lowestDb = Math.min(lowestDb, sqnrDb ?? lowestDb);
    costs.set(layer, slowed + added);
  }
  const names = new Set(layers.map(({ name }) => name));
  const followers = new Map<string, Layer[]>();
  const leaders: Layer[] = [];
  for (const layer of layers) {
    const into = foldedInto(layer.reason);
    if (into === null || into === layer.name || !names.has(into)) leaders.push(layer);
    else followers.set(into, [...(followers.get(into) ?? []), layer]);
  }
  const ordered: Layer[] = [];
  const seen = new Set<Layer>();
  const put = (layer: Layer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    ordered.push(layer);
    for (const follower of followers.get(layer.name) ?? []) put(follower);
  };
  for (const layer of leaders.toSorted((left, right) => costs.get(right)! - costs.get(left)!)) put(layer);
  // Folded into each other: no graph has it, and none is lost for it.
  for (const layer of layers) put(layer);
  return ordered;
}
