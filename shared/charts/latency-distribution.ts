import type { ChartConfiguration } from 'chart.js';
import type { RunDocument } from '../run.ts';
import { formatMs } from '../units.ts';
import { axisTitle, baseOptions, type ChartStyle, type ChartTexts, legendOf, tickStyle } from './chart-style.ts';

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

const toSorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/**
 * Where the time axis ends: a few iterations that another program interrupted must not squeeze the rest into one bar.
 * What lies beyond is said by `shareBeyondAxis`.
 */
export function latencyAxisEndMs({ latency }: RunDocument): number {
  const ends = (['before', 'after'] as const).map((side) => {
    const sorted = toSorted(latency[side].samplesMs);
    return Math.min(quantile(sorted, 0.995), 2.5 * quantile(sorted, 0.5));
  });
  return Math.max(...ends) * 1.02;
}

/** Share of all iterations that took longer than the time axis reaches. */
export function shareBeyondAxis(document: RunDocument): number {
  const end = latencyAxisEndMs(document);
  const all = [...document.latency.before.samplesMs, ...document.latency.after.samplesMs];
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

/** How long one inference took, both models on one axis, medians dashed. */
export function buildLatencyDistributionChart(
  document: RunDocument,
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'scatter'> {
  const { before, after } = document.latency;
  const end = latencyAxisEndMs(document);
  const first = Math.min(...before.samplesMs, ...after.samplesMs);
  const start = Number.isFinite(first) ? Math.max(0, first - (end - first) * 0.03) : 0;
  const outlines = {
    before: outlineHistogram(before.samplesMs, start, end),
    after: outlineHistogram(after.samplesMs, start, end),
  };
  const top = Math.max(...outlines.before.map(({ y }) => y), ...outlines.after.map(({ y }) => y), 1e-9);
  const area = (side: 'before' | 'after') => ({
    label: `${texts[side]} (${texts.median} ${formatMs(document.latency[side].medianMs)})`,
    data: outlines[side],
    showLine: true,
    pointRadius: 0,
    borderWidth: 1,
    borderColor: style.colors[side],
    backgroundColor: `${style.colors[side]}55`,
    fill: 'origin' as const,
  });
  const median = (side: 'before' | 'after') => ({
    label: '',
    data: [
      { x: document.latency[side].medianMs, y: 0 },
      { x: document.latency[side].medianMs, y: top * 1.05 },
    ],
    showLine: true,
    pointRadius: 0,
    borderWidth: 1.25,
    borderColor: style.colors[side],
    borderDash: [3, 2],
    fill: false,
  });
  const legend = legendOf(style);
  return {
    type: 'scatter',
    data: { datasets: [area('before'), area('after'), median('before'), median('after')] },
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
          max: top * 1.05,
          title: axisTitle(texts.shareOfIterations, style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), maxTicksLimit: 5, includeBounds: false },
        },
      },
    },
  };
}
