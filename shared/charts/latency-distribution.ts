import type { ChartConfiguration } from 'chart.js';
import { timedVariants } from '../events.ts';
import type { Latency } from '../run.ts';
import { formatMs } from '../units.ts';
import { axisTitle, baseOptions, type ChartStyle, legendOf, tickStyle } from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';

/** One model's iterations. */
export interface LatencySeries {
  readonly name: string;
  readonly samplesMs: readonly number[];
  readonly medianMs: number;
  readonly color: string;
  /** Canvas line dashes; several lines are told apart by them where colours do not reach. */
  readonly dash?: readonly number[];
}

/** All models of a run, in the colours they have everywhere; the float model as prepared where it was timed apart. */
export function latencySeriesOf(latency: Latency, style: ChartStyle, texts: ChartTexts): LatencySeries[] {
  return timedVariants.flatMap((variant): LatencySeries[] => {
    const side = latency[variant];
    if (side === null) return [];
    const { samplesMs, medianMs } = side;
    const dash = variant === 'prepared' ? { dash: [5, 3] } : {};
    return [{ name: texts[variant], samplesMs, medianMs, color: style.colors[variant], ...dash }];
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

/**
 * Where the time axis ends: a few iterations that another program interrupted must not squeeze the rest into one bar.
 * What lies beyond is said by `shareBeyondAxis`.
 */
function axisEndMs(sets: readonly (readonly number[])[]): number {
  const ends = sets.map((set) => {
    const sorted = set.toSorted((a, b) => a - b);
    return Math.min(quantile(sorted, 0.995), 2.5 * quantile(sorted, 0.5));
  });
  return Math.max(...ends) * 1.02;
}

/** Share of all iterations that took longer than the time axis reaches. */
export function shareBeyondAxis(sets: readonly (readonly number[])[]): number {
  const end = axisEndMs(sets);
  const all = sets.flat();
  return all.length === 0 ? 0 : all.filter((sample) => sample > end).length / all.length;
}

const histogramBins = 80;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The outline of a histogram: two points per bin, so that a plain line draws steps and fills down to zero. */
function outlineHistogram(samplesMs: readonly number[], start: number, end: number): Point[] {
  const counts = Array<number>(histogramBins).fill(0);
  for (const sample of samplesMs) {
    if (sample < start || sample > end) continue;
    const bin = Math.min(histogramBins - 1, Math.floor(((sample - start) / (end - start)) * histogramBins));
    counts[bin]! += 1;
  }
  const width = (end - start) / histogramBins;
  return counts.flatMap((count, bin) => {
    const y = (100 * count) / Math.max(1, samplesMs.length);
    return [
      { x: start + bin * width, y },
      { x: start + (bin + 1) * width, y },
    ];
  });
}

/**
 * How long one inference took, all models on one axis, their medians as long dashes. Shares are of all iterations, those
 * beyond the axis too. The datasets are the outlines first, then the medians.
 */
export function buildLatencyDistributionChart(
  series: readonly LatencySeries[],
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'scatter'> {
  const sets = series.map(({ samplesMs }) => samplesMs);
  const end = axisEndMs(sets);
  const first = sets.flat().reduce((least, sample) => Math.min(least, sample), Infinity);
  const start = Number.isFinite(first) ? Math.max(0, first - (end - first) * 0.03) : 0;
  const outlines = sets.map((samplesMs) => outlineHistogram(samplesMs, start, end));
  const top = outlines.flat().reduce((most, { y }) => Math.max(most, y), 1e-9) * 1.05;
  const areas = series.map(({ name, medianMs, color, dash }, index) => ({
    label: `${name} (${texts.median} ${formatMs(medianMs)})`,
    data: outlines[index]!,
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 6,
    borderWidth: dash === undefined ? 1 : 1.5,
    borderColor: color,
    borderDash: [...(dash ?? [])],
    backgroundColor: `${color}${dash === undefined ? '55' : '26'}`,
    fill: 'origin' as const,
  }));
  const medians = series.map(({ medianMs, color }) => ({
    label: '',
    data: [
      { x: medianMs, y: 0 },
      { x: medianMs, y: top },
    ],
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 0,
    borderWidth: 1.25,
    borderColor: color,
    borderDash: [3, 2],
    fill: false,
  }));
  const legend = legendOf(style);
  return {
    type: 'scatter',
    data: { datasets: [...areas, ...medians] },
    options: {
      ...baseOptions(style),
      plugins: { legend: { ...legend, labels: { ...legend.labels, filter: (item) => item.text !== '' } } },
      scales: {
        x: {
          type: 'linear',
          min: start,
          max: end,
          title: axisTitle(texts.latencyMs, style),
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), maxTicksLimit: 9, includeBounds: false },
        },
        y: {
          min: 0,
          max: top,
          title: axisTitle(texts.shareOfIterations, style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), maxTicksLimit: 5, includeBounds: false },
        },
      },
    },
  };
}
