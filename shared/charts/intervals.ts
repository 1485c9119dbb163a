import type { ChartConfiguration } from 'chart.js';
import type { Interval95 } from '../run.ts';
import { axisTitle, baseOptions, type ChartStyle, noLegend, tickStyle } from './chart-style.ts';
import './end-labels-plugin.ts';
import './markers-plugin.ts';

export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  readonly ci95: Interval95 | null;
  readonly role: 'before' | 'after';
  /** The figure in words, written behind the interval. */
  readonly text: string;
}

const unitSigns = ({ timesSign }: ChartStyle) => ({ '%': ' %', x: timesSign, dB: ' dB', '': '' }) as const;

/** Values with their 95 % intervals, one line each: what overlaps is not told apart. */
export function buildIntervalChart(
  rows: readonly IntervalRow[],
  axis: { readonly title: string; readonly reference: number | null; readonly unit: '%' | 'x' | 'dB' | '' },
  style: ChartStyle,
): ChartConfiguration<'bar' | 'line', ([number, number] | number)[]> {
  const values = rows.flatMap((row) => [row.value, ...(row.ci95 ?? [])]);
  if (axis.reference !== null) values.push(axis.reference);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low) * 0.12 || Math.max(0.05, Math.abs(high) * 0.05);
  const min = low - room;
  const max = high + room * 3.6;
  /** No share is larger; the axis goes on for the labels only. */
  const lastTick = axis.unit === '%' ? 100 : Infinity;
  const { reference } = axis;
  return {
    type: 'bar',
    data: {
      labels: rows.map((row) => row.label),
      datasets: [
        {
          type: 'line',
          data: rows.map((row) => row.value),
          showLine: false,
          pointRadius: 3.5,
          pointBorderWidth: 1,
          pointBorderColor: style.colors.surface,
          pointBackgroundColor: rows.map((row) => style.colors[row.role]),
          backgroundColor: style.colors.after,
        },
        {
          type: 'bar',
          data: rows.map((row): [number, number] => row.ci95 ?? [row.value, row.value]),
          backgroundColor: rows.map((row) => style.colors[row.role]),
          barThickness: 2.5,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      plugins: {
        ...noLegend,
        markers: {
          lines:
            reference === null ? [] : [{ axis: 'x', value: reference, color: style.colors.mutedInk, dashed: true }],
        },
        endLabels: {
          labels: rows.map((row) => ({ text: row.text, value: Math.max(row.value, row.ci95?.[1] ?? row.value) })),
          color: style.colors.ink,
        },
      },
      scales: {
        x: {
          type: 'linear',
          min,
          max,
          title: axisTitle(axis.title, style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: {
            ...tickStyle(style),
            maxTicksLimit: 8,
            includeBounds: false,
            callback: (value) =>
              Number(value) > lastTick ? null : `${Number(Number(value).toPrecision(5))}${unitSigns(style)[axis.unit]}`,
          },
        },
        y: {
          type: 'category',
          offset: true,
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), color: style.colors.ink, autoSkip: false },
        },
      },
    },
  };
}
