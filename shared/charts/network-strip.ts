import type { ChartConfiguration } from 'chart.js';
import { isReduced, precisionOf } from '../precision.ts';
import type { Layer, RunDocument } from '../run.ts';
import { formatMs } from '../units.ts';
import { axisTitle, baseOptions, type ChartStyle, legendOf, tickStyle } from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';
import './hatch-plugin.ts';

/** What one layer takes of one of both models, in the order of the graph. */
export interface StripSegment {
  readonly side: 'before' | 'after';
  /** The one that took longest, where neighbours too narrow to be seen share a segment; null for what was traced to no layer. */
  readonly layer: Layer | null;
  /** How many share it. */
  readonly layerCount: number;
  /** Behind the times of all before it. */
  readonly startMs: number;
  readonly endMs: number;
  /** dB, as `NetworkStrip.error` says, the worst of those that share it; null where there is none, and always before. */
  readonly errorDb: number | null;
  /** In the compressed model it is computed in float. */
  readonly isFloat: boolean;
}

export interface NetworkStrip {
  /** Those of the original first. */
  readonly segments: readonly StripSegment[];
  readonly beforeMs: number;
  readonly afterMs: number;
  /** `introduced` by the layer alone where that was measured, else what is `inherited` is in it; null where neither was. */
  readonly error: 'introduced' | 'inherited' | null;
}

/** Of the longer bar: narrower ones share a segment, so that 5,000 layers are no more to draw than can be seen. */
const leastShare = 1 / 600;

function errorKindOf(layers: readonly Layer[]): NetworkStrip['error'] {
  if (layers.some(({ introducedSqnrDb }) => introducedSqnrDb !== null)) return 'introduced';
  return layers.some(({ sqnrDb }) => sqnrDb !== null) ? 'inherited' : null;
}

function worstOf(left: number | null, right: number | null): number | null {
  return left === null ? right : right === null ? left : Math.min(left, right);
}

interface Timed {
  readonly layer: Layer;
  readonly ms: number;
}

function timedOf(layers: readonly Layer[], side: StripSegment['side']): { timed: Timed[]; sumMs: number } {
  const timed = layers.flatMap((layer) => {
    const ms = side === 'before' ? layer.latencyBeforeMs : layer.latencyAfterMs;
    return ms === null || ms === 0 ? [] : [{ layer, ms }];
  });
  return { timed, sumMs: timed.reduce((sum, { ms }) => sum + ms, 0) };
}

function segmentsOf(
  timed: readonly Timed[],
  side: StripSegment['side'],
  error: NetworkStrip['error'],
  leastMs: number,
): StripSegment[] {
  const segments: StripSegment[] = [];
  let widestMs = 0;
  for (const { layer, ms } of timed) {
    const last = segments.at(-1);
    const isShared = last !== undefined && last.endMs - last.startMs < leastMs && ms < leastMs;
    const leads = !isShared || ms > widestMs;
    if (leads) widestMs = ms;
    const errorDb =
      side === 'before' || error === null ? null : error === 'introduced' ? layer.introducedSqnrDb : layer.sqnrDb;
    const startMs = isShared ? last.startMs : (last?.endMs ?? 0);
    if (isShared) segments.pop();
    segments.push({
      side,
      layer: leads ? layer : last.layer,
      layerCount: isShared ? last.layerCount + 1 : 1,
      startMs,
      endMs: (last?.endMs ?? 0) + ms,
      errorDb: isShared ? worstOf(last.errorDb, errorDb) : errorDb,
      isFloat: leads ? side === 'after' && !isReduced(precisionOf(layer)) : last.isFloat,
    });
  }
  return segments;
}

/** What was traced to no layer, behind the others. */
function restOf(side: StripSegment['side'], startMs: number, ms: number): StripSegment[] {
  if (ms === 0) return [];
  return [{ side, layer: null, layerCount: 0, startMs, endMs: startMs + ms, errorDb: null, isFloat: false }];
}

/** Both models as bars of time: every layer as wide as it took under profiling. Null where no layer was timed. */
export function stripOf({ layers, profile }: Pick<RunDocument, 'layers' | 'profile'>): NetworkStrip | null {
  const error = errorKindOf(layers);
  const [before, after] = [timedOf(layers, 'before'), timedOf(layers, 'after')];
  if (before.sumMs === 0 || after.sumMs === 0) return null;
  const beforeMs = before.sumMs + profile.beforeUnattributedMs;
  const afterMs = after.sumMs + profile.afterUnattributedMs;
  const leastMs = leastShare * Math.max(beforeMs, afterMs);
  return {
    segments: [
      ...segmentsOf(before.timed, 'before', error, leastMs),
      ...restOf('before', before.sumMs, profile.beforeUnattributedMs),
      ...segmentsOf(after.timed, 'after', error, leastMs),
      ...restOf('after', after.sumMs, profile.afterUnattributedMs),
    ],
    beforeMs,
    afterMs,
    error,
  };
}

