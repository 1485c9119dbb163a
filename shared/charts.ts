import type { Chart, ChartConfiguration, LogarithmicScale, Plugin } from 'chart.js';
import type { Interval95, Layer, RunDocument } from './run.ts';
import { formatBytes, formatMs, formatRatio } from './units.ts';

/**
 * Every chart of Vernier as data: pure functions from run documents to Chart.js configurations, drawn by the window on a
 * canvas and by reports as SVG. Whoever draws decides about size, animation and responsiveness.
 */

/** Safe for the common kinds of colour blindness: roles differ in lightness, one accent, and orange only for "worse". */
export interface ChartColors {
  readonly ink: string;
  readonly mutedInk: string;
  readonly grid: string;
  readonly surface: string;
  readonly before: string;
  /** The accent. */
  readonly after: string;
  readonly worse: string;
  /** Parts of a whole, from dark to light. */
  readonly parts: readonly string[];
}

export const lightChartColors: ChartColors = {
  ink: '#1c2530',
  mutedInk: '#5a6675',
  grid: '#e3e7ec',
  surface: '#ffffff',
  before: '#98a2b0',
  after: '#1763a6',
  worse: '#c2570c',
  parts: ['#123f6b', '#2f7fc1', '#7db4de', '#bcd8ee', '#98a2b1', '#d5dae0'],
};

export interface ChartStyle {
  readonly colors: ChartColors;
  readonly fontFamily: string;
  readonly fontSizePx: number;
}

/** The words in a chart, in the reader's language. */
export interface ChartTexts {
  readonly before: string;
  readonly after: string;
  readonly latencyMs: string;
  readonly shareOfIterations: string;
  readonly median: string;
  readonly speedup: string;
  readonly otherLayers: string;
  /** Bytes of a model file that belong to no layer: scales, graph, metadata. */
  readonly restOfFile: string;
  readonly layerInGraphOrder: string;
  readonly outputSqnrDb: string;
}

function baseOptions(style: ChartStyle) {
  return {
    color: style.colors.mutedInk,
    font: { family: style.fontFamily, size: style.fontSizePx },
    layout: { padding: 2 },
  };
}

function axisTitle(text: string, style: ChartStyle) {
  return {
    display: true,
    text,
    color: style.colors.mutedInk,
    font: { family: style.fontFamily, size: style.fontSizePx },
  };
}

function tickStyle(style: ChartStyle) {
  return { color: style.colors.mutedInk, font: { family: style.fontFamily, size: style.fontSizePx } };
}

function legendOf(style: ChartStyle) {
  return {
    display: true,
    position: 'top' as const,
    align: 'start' as const,
    labels: {
      color: style.colors.ink,
      boxWidth: style.fontSizePx,
      boxHeight: style.fontSizePx * 0.7,
      padding: style.fontSizePx,
      font: { family: style.fontFamily, size: style.fontSizePx },
    },
  };
}

const noLegend = { legend: { display: false } };

/** Long layer names keep their ends: the beginning says which block, the end which layer of it. */
export function shortenMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = Math.ceil((maxLength - 1) * 0.35);
  return `${text.slice(0, head)}…${text.slice(text.length - (maxLength - 1 - head))}`;
}

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

/** Writes a short text behind the end of every bar. */
function barEndLabels(labels: readonly string[], style: ChartStyle): Plugin<'bar'> {
  return {
    id: 'barEndLabels',
    afterDatasetsDraw: (chart: Chart<'bar'>) => {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `${style.fontSizePx}px ${style.fontFamily}`;
      ctx.fillStyle = style.colors.ink;
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      chart.getDatasetMeta(0).data.forEach((bar, index) => {
        const { x, y, base } = bar.getProps(['x', 'y', 'base'], true) as { x: number; y: number; base: number };
        ctx.fillText(labels[index] ?? '', Math.max(x, base) + 4, y);
      });
      ctx.restore();
    },
  };
}

/** Layers whose time is known on both sides, the ones that took longest in the original first. */
export function slowestLayers(document: RunDocument, count: number): Layer[] {
  return document.layers
    .filter((layer) => (layer.latencyBeforeMs ?? 0) > 0 && (layer.latencyAfterMs ?? 0) > 0)
    .toSorted((a, b) => b.latencyBeforeMs! - a.latencyBeforeMs!)
    .slice(0, count);
}

const ratioTicks = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32];

