import type { Layer } from './run.ts';

/** A layer in the order of the graph, with the error of what it hands out. */
export interface DepthPoint {
  readonly name: string;
  /** From 1, among all layers. */
  readonly position: number;
  /** dB, everything before it compressed as well. */
  readonly sqnrDb: number;
  /** dB, everything before it exact; null where it adds nothing or that was not measured. */
  readonly introducedSqnrDb: number | null;
}

export function errorOverDepth(layers: readonly Layer[]): DepthPoint[] {
  return layers.flatMap(({ name, sqnrDb, introducedSqnrDb }, index) =>
    sqnrDb === null ? [] : [{ name, position: index + 1, sqnrDb, introducedSqnrDb }],
  );
}

/** Where the error grows most. */
export interface ErrorBreak {
  readonly point: DepthPoint;
  /** dB of the worst layer before it; null where it is the first. */
  readonly beforeDb: number | null;
}

/** What 8 bits give a layer that nothing is wrong with. */
const usualDb = 40;
/** Less than three quarters of the noise more is no break. */
const leastDropDb = 6;
/** Closer than this a layer is sound, whatever the ones before it were. */
const soundDb = 30;

/** The layer behind which the error grew most over all before it, for an error is handed on; null where none stands out. */
export function breakOf(points: readonly DepthPoint[]): ErrorBreak | null {
  let [lowest, found, largest] = [usualDb, null as ErrorBreak | null, 0];
  for (const [index, point] of points.entries()) {
    const drop = lowest - point.sqnrDb;
    if (drop >= leastDropDb && drop > largest && point.sqnrDb < soundDb) {
      largest = drop;
      found = { point, beforeDb: index === 0 ? null : lowest };
    }
    lowest = Math.min(lowest, point.sqnrDb);
  }
  return found;
}
