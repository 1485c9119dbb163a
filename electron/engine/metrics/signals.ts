import type { MetricName } from '../../../shared/metric-row.ts';
import type { Metric } from './metric.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

export const signalToDistortion: MetricName = {
  metric: 'siSdr',
  label: 'SI-SDR',
  definition:
    'Scale-invariant signal-to-distortion ratio: the part of the output that is a multiple of the target over the rest. Mean over channels and samples. Samples with a silent target are left out.',
  zh: {
    label: '尺度不变信号失真比 SI-SDR',
    definition: '尺度不变信号失真比：输出中为目标倍数的部分与其余部分之比，取通道和样本均值。目标为静音的样本不计。',
  },
  unit: 'dB',
  higherIsBetter: true,
  against: 'targets',
};

/** Fewer values are numbers, not a sound. */
const fewestValues = 1024;
const mostChannels = 8;
/** Sounds swing around zero: a mean above a tenth of their size is of something else. */
const mostMeanShare = 0.1;
/** As torchmetrics has it for float32. */
const epsilon = 2 ** -23;

/** Channels and values of a sound; null for what has another shape. */
function soundOf(dims: readonly number[]): { readonly channels: number; readonly length: number } | null {
  const kept = dims.filter((dim) => dim !== 1);
  const [channels, length] = kept.length === 1 ? [1, kept[0]!] : [kept[0] ?? 0, kept[1] ?? 0];
  return kept.length > 2 || channels > mostChannels || length < fewestValues ? null : { channels, length };
}

/** In dB, of `length` values from `start` on; null for a silent target. */
export function scaleInvariantRatio(
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  start: number,
  length: number,
): number | null {
  let [products, squares] = [0, 0];
  for (let at = start; at < start + length; at++) {
    products += output[at]! * target[at]!;
    squares += target[at]! ** 2;
  }
  if (squares === 0) return null;
  const scale = (products + epsilon) / (squares + epsilon);
  let [signal, noise] = [0, 0];
  for (let at = start; at < start + length; at++) {
    const right = scale * target[at]!;
    signal += right ** 2;
    noise += (right - output[at]!) ** 2;
  }
  return 10 * Math.log10((signal + epsilon) / (noise + epsilon));
}

/** Sounds against what they should be: enhancement, separation. */
export const signals: Metric = {
  names: [signalToDistortion],
  accepts: ({ task }) => task === 'regression',
  start: () => {
    const sums = createSampleSums();
    let areSounds = true;
    let [sum, squares, count] = [0, 0, 0];
    return {
      add: ({ target, isFinite }) => {
        if (target === null || !isFinite) return;
        const sound = soundOf(target.dims);
        areSounds &&= sound !== null;
        if (sound === null || !areSounds) return;
        const { channels, length } = sound;
        for (let at = 0; at < target.values.length; at++) {
          sum += target.values[at]!;
          squares += target.values[at]! ** 2;
        }
        count += target.values.length;
        const [mine, theirs] = target.outputs.map((output) => {
          const ratios = Array.from({ length: channels }, (_, channel) =>
            scaleInvariantRatio(output, target.values, channel * length, length),
          ).filter((ratio) => ratio !== null);
          return { ratios: ratios.length, total: ratios.reduce((total, ratio) => total + ratio, 0) };
        }) as [{ ratios: number; total: number }, { ratios: number; total: number }];
        if (mine.ratios === 0) return;
        const additionOf = ({ ratios, total }: typeof mine): Addition => [
          [0, total / ratios],
          [1, 1],
        ];
        sums.add(additionOf(mine), additionOf(theirs), [mine.total, theirs.total]);
      },
      report: () => {
        const isCentred = Math.abs(sum / count) <= mostMeanShare * Math.sqrt(squares / count);
        const row = areSounds && isCentred ? sums.row(signalToDistortion, ([total, size]) => total! / size!) : null;
        return row === null ? [] : [row];
      },
    };
  },
};
