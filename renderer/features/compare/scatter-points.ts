import type { TFunction } from 'i18next';
import { mainRow } from '../../../shared/metric-row.ts';
import { formatBytes, formatMs, formatShare } from '../../../shared/units.ts';
import type { Palette } from '../../theme.ts';
import type { ComparedRun } from './compared-run.ts';
import { paretoFront, type Objective } from './pareto-front.ts';

/** A point of the scatter: a compressed model, or the original as the place it started from. */
export interface ScatterPoint {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly isOriginal: boolean;
  readonly size: number;
  readonly latency: number;
  /** Null where no classes are ranked. */
  readonly accuracy: number | null;
}

export const axes = ['size', 'latency', 'accuracy'] as const;
export type Axis = (typeof axes)[number];
export const axesWithoutAccuracy = axes.filter((axis) => axis !== 'accuracy');
export const views: Readonly<Record<string, readonly [Axis, Axis]>> = {
  latencyAccuracy: ['latency', 'accuracy'],
  sizeAccuracy: ['size', 'accuracy'],
  sizeLatency: ['size', 'latency'],
};
export type View = 'latencyAccuracy' | 'sizeAccuracy' | 'sizeLatency';

export const axisFormats: Readonly<Record<Axis, (value: number) => string>> = {
  size: formatBytes,
  latency: formatMs,
  accuracy: formatShare,
};

/** What has no accuracy beats nothing by it. */
function objective(axis: Axis): Objective<ScatterPoint> {
  return { value: (point) => point[axis] ?? -Infinity, better: axis === 'accuracy' ? 'higher' : 'lower' };
}

/** Points that have a place on both axes. */
export type Placed = ScatterPoint & { readonly x: number; readonly y: number };

/** Compressed models, and each original once. */
export function scatterPoints(
  runs: readonly ComparedRun[],
  labelled: boolean,
  palette: Palette,
  t: TFunction,
): ScatterPoint[] {
  const originals = new Map<string, ScatterPoint>();
  const compressed = runs.map((run): ScatterPoint => {
    const { latency, accuracy, model } = run.document;
    const key = `${model.original.sha256} ${latency.threads}`;
    if (!originals.has(key)) {
      originals.set(key, {
        id: key,
        label: t('compare.original', { letter: run.letter }),
        color: palette.before,
        isOriginal: true,
        size: model.original.sizeBytes,
        latency: latency.before.medianMs,
        accuracy: labelled ? (mainRow(accuracy)?.before ?? 0) : accuracy.agreement.top1 === null ? null : 1,
      });
    }
    return {
      id: run.runId,
      label: run.letter,
      color: run.color,
      isOriginal: false,
      size: model.compressed.sizeBytes,
      latency: latency.after.medianMs,
      accuracy: labelled ? (mainRow(accuracy)?.after ?? 0) : accuracy.agreement.top1,
    };
  });
  return [...compressed, ...originals.values()];
}

export function placePoints(points: readonly ScatterPoint[], horizontal: Axis, vertical: Axis): Placed[] {
  return points.flatMap((point): Placed[] => {
    const [x, y] = [point[horizontal], point[vertical]];
    return x === null || y === null ? [] : [{ ...point, x, y }];
  });
}

/** Those that no other beats in both. */
export function frontOf(placed: readonly Placed[], horizontal: Axis, vertical: Axis): Placed[] {
  return paretoFront(placed, [objective(horizontal), objective(vertical)]).sort((left, right) => left.x - right.x);
}

/** Ids of those that no other beats in size, latency and accuracy. */
export function bestOfThree(points: readonly ScatterPoint[]): ReadonlySet<string> {
  return new Set(paretoFront(points, axes.map(objective)).map((point) => point.id));
}
