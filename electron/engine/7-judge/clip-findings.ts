import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { unseenClipShare } from '../3-calibrate/deciding-range.ts';
import type { Diagnostic, TensorRange } from '../../../shared/run.ts';

/** Of values inside the model that may lie beyond a range: percentile and entropy cut on purpose, though not this much. */
const mostInnerValues = 0.01;
const namedTensors = 3;

const warn = (code: string, message: Sentence): Diagnostic => ({ severity: 'warning', code, message, node: null });
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const shorten = (value: number): string => String(Number(value.toPrecision(3)));

/**
 * What ranges cut of samples that calibration did not see, where it is more than was meant: of tensors that decide surely more
 * samples than the stated share, of others too many values.
 */
export function findClipping(ranges: readonly TensorRange[]): Diagnostic[] {
  return [...ranges.filter(({ decides }) => decides).flatMap(judgeDeciding), ...judgeInner(ranges)];
}

function judgeDeciding(range: TensorRange): Diagnostic[] {
  const { tensor, clippedSampleShare: share, unseenSampleCount: count, min, max, low, high } = range;
  const findings: Diagnostic[] = [];
  // A range that decides holds what calibration saw, but for one sample far beyond all others.
  if (high < max || low > min) {
    findings.push(
      warn(
        'calibration-outlier',
        say('calibrationOutlier', {
          tensor,
          min: shorten(min),
          max: shorten(max),
          low: shorten(low),
          high: shorten(high),
        }),
      ),
    );
  }
  if (share === null || count === null) return findings;
  const beyond = Math.round(share * count);
  if (wilsonInterval(beyond, count)[0] <= unseenClipShare) return findings;
  findings.push(warn('output-clips', say('outputClips', { beyond, count, share: percent(share), tensor })));
  return findings;
}

function judgeInner(ranges: readonly TensorRange[]): Diagnostic[] {
  const shareOf = ({ clippedValueShare }: TensorRange): number => clippedValueShare ?? 0;
  const cut = ranges.filter((range) => !range.decides && shareOf(range) > mostInnerValues);
  if (cut.length === 0) return [];
  const worst = [...cut].sort((first, second) => shareOf(second) - shareOf(first)).slice(0, namedTensors);
  const named = worst.map((range) => `"${range.tensor}" (${percent(shareOf(range))})`).join(', ');
  return [warn('range-clips', say('rangesClip', { tensors: named }))];
}
