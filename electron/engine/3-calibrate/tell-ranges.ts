/** Ranges are told at most this often: a large model has hundreds of them. */
const rangesEveryMs = 250;

/** @returns what tells the ranges that grew since they were last told, unless that was just now. */
export function tellRangesOf(
  seen: readonly (readonly [string, { readonly min: number; readonly max: number }])[],
  onRange: ((tensor: string, min: number, max: number) => void) | undefined,
): () => void {
  const told = new Map<string, number>();
  let nextMs = 0;
  return () => {
    if (onRange === undefined || performance.now() < nextMs) return;
    nextMs = performance.now() + rangesEveryMs;
    for (const [tensor, { min, max }] of seen) {
      // A range only ever grows, so its width says whether it did.
      if (max - min === told.get(tensor) || !(min <= max)) continue;
      told.set(tensor, max - min);
      onRange(tensor, min, max);
    }
  };
}
