import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { unseenClipShare } from '../3-calibrate/deciding-range.ts';
import type { Diagnostic, TensorRange } from '../../../shared/run.ts';

/** Of values inside the model that may lie beyond a range: percentile and entropy cut on purpose, though not this much. */
const mostInnerValues = 0.01;
const namedTensors = 3;

const warn = (code: string, message: string): Diagnostic => ({ severity: 'warning', code, message, node: null });
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
        `One calibration sample takes "${tensor}", which decides the output, to ${shorten(min)} … ${shorten(max)}, far beyond all others; its range ends at ${shorten(low)} … ${shorten(high)}. Check that sample: is it like those the model meets in use?`,
      ),
    );
  }
  if (share === null || count === null) return findings;
  const beyond = Math.round(share * count);
  if (wilsonInterval(beyond, count)[0] <= unseenClipShare) return findings;
  findings.push(
    warn(
      'output-clips',
      `${beyond} of ${count} evaluation samples (${percent(share)}) go beyond the range of "${tensor}", which decides the output: scores beyond it become equal. Calibrate on more samples, of every kind the model meets, or keep the layer that makes it in float.`,
    ),
  );
  return findings;
}

function judgeInner(ranges: readonly TensorRange[]): Diagnostic[] {
  const shareOf = ({ clippedValueShare }: TensorRange): number => clippedValueShare ?? 0;
  const cut = ranges.filter((range) => !range.decides && shareOf(range) > mostInnerValues);
  if (cut.length === 0) return [];
  const worst = [...cut].sort((first, second) => shareOf(second) - shareOf(first)).slice(0, namedTensors);
  const named = worst.map((range) => `"${range.tensor}" (${percent(shareOf(range))})`).join(', ');
  return [
    warn(
      'range-clips',
      `Ranges cut more than 1 % of the values of evaluation samples, most of all those of ${named}. Calibrate on more samples, of every kind the model meets.`,
    ),
  ];
}
