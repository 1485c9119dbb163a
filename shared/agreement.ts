/** The parts of `Agreement` that are read here. */
interface Decisions {
  readonly top1: number | null;
  readonly count: number;
  readonly decisions: number | null;
}

interface Closeness {
  readonly sqnrDb: number | null;
  readonly samples: { readonly meanSqnrDb: number } | null;
}

/**
 * True where the share of equal first classes is over positions (steps, pixels) and not over samples. Documents of versions that did
 * not count decisions tell it by a share that no number of samples gives.
 */
export function countsPositions({ top1, count, decisions }: Decisions): boolean {
  if (top1 === null) return false;
  if (decisions !== null) return decisions !== count;
  return Math.abs(top1 * count - Math.round(top1 * count)) > 1e-6;
}

/** dB by which outputs are judged: the mean over samples, which no sample decides alone, where it is known. */
export function typicalSqnrDb({ sqnrDb, samples }: Closeness): number | null {
  return sqnrDb === null ? null : (samples?.meanSqnrDb ?? sqnrDb);
}