function setRatioTicks(axis: unknown): void {
  const scale = axis as LogarithmicScale;
  scale.ticks = ratioTicks.filter((value) => value >= scale.min && value <= scale.max).map((value) => ({ value }));
}

function formatTickRatio(value: number | string): string {
  return `${Number(value) < 1 ? `1/${Math.round(1 / Number(value))}` : String(value)}x`;
}

/** before / after per layer around 1x, on a logarithmic axis so that twice as fast and half as fast look alike. */
export function buildLayerSpeedupChart(
  layers: readonly Layer[],
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'bar', [number, number][]> {
  const ratios = layers.map((layer) => layer.latencyBeforeMs! / layer.latencyAfterMs!);
  const lowest = Math.min(1, ...ratios);
  const highest = Math.max(1, ...ratios);
  const labels = layers.map(
    (layer, index) =>
      `${formatRatio(ratios[index]!)}   ${formatMs(layer.latencyBeforeMs)} → ${formatMs(layer.latencyAfterMs)}`,
  );
  return {
    type: 'bar',
    data: {
      labels: layers.map((layer) => shortenMiddle(layer.name, 38)),
      datasets: [
        {
          label: texts.speedup,
          data: ratios.map((ratio): [number, number] => (ratio >= 1 ? [1, ratio] : [ratio, 1])),
          backgroundColor: ratios.map((ratio) => (ratio >= 1 ? style.colors.after : style.colors.worse)),
          barPercentage: 0.72,
          categoryPercentage: 0.9,
          minBarLength: 1,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      plugins: noLegend,
      scales: {
        x: {
          type: 'logarithmic',
          min: Math.min(0.8, lowest * 0.9),
          // Room for the figures behind the longest bar.
          max: highest * Math.max(1.6, (highest / Math.min(0.8, lowest)) ** 0.45),
          title: axisTitle(texts.speedup, style),
          afterBuildTicks: setRatioTicks,
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), callback: formatTickRatio },
        },
        y: {
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), color: style.colors.ink, autoSkip: false },
        },
      },
    },
    plugins: [barEndLabels(labels, style)],
  };
}

export interface SizeKind {
  readonly kind: 'operator' | 'other-layers' | 'rest-of-file';
  /** Empty for the two sums. */
  readonly opType: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Stored bytes by op type, largest first, and what of the files belongs to no layer. */
export function sumSizeByKind(document: RunDocument, maxKinds = 4): SizeKind[] {
  const kinds = new Map<string, { bytesBefore: number; bytesAfter: number }>();
  for (const layer of document.layers) {
    if (layer.bytesBefore === 0 && layer.bytesAfter === 0) continue;
    const kind = kinds.get(layer.opType) ?? { bytesBefore: 0, bytesAfter: 0 };
    kind.bytesBefore += layer.bytesBefore;
    kind.bytesAfter += layer.bytesAfter;
    kinds.set(layer.opType, kind);
  }
  const sorted = [...kinds].toSorted((a, b) => b[1].bytesBefore - a[1].bytesBefore || a[0].localeCompare(b[0], 'en'));
  const shown: SizeKind[] = sorted
    .slice(0, maxKinds)
    .map(([opType, bytes]) => ({ kind: 'operator', opType, ...bytes }));
  const others = sorted.slice(maxKinds).map(([, bytes]) => bytes);
  if (others.length > 0) {
    shown.push({
      kind: 'other-layers',
      opType: '',
      bytesBefore: others.reduce((sum, bytes) => sum + bytes.bytesBefore, 0),
      bytesAfter: others.reduce((sum, bytes) => sum + bytes.bytesAfter, 0),
    });
  }
  const { original, compressed } = document.model;
  // Tied weights count at every layer that uses them, so the layers may add up to more than the file.
  shown.push({
    kind: 'rest-of-file',
    opType: '',
    bytesBefore: Math.max(0, original.sizeBytes - shown.reduce((sum, kind) => sum + kind.bytesBefore, 0)),
    bytesAfter: Math.max(0, compressed.sizeBytes - shown.reduce((sum, kind) => sum + kind.bytesAfter, 0)),
  });
  return shown;
}

export function nameSizeKind(kind: SizeKind, texts: ChartTexts): string {
  if (kind.kind === 'rest-of-file') return texts.restOfFile;
  return kind.kind === 'other-layers' ? texts.otherLayers : kind.opType;
}

/** What the bytes of both files are, one stacked bar each. */
export function buildSizeByKindChart(
  document: RunDocument,
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'bar'> {
  const kinds = sumSizeByKind(document);
  const { parts } = style.colors;
  return {
    type: 'bar',
    data: {
      labels: [texts.before, texts.after],
      datasets: kinds.map((kind, index) => ({
        label: nameSizeKind(kind, texts),
        data: [kind.bytesBefore, kind.bytesAfter],
        backgroundColor: kind.kind === 'rest-of-file' ? parts.at(-1)! : parts[index % (parts.length - 1)]!,
        borderColor: style.colors.surface,
        borderWidth: { left: 0, right: 0.75 },
        borderSkipped: false,
        barPercentage: 0.8,
        categoryPercentage: 0.85,
      })),
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      plugins: { legend: legendOf(style) },
      scales: {
        x: {
          stacked: true,
          min: 0,
          max: Math.max(document.model.original.sizeBytes, document.model.compressed.sizeBytes) * 1.02,
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: {
            ...tickStyle(style),
            maxTicksLimit: 7,
            includeBounds: false,
            callback: (value) => formatBytes(Number(value)).replace(/\.0+ /, ' '),
          },
        },
        y: {
          stacked: true,
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), color: style.colors.ink },
        },
      },
    },
  };
}

