import { mainRow } from '../../../shared/metric-row.ts';
import { SegmentedControl } from '@mantine/core';
import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatMs, formatShare } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import type { ComparedRun } from './compared-run.ts';
import { paretoFront, type Objective } from './pareto-front.ts';

/** A point of the scatter: a compressed model, or the original as the place it started from. */
interface ScatterPoint {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly isOriginal: boolean;
  readonly size: number;
  readonly latency: number;
  /** Null where no classes are ranked. */
  readonly accuracy: number | null;
}

const axes = ['size', 'latency', 'accuracy'] as const;
type Axis = (typeof axes)[number];
const axesWithoutAccuracy = axes.filter((axis) => axis !== 'accuracy');
const views: Readonly<Record<string, readonly [Axis, Axis]>> = {
  latencyAccuracy: ['latency', 'accuracy'],
  sizeAccuracy: ['size', 'accuracy'],
  sizeLatency: ['size', 'latency'],
};
type View = 'latencyAccuracy' | 'sizeAccuracy' | 'sizeLatency';

const formats: Readonly<Record<Axis, (value: number) => string>> = {
  size: formatBytes,
  latency: formatMs,
  accuracy: formatShare,
};

/** Percent with as many digits as tell neighbouring ticks apart: runs often differ by less than a tenth of a point. */
function shareTick(value: number, ticks: readonly { readonly value: number }[]): string {
  const step = Math.abs((ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0)) * 100;
  const digits = step === 0 ? 1 : Math.max(0, Math.min(3, Math.ceil(-Math.log10(step) - 1e-9)));
  return `${(value * 100).toFixed(digits)} %`;
}

/** Runs of equal accuracy lie on one line, not on a wide empty axis; no share is above one. */
function shareBounds(shares: readonly number[]): { readonly min: number; readonly max: number } {
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const room = Math.max(0.005, (high - low) * 0.25);
  return { min: Math.max(0, low - room), max: Math.min(1, high + room) };
}

/** What has no accuracy beats nothing by it. */
function objective(axis: Axis): Objective<ScatterPoint> {
  return { value: (point) => point[axis] ?? -Infinity, better: axis === 'accuracy' ? 'higher' : 'lower' };
}

/** Points that have a place on both axes. */
type Placed = ScatterPoint & { readonly x: number; readonly y: number };

/** Size, latency and accuracy against each other; the line joins the runs no other run beats in both. */
export function CompareScatter({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const [chosenView, setView] = useState<View>('latencyAccuracy');
  const ranksClasses = runs.some(
    ({ document: { accuracy } }) => accuracy.agreement.top1 !== null || mainRow(accuracy)?.unit === 'share',
  );
  const shownAxes = ranksClasses ? axes : axesWithoutAccuracy;
  const view = ranksClasses ? chosenView : 'sizeLatency';
  const [horizontal, vertical] = views[view] ?? ['latency', 'accuracy'];
  const labelled = runs.every((run) => mainRow(run.document.accuracy)?.unit === 'share');
  const points = useMemo((): ScatterPoint[] => {
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
  }, [runs, labelled, palette, t]);
  const placed = useMemo(
    () =>
      points.flatMap((point): Placed[] => {
        const [x, y] = [point[horizontal], point[vertical]];
        return x === null || y === null ? [] : [{ ...point, x, y }];
      }),
    [points, horizontal, vertical],
  );
  const front = useMemo(
    () => paretoFront(placed, [objective(horizontal), objective(vertical)]).sort((left, right) => left.x - right.x),
    [placed, horizontal, vertical],
  );
  const bestOfThree = useMemo(
    () => new Set(paretoFront(points, axes.map(objective)).map((point) => point.id)),
    [points],
  );
  const data = useMemo(
    (): ChartData<'scatter'> => ({
      datasets: [
        {
          label: t('compare.runs'),
          data: placed.map(({ x, y }) => ({ x, y })),
          pointRadius: 6,
          pointHoverRadius: 8,
          pointStyle: placed.map((point) => (point.isOriginal ? 'rect' : 'circle')),
          pointBackgroundColor: placed.map((point) => point.color),
          pointBorderColor: palette.surface,
          pointBorderWidth: 1,
        },
        {
          label: t('compare.front'),
          data: front.map(({ x, y }) => ({ x, y })),
          showLine: true,
          stepped: vertical === 'accuracy' ? ('before' as const) : ('after' as const),
          borderColor: palette.strongBorder,
          borderDash: [4, 3],
          borderWidth: 1.5,
          pointRadius: 0,
          pointHitRadius: 0,
        },
      ],
    }),
    [placed, front, vertical, palette, t],
  );
  const options = useMemo((): ChartOptions<'scatter'> => {
    const scale = (axis: Axis) => ({
      type: 'linear' as const,
      ...(axis === 'accuracy' ? shareBounds(placed.map((point) => point.accuracy ?? 0)) : { grace: '12%' }),
      title: { display: true, text: axis === 'accuracy' && !labelled ? t('axis.agreement') : t(`axis.${axis}`) },
      ticks: {
        maxTicksLimit: 6,
        callback: (value: string | number, _index: number, ticks: readonly { readonly value: number }[]) =>
          axis === 'accuracy' ? shareTick(Number(value), ticks) : formats[axis](Number(value)),
      },
    });
    return {
      scales: { x: scale(horizontal), y: scale(vertical) },
      plugins: {
        legend: { display: false },
        pointLabels: { labels: placed.map((point) => point.label), color: palette.text },
        tooltip: {
          filter: (item) => item.datasetIndex === 0,
          callbacks: {
            label: (item) => {
              const point = placed[item.dataIndex];
              if (point === undefined) return '';
              const accuracy = point.accuracy === null ? '' : `, ${formatShare(point.accuracy)}`;
              return `${point.label}: ${formatBytes(point.size)}, ${formatMs(point.latency)}${accuracy}`;
            },
          },
        },
      },
    };
  }, [horizontal, vertical, placed, labelled, palette, t]);
  const columns = useMemo(
    (): TableColumn<ScatterPoint>[] => [
      { id: 'run', header: t('column.run'), width: 110, grow: 1, value: (point) => point.label },
      ...shownAxes.map((axis): TableColumn<ScatterPoint> => ({
        id: axis,
        header: axis === 'accuracy' && !labelled ? t('axis.agreement') : t(`axis.${axis}`),
        width: 96,
        align: 'end',
        value: (point) => point[axis],
        render: (point) => (point[axis] === null ? '–' : formats[axis](point[axis])),
      })),
      {
        id: 'front',
        header: t('compare.onFront'),
        definition: t('compare.frontDefinition'),
        width: 130,
        value: (point) => bestOfThree.has(point.id),
        render: (point) => (bestOfThree.has(point.id) ? t('common.yes') : ''),
      },
    ],
    [t, labelled, shownAxes, bestOfThree],
  );
  return (
    <Chart
      title={t('compare.scatter')}
      definition={t('compare.frontDefinition')}
      summary={t('compare.frontSummary', { runs: front.map((point) => point.label).join(', ') })}
      config={{ type: 'scatter', data, options }}
      columns={columns}
      rows={points}
      rowId={(point) => point.id}
      height={260}
      actions={
        ranksClasses && (
          <SegmentedControl
            size="xs"
            aria-label={t('compare.axes')}
            value={view}
            data={Object.keys(views).map((value) => ({ value, label: t(`compare.view.${value as View}`) }))}
            onChange={(value) =>
              setView(value === 'sizeAccuracy' || value === 'sizeLatency' ? value : 'latencyAccuracy')
            }
          />
        )
      }
    />
  );
}
