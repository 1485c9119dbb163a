import type { Interval95, Latency } from './run.ts';

/** What one step did to the time, as far as it can be told. */
export interface SpeedPart {
  readonly kind: 'faster' | 'slower' | 'unclear';
  /** Time before the step / after it. */
  readonly ratio: number;
}

/** A speed-up taken apart: what needs no compression, and what compression adds. */
export interface SpeedParts {
  readonly folding: SpeedPart;
  readonly compression: SpeedPart;
}

function partOf(ratio: number, [low, high]: Interval95): SpeedPart {
  return { kind: low > 1 ? 'faster' : high < 1 ? 'slower' : 'unclear', ratio };
}

/** @returns null where the float model as prepared runs as the given one does, or was not measured. */
export function speedPartsOf({ speedupParts }: Pick<Latency, 'speedupParts'>): SpeedParts | null {
  if (speedupParts === null) return null;
  const { folding, compression } = speedupParts;
  return { folding: partOf(folding.ratio, folding.ci95), compression: partOf(compression.ratio, compression.ci95) };
}

/** Compression made the model slower than folding alone had made it: a speed-up of the whole is folding's. */
export function isSlowerThanPrepared({ speedupParts }: Pick<Latency, 'speedupParts'>): boolean {
  return speedupParts !== null && speedupParts.compression.ci95[1] < 1;
}
