import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import type { ComparedTarget, Metric } from './metric.ts';
import { createSampleSums, type SampleSums } from './sample-sums.ts';
import { structuralSimilarity } from './structural-similarity.ts';

/** An error nobody can tell from none: PSNR of identical images is infinite. */
const mostDecibels = 100;

/** Levels that images are written in: shares, shares of either sign, bytes, 16 bits. */
const [shareLevels, signedLevels, byteLevels, wordLevels] = [1, 2, 255, 65_535];
const imageRanges = [shareLevels, signedLevels, byteLevels, wordLevels];

/** The levels that targets are written in: those of images where they fit, else what they span. */
function dataRangeOf(low: number, high: number): number {
  if (low >= 0) return [shareLevels, byteLevels, wordLevels].find((range) => high <= range) ?? high;
  return low >= -1 && high <= 1 ? signedLevels : high - low;
}

const nameOfPsnr = (range: number): MetricName => ({
  metric: 'psnr',
  label: 'PSNR',
  definition: `Peak signal-to-noise ratio against the target: 10 log10(range^2 / mean squared error) with range ${range}. Mean over samples, 100 dB at most for each.`,
  zh: {
    label: '峰值信噪比 PSNR',
    definition: `相对目标的峰值信噪比，10 log10(范围^2 / 均方误差)，范围为 ${range}。取样本均值，每个样本至多 100 dB。`,
  },
  unit: 'dB',
  higherIsBetter: true,
  against: 'targets',
});

const nameOfSsim = (range: number): MetricName => ({
  metric: 'ssim',
  label: 'SSIM',
  definition: `Structural similarity to the target in windows of 7 x 7 pixels with range ${range}, as scikit-image computes it. 1 is the same image. Mean over channels and samples.`,
  zh: {
    label: '结构相似度 SSIM',
    definition: `以 7 x 7 像素为窗口、范围为 ${range} 时与目标的结构相似度，按 scikit-image 的定义。1 表示图像相同。取通道和样本均值。`,
  },
  unit: '',
  higherIsBetter: true,
  against: 'targets',
});

type Pair = readonly [before: number, after: number];

/** The mean over samples of what each model is worth on them. */
function meanRow(name: MetricName, pairs: readonly Pair[]): MetricRow | null {
  const sums: SampleSums = createSampleSums();
  for (const pair of pairs) {
    const [mine, theirs] = pair.map((value) => [
      [0, value],
      [1, 1],
    ]) as [[number, number][], [number, number][]];
    sums.add(mine, theirs, pair);
  }
  return sums.row(name, ([sum, count]) => sum! / count!);
}

function meanSquaredError(output: ArrayLike<number>, target: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < target.length; index++) sum += (output[index]! - target[index]!) ** 2;
  return sum / target.length;
}

/** Similarities of both models in each range that may turn out to be that of the targets; null where the image is too small. */
function similaritiesOf({ outputs, values, dims }: ComparedTarget): readonly Pair[] | null {
  const [mine, theirs] = outputs.map((output) => structuralSimilarity(output, values, dims, imageRanges));
  return mine == null || theirs == null ? null : imageRanges.map((_, at) => [mine[at]!, theirs[at]!]);
}

/** Images and other maps with channels. What range they are compared with is known when all targets were seen. */
export const pictures: Metric = {
  names: [nameOfPsnr(1), nameOfSsim(1)],
  accepts: ({ task }) => task === 'regression',
  start: () => {
    const errors: Pair[] = [];
    const similarities: (readonly Pair[])[] = [];
    let [low, high] = [Infinity, -Infinity];
    let areMaps = true;
    return {
      add: ({ target, isFinite }) => {
        if (target === null || !isFinite) return;
        areMaps &&= target.dims.length >= 3;
        if (!areMaps) return;
        const { values, outputs } = target;
        errors.push([meanSquaredError(outputs[0], values), meanSquaredError(outputs[1], values)]);
        const similarity = similaritiesOf(target);
        if (similarity !== null) similarities.push(similarity);
        for (let index = 0; index < values.length; index++) {
          low = Math.min(low, values[index]!);
          high = Math.max(high, values[index]!);
        }
      },
      report: () => {
        const range = dataRangeOf(low, high);
        if (!areMaps || errors.length === 0 || !(range > 0)) return [];
        const decibels = (error: number): number =>
          Math.min(mostDecibels, 10 * Math.log10((range * range) / Math.max(error, Number.MIN_VALUE)));
        const at = low >= 0 || range === signedLevels ? imageRanges.indexOf(range) : -1;
        return [
          meanRow(
            nameOfPsnr(range),
            errors.map(([mine, theirs]) => [decibels(mine), decibels(theirs)]),
          ),
          at === -1 || similarities.length < errors.length
            ? null
            : meanRow(
                nameOfSsim(range),
                similarities.map((pairs) => pairs[at]!),
              ),
        ].filter((row) => row !== null);
      },
    };
  },
};
