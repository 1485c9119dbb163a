/** Least and largest value of each sample looked at so far. */
export interface ExtremesSoFar {
  readonly lows: number[];
  readonly highs: number[];
}

/** Adds one sample. NaN and infinity tell no range; they are counted elsewhere. */
export function addExtremesOf(data: Float32Array, extremes: ExtremesSoFar | undefined): void {
  if (extremes === undefined) return;
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  if (low > high) return;
  extremes.lows.push(low);
  extremes.highs.push(high);
}
