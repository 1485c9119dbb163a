import type { Gates } from '../../../shared/compress-request.ts';
import { readSize } from '../../../shared/goal-limits.ts';
import { findRow, lossOf, type MetricRow } from '../../../shared/metric-row.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Accuracy, DataFacts, Gate, Latency } from '../../../shared/run.ts';
import { accuracyDropOf, checkGates } from './verdict.ts';

/** Limits and drops are decimal fractions: what equals one up to rounding is within it. */
const rounding = 1e-9;

const units: Readonly<Record<MetricRow['unit'], string>> = { share: ' points', dB: ' dB', '': '' };

/**
 * What was lost by a figure, in its unit (of a share percentage points). Of agreement what is missing
 * of the best, which is 1, or 0 where lower is better.
 * @returns null where nothing says what would be none lost, as of SQNR.
 */
function dropOf(row: MetricRow): number | null {
  const scale = row.unit === 'share' ? 100 : 1;
  if (row.against === 'targets') return row.difference === null ? null : scale * lossOf(row)!;
  if (row.unit === 'dB' || row.after === null) return null;
  return scale * (row.higherIsBetter ? 1 - row.after : row.after);
}

function explainUnknown(metric: string, accuracy: Accuracy, data: DataFacts): string {
  if (data.random) return 'because the data was random noise';
  if (findRow(accuracy, metric) !== null) return 'because it has no value that means no loss';
  return `because the run has no such metric; it has ${accuracy.metrics.map((row) => row.metric).join(', ')}`;
}

/** A gate on each figure that was given a limit. What cannot be checked is not met: silence must not pass a build. */
export function checkDrops(limits: Readonly<Record<string, number>>, accuracy: Accuracy, data: DataFacts): Gate[] {
  return Object.entries(limits).map(([metric, limit]) => {
    const row = findRow(accuracy, metric);
    const actual = row === null || data.random ? null : dropOf(row);
    const gate = { name: 'maxDrop', metric, limit, actual } as const;
    const subject = `Loss of ${metric}`;
    if (row === null || actual === null)
      return {
        ...gate,
        met: false,
        message: `${subject} cannot be checked ${explainUnknown(metric, accuracy, data)}.`,
      };
    const met = actual <= limit + rounding;
    const figure = `${Number(actual.toPrecision(4))}${units[row.unit]}`;
    const wanted = `at most ${limit}${units[row.unit]} required`;
    return { ...gate, met, message: `${subject} ${figure}, ${wanted}: ${met ? 'met' : 'NOT met'}.` };
  });
}

/** The largest size that the recipe allows is checked on the file as a limit of the run's own is. */
export function withGoal(gates: Gates, { maxSize }: Pick<Recipe, 'maxSize'>, originalBytes: number): Gates {
  const mostBytes = readSize(maxSize);
  if (mostBytes === null) return gates;
  return { ...gates, maxSizeRatio: Math.min(gates.maxSizeRatio ?? Infinity, mostBytes / originalBytes) };
}

/** Every limit that a run was given, and whether it was met. */
export function judgeGates(
  gates: Gates,
  facts: {
    readonly accuracy: Accuracy;
    readonly data: DataFacts;
    readonly latency: Pick<Latency, 'speedup' | 'processorShare'>;
    readonly sizeRatio: number;
  },
): Gate[] {
  const { accuracy, data } = facts;
  return [
    ...checkGates(gates, { ...facts, accuracyDrop: accuracyDropOf(accuracy, data) }),
    ...checkDrops(gates.maxDrops, accuracy, data),
  ];
}
