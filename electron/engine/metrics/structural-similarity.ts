const window = 7;
/** Those of Wang et al. (2004). */
const [meanWeight, spreadWeight] = [0.01, 0.03];
/** Channels stand behind the pixels where there are at most this many, and more rows. */
const mostLastChannels = 4;

interface Planes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Where a pixel's value lies. */
  readonly at: (plane: number, pixel: number) => number;
}

function planesOf(dims: readonly number[]): Planes {
  const [first = 1, second = 1, last = 1] = dims.slice(-3);
  const outer = dims.slice(0, -3).reduce((product, dim) => product * dim, 1);
  const size = first * second * last;
  if (last <= mostLastChannels && first > mostLastChannels) {
    const at = (plane: number, pixel: number) => Math.floor(plane / last) * size + pixel * last + (plane % last);
    return { count: outer * last, height: first, width: second, at };
  }
  return { count: outer * first, height: second, width: last, at: (plane, pixel) => plane * second * last + pixel };
}

/** Sums over every window that lies in a plane, row by row, into its first values. */
function sumWindows(values: Float64Array, height: number, width: number): void {
  const columns = width - window + 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let step = 0; step < window; step++) sum += values[row * width + column + step]!;
      values[row * columns + column] = sum;
    }
  }
  for (let row = 0; row + window <= height; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let step = 0; step < window; step++) sum += values[(row + step) * columns + column]!;
      values[row * columns + column] = sum;
    }
  }
}

/**
 * Structural similarity (Wang et al. 2004) as `skimage.metrics.structural_similarity` has it: windows of 7 x 7 that lie in the image,
 * sample covariances, mean over windows and channels.
 * @param dims channels before or behind the pixels.
 * @param ranges of the values, each of which gives a similarity.
 * @returns null for images that hold no window.
 */
export function structuralSimilarity(
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  dims: readonly number[],
  ranges: readonly number[],
): number[] | null {
  const { count, height, width, at } = planesOf(dims);
  if (height < window || width < window || count === 0) return null;
  const pixels = height * width;
  const windows = (height - window + 1) * (width - window + 1);
  const sums = Array.from({ length: 5 }, () => new Float64Array(pixels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [xs, ys, xx, yy, xy] = sums;
  const totals = ranges.map(() => 0);
  const size = window * window;
  for (let plane = 0; plane < count; plane++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const place = at(plane, pixel);
      const [x, y] = [output[place]!, target[place]!];
      xs[pixel] = x;
      ys[pixel] = y;
      xx[pixel] = x * x;
      yy[pixel] = y * y;
      xy[pixel] = x * y;
    }
    for (const values of sums) sumWindows(values, height, width);
    for (let own = 0; own < windows; own++) {
      const [meanX, meanY] = [xs[own]! / size, ys[own]! / size];
      const covarianceOf = (products: number, means: number): number => (products / size - means) * (size / (size - 1));
      const spread = covarianceOf(xx[own]!, meanX * meanX) + covarianceOf(yy[own]!, meanY * meanY);
      const shared = covarianceOf(xy[own]!, meanX * meanY);
      for (const [index, range] of ranges.entries()) {
        const [c1, c2] = [(meanWeight * range) ** 2, (spreadWeight * range) ** 2];
        const similarity =
          ((2 * meanX * meanY + c1) * (2 * shared + c2)) / ((meanX * meanX + meanY * meanY + c1) * (spread + c2));
        totals[index] = totals[index]! + similarity;
      }
    }
  }
  return totals.map((total) => total / (windows * count));
}