/** SQNR from which on an error is that of the band; the last band is what remains: a tenth of a signal is error, and more. */
const bandsDb = [40, 30, 20];

const bandNames = ['≥ 40 dB', '30–40 dB', '20–30 dB', '< 20 dB'];

function bandOf(errorDb: number): number {
  const band = bandsDb.findIndex((leastDb) => errorDb >= leastDb);
  return band === -1 ? bandsDb.length : band;
}

/** Narrower ones have no line between them, which would be all that is seen of them. */
const leastLinedShare = 0.008;

type Bar = { readonly x: [number, number]; readonly y: string };

export type StripTexts = Pick<ChartTexts, 'before' | 'after'> & {
  readonly layerMs: string;
  readonly float: string;
  /** Of a layer without a figure of its error. */
  readonly noError: string;
  readonly inNoLayer: string;
};

/**
 * The whole network as two bars on one axis: width is time, colour the error, hatched what is computed in float. Elements are those of
 * `strip.segments`, in one dataset; the others are the legend's.
 */
export function buildNetworkStrip(
  strip: NetworkStrip,
  style: ChartStyle,
  texts: StripTexts,
): ChartConfiguration<'bar', Bar[]> {
  const { segments, beforeMs, afterMs } = strip;
  const { colors } = style;
  const colorOf = ({ side, layer, errorDb }: StripSegment): string => {
    if (layer === null) return colors.rest;
    if (side === 'before') return colors.before;
    return errorDb === null ? colors.unknown : colors.errors[bandOf(errorDb)]!;
  };
  const longestMs = Math.max(beforeMs, afterMs);
  const after = segments.filter(({ side, layer }) => side === 'after' && layer !== null);
  const bands = new Set(after.flatMap(({ errorDb }) => (errorDb === null ? [] : [bandOf(errorDb)])));
  const legend = [
    ...bandNames.flatMap((label, band) => (bands.has(band) ? [{ label, color: colors.errors[band]! }] : [])),
    ...(after.some(({ errorDb }) => errorDb === null) ? [{ label: texts.noError, color: colors.unknown }] : []),
    ...(segments.some(({ layer }) => layer === null) ? [{ label: texts.inNoLayer, color: colors.rest }] : []),
    ...(after.some(({ isFloat }) => isFloat) ? [{ label: texts.float, color: colors.surface }] : []),
  ];
  return {
    type: 'bar',
    data: {
      labels: [texts.before, texts.after],
      datasets: [
        {
          label: '',
          data: segments.map(({ side, startMs, endMs }) => ({ x: [startMs, endMs], y: texts[side] })),
          backgroundColor: segments.map(colorOf),
          borderColor: colors.surface,
          borderWidth: segments.map(({ startMs, endMs }) => ({
            right: endMs - startMs > leastLinedShare * longestMs ? 0.75 : 0,
          })),
          borderSkipped: false,
          grouped: false,
          barPercentage: 1,
          categoryPercentage: 0.82,
        },
        ...legend.map(({ label, color }) => ({ label, data: [], backgroundColor: color })),
      ],
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      interaction: { mode: 'nearest', axis: 'xy', intersect: true },
      plugins: {
        legend: {
          ...legendOf(style),
          onClick: () => undefined,
          labels: { ...legendOf(style).labels, filter: ({ datasetIndex }) => datasetIndex !== 0 },
        },
        hatch: {
          hatched: segments.map(({ isFloat }) => isFloat),
          legendItem: after.some(({ isFloat }) => isFloat) ? legend.length - 1 : null,
          color: colors.ink,
        },
      },
      scales: {
        x: {
          min: 0,
          max: longestMs,
          title: axisTitle(texts.layerMs, style),
          grid: { color: colors.grid },
          border: { display: false },
          ticks: {
            ...tickStyle(style),
            maxTicksLimit: 8,
            includeBounds: false,
            callback: (value) => formatMs(Number(value)).replace(/\.0+ /, ' '),
          },
        },
        y: {
          grid: { display: false },
          border: { display: false },
          ticks: { ...tickStyle(style), color: colors.ink },
        },
      },
    },
  };
}
