import { takeApart } from './engine-texts/said.ts';
import { isReduced, precisionOf, type Precision } from './precision.ts';
import type { Layer, RunDocument } from './run.ts';

/*
 * Why a layer takes longer than it did: the first cause of a table whose evidence was measured. A pure function of the run
 * document, so that window, terminal and reports say the same.
 */

export type SlowCause =
  | { readonly kind: 'storedOnly' }
  /** Of the milliseconds it lost. */
  | { readonly kind: 'conversions' | 'layout'; readonly ms: number; readonly lostMs: number }
  | { readonly kind: 'notFused'; readonly conversionMs: number | null }
  | { readonly kind: 'noKernel'; readonly kernel: string }
  /** In float another layer did its work in passing. */
  | { readonly kind: 'alone'; readonly ms: number }
  | { readonly kind: 'manyRows'; readonly rows: number }
  | { readonly kind: 'exactInputs' }
  | { readonly kind: 'depthwise'; readonly groups: number }
  | { readonly kind: 'firstLayer'; readonly channels: number }
  | { readonly kind: 'tooSmall'; readonly beforeMs: number }
  | { readonly kind: 'memoryBound'; readonly macsPerByte: number }
  | { readonly kind: 'kernel'; readonly before: string; readonly after: string };

/** Noise of single layers stays below this ratio, and below some of the profiler's whole microseconds. */
const slowedRatio = 1.1;
const leastLostMs = 0.002;
/** What a call of a kernel costs, whatever it computes, is a large part of less than this. */
const tooSmallMs = 0.02;
/** Packed weights are unpacked for a row at a time: beyond so many rows a float product is as fast. */
const manyRows = 16;
/** Input channels below which int8 kernels, which take four at a time, compute mostly padding. */
const fewChannels = 4;
/** Multiply-accumulates for a byte that is read or written: below, the time is that of the memory. */
const leastMacsPerByte = 0.5;
/** The runtime computes in float what was planned otherwise. */
export function isUnfused({ reason, reasonSaid }: Pick<Layer, 'reason' | 'reasonSaid'>): boolean {
  return (reasonSaid ?? takeApart(reason))?.code === 'unfused';
}

interface Facts {
  readonly layer: Layer;
  readonly precision: Precision;
  readonly lostMs: number;
}

const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);

/** What was added of a part since the original; null where nobody took the time apart. */
function addedMs({ ran }: Layer, part: 'conversionMs' | 'layoutMs'): number | null {
  return ran?.after == null ? null : Math.max(0, ran.after[part] - (ran.before?.[part] ?? 0));
}

function byPart(kind: 'conversions' | 'layout', part: 'conversionMs' | 'layoutMs') {
  return ({ layer, lostMs }: Facts): SlowCause | null => {
    const ms = addedMs(layer, part);
    return ms !== null && ms >= lostMs / 2 ? { kind, ms: Math.min(ms, lostMs), lostMs } : null;
  };
}

/** In the order in which one explains another away. */
const causes: readonly ((facts: Facts) => SlowCause | null)[] = [
  ({ precision }) => (precision.expandsAtLoad ? { kind: 'storedOnly' } : null),
  ({ layer }) => (isUnfused(layer) ? { kind: 'notFused', conversionMs: addedMs(layer, 'conversionMs') } : null),
  byPart('conversions', 'conversionMs'),
  byPart('layout', 'layoutMs'),
  ({ layer: { ran, latencyBeforeMs, latencyAfterMs } }) =>
    latencyBeforeMs === null && ran?.before === null ? { kind: 'alone', ms: latencyAfterMs! } : null,
  ({ layer, precision }) =>
    isReduced(precision) && layer.macs > 0 && layer.ran?.after?.kernels.includes(layer.opType) === true
      ? { kind: 'noKernel', kernel: layer.opType }
      : null,
  ({ layer, precision }) => {
    if (precision.weights?.block == null || layer.outputShape === null) return null;
    const rows = product(layer.outputShape.slice(0, -1));
    if (rows >= manyRows) return { kind: 'manyRows', rows };
    return precision.activations === null ? { kind: 'exactInputs' } : null;
  },
  ({ layer, precision }) =>
    layer.groups > 1 && isReduced(precision) ? { kind: 'depthwise', groups: layer.groups } : null,
  ({ layer: { opType, inputShape }, precision }) => {
    const channels = inputShape?.[1];
    return isReduced(precision) && opType.includes('Conv') && channels !== undefined && channels <= fewChannels
      ? { kind: 'firstLayer', channels }
      : null;
  },
  ({ layer: { latencyBeforeMs } }) =>
    latencyBeforeMs !== null && latencyBeforeMs < tooSmallMs ? { kind: 'tooSmall', beforeMs: latencyBeforeMs } : null,
  ({ layer: { macs, macsKnown, bytesBefore, inputShape, outputShape }, precision }) => {
    if (!isReduced(precision) || !macsKnown || inputShape === null || outputShape === null) return null;
    const macsPerByte = macs / (4 * (product(inputShape) + product(outputShape)) + bytesBefore);
    return macsPerByte < leastMacsPerByte ? { kind: 'memoryBound', macsPerByte } : null;
  },
  ({ layer: { ran } }) => {
    const [before, after] = [ran?.before?.kernels.join(' + '), ran?.after?.kernels.join(' + ')];
    return before && after && before !== after ? { kind: 'kernel', before, after } : null;
  },
];

/** Milliseconds a layer loses; null where it loses none that can be told from noise. */
export function lostMsOf({ latencyBeforeMs, latencyAfterMs, ran }: Layer): number | null {
  if (latencyAfterMs === null) return null;
  if (latencyBeforeMs === null) return ran?.before === null && latencyAfterMs >= leastLostMs ? latencyAfterMs : null;
  const lost = latencyAfterMs - latencyBeforeMs;
  return latencyAfterMs > slowedRatio * latencyBeforeMs && lost >= leastLostMs ? lost : null;
}

/** Causes by the layer's name; layers that are not slower, and such whose cause nothing tells, are left out. */
export function slowCausesOf({ layers, profile }: Pick<RunDocument, 'layers' | 'profile'>): Map<string, SlowCause> {
  const found = new Map<string, SlowCause>();
  for (const layer of layers) {
    const lostMs = lostMsOf(layer);
    if (lostMs === null) continue;
    // Its time may be among those that could not be traced: then nobody knows whether it ran by itself.
    if (layer.latencyBeforeMs === null && profile.beforeUnattributedMs > lostMs) continue;
    const facts = { layer, precision: precisionOf(layer), lostMs };
    for (const cause of causes) {
      const decided = cause(facts);
      if (decided === null) continue;
      found.set(layer.name, decided);
      break;
    }
  }
  return found;
}