/** How exactly every layer's output is kept, in the order of the graph; higher is better. Null without any figure. */
export function buildLayerSqnrChart(
  document: RunDocument,
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'scatter'> | null {
  const points = document.layers.flatMap((layer, index) =>
    layer.sqnrDb === null ? [] : [{ x: index + 1, y: layer.sqnrDb }],
  );
  if (points.length < 2) return null;
  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          label: texts.outputSqnrDb,
          data: points,
          showLine: true,
          borderWidth: points.length > 400 ? 0.6 : 1.25,
          borderColor: style.colors.after,
          backgroundColor: style.colors.after,
          pointRadius: points.length > 120 ? 0 : 2,
          pointBorderWidth: 0,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      plugins: noLegend,
      scales: {
        x: {
          min: 0,
          max: document.layers.length + 1,
          title: axisTitle(texts.layerInGraphOrder, style),
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), maxTicksLimit: 12, precision: 0, includeBounds: false },
        },
        y: {
          title: axisTitle(texts.outputSqnrDb, style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), maxTicksLimit: 6 },
        },
      },
    },
  };
}

export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  readonly ci95: Interval95 | null;
  readonly role: 'before' | 'after';
  /** The figure in words, written behind the interval. */
  readonly text: string;
}

/** Values with their 95 % intervals, one line each: what overlaps is not told apart. */
export function buildIntervalChart(
  rows: readonly IntervalRow[],
  axis: { readonly title: string; readonly reference: number | null; readonly unit: '%' | 'x' },
  style: ChartStyle,
): ChartConfiguration<'bar' | 'line', ([number, number] | number)[]> {
  const values = rows.flatMap((row) => [row.value, ...(row.ci95 ?? [])]);
  if (axis.reference !== null) values.push(axis.reference);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low) * 0.12 || Math.max(0.05, Math.abs(high) * 0.05);
  const min = low - room;
  const max = high + room * 3.6;
  const { reference } = axis;
  const referenceLine: Plugin<'bar' | 'line'> = {
    id: 'referenceLine',
    beforeDatasetsDraw: (chart) => {
      if (reference === null) return;
      const { ctx, chartArea } = chart;
      const x = chart.scales['x']!.getPixelForValue(reference);
      ctx.save();
      ctx.strokeStyle = style.colors.mutedInk;
      ctx.lineWidth = 1;
      ctx.setLineDash([3, 2]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
  const endLabels: Plugin<'bar' | 'line'> = {
    id: 'intervalLabels',
    afterDatasetsDraw: (chart) => {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `${style.fontSizePx}px ${style.fontFamily}`;
      ctx.fillStyle = style.colors.ink;
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      rows.forEach((row, index) => {
        const x = chart.scales['x']!.getPixelForValue(Math.max(row.value, row.ci95?.[1] ?? row.value));
        ctx.fillText(row.text, x + 8, chart.scales['y']!.getPixelForValue(index));
      });
      ctx.restore();
    },
  };
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
      plugins: noLegend,
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
            callback: (value) => `${Number(Number(value).toFixed(4))}${axis.unit === '%' ? ' %' : 'x'}`,
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
    plugins: [referenceLine, endLabels],
  };
}
