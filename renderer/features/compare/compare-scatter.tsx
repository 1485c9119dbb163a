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
  readonly accuracy: number;
}

const axes = ['size', 'latency', 'accuracy'] as const;
type Axis = (typeof axes)[number];
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

function objective(axis: Axis): Objective<ScatterPoint> {
  return { value: (point) => point[axis], better: axis === 'accuracy' ? 'higher' : 'lower' };
}

/** Size, latency and accuracy against each other; the line joins the runs no other run beats in both. */
export function CompareScatter({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const [view, setView] = useState<View>('latencyAccuracy');
  const [horizontal, vertical] = views[view] ?? ['latency', 'accuracy'];
  const labelled = runs.every((run) => run.document.accuracy.after !== null);
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
          accuracy: labelled ? (accuracy.before?.value ?? 0) : 1,
        });
      }
      return {
        id: run.runId,
        label: run.letter,
        color: run.color,
        isOriginal: false,
        size: model.compressed.sizeBytes,
        latency: latency.after.medianMs,
        accuracy: labelled ? (accuracy.after?.value ?? 0) : accuracy.agreement.top1,
      };
    });
    return [...compressed, ...originals.values()];
  }, [runs, labelled, palette, t]);
  const front = useMemo(
    () =>
      paretoFront(points, [objective(horizontal), objective(vertical)]).sort(
        (left, right) => left[horizontal] - right[horizontal],
      ),
    [points, horizontal, vertical],
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
          data: points.map((point) => ({ x: point[horizontal], y: point[vertical] })),
          pointRadius: 6,
          pointHoverRadius: 8,
          pointStyle: points.map((point) => (point.isOriginal ? 'rect' : 'circle')),
          pointBackgroundColor: points.map((point) => point.color),
          pointBorderColor: palette.surface,
          pointBorderWidth: 1,
        },
        {
          label: t('compare.front'),
          data: front.map((point) => ({ x: point[horizontal], y: point[vertical] })),
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
    [points, front, horizontal, vertical, palette, t],
  );
  const options = useMemo((): ChartOptions<'scatter'> => {
    const scale = (axis: Axis) => ({
      type: 'linear' as const,
      ...(axis === 'accuracy' ? shareBounds(points.map((point) => point.accuracy)) : { grace: '12%' }),
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
        pointLabels: { labels: points.map((point) => point.label), color: palette.text },
        tooltip: {
          filter: (item) => item.datasetIndex === 0,
          callbacks: {
            label: (item) => {
              const point = points[item.dataIndex];
              return point === undefined
                ? ''
                : `${point.label}: ${formatBytes(point.size)}, ${formatMs(point.latency)}, ${formatShare(point.accuracy)}`;
            },
          },
        },
      },
    };
  }, [horizontal, vertical, points, labelled, palette, t]);
  const columns = useMemo(
    (): TableColumn<ScatterPoint>[] => [
      { id: 'run', header: t('column.run'), width: 110, grow: 1, value: (point) => point.label },
      ...axes.map((axis): TableColumn<ScatterPoint> => ({
        id: axis,
        header: axis === 'accuracy' && !labelled ? t('axis.agreement') : t(`axis.${axis}`),
        width: 96,
        align: 'end',
        value: (point) => point[axis],
        render: (point) => formats[axis](point[axis]),
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
    [t, labelled, bestOfThree],
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
        <SegmentedControl
          size="xs"
          aria-label={t('compare.axes')}
          value={view}
          data={Object.keys(views).map((value) => ({ value, label: t(`compare.view.${value as View}`) }))}
          onChange={(value) => setView(value === 'sizeAccuracy' || value === 'sizeLatency' ? value : 'latencyAccuracy')}
        />
      }
    />
  );
}
