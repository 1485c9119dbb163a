import type { Overlay, Scale, Subject } from './overlay.ts';

/*
 * From what figure on a node is worth looking at: what is less is dimmed. Times and bytes count from below; of speed-ups and decibels the
 * small ones are the bad ones.
 */

export interface Threshold {
  readonly value: number;
  /** Whether what has at least this stays, or what has at most this. */
  readonly keeps: 'least' | 'most';
}

export interface ThresholdRange extends Pick<Threshold, 'keeps'> {
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

const keptBy: Readonly<Partial<Record<Overlay, Threshold['keeps']>>> = {
  time: 'least',
  bytes: 'least',
  speedup: 'most',
  error: 'most',
  alone: 'most',
  saturation: 'most',
};

/** In the unit of the range; null where it is not known. */
function valueOf(overlay: Overlay, { figures, side }: Subject): number | null {
  switch (overlay) {
    case 'time':
      return side === 'before' ? figures.beforeMs : figures.afterMs;
    case 'bytes':
      return (side === 'before' ? figures.bytesBefore : figures.bytesAfter) / 1000;
    case 'speedup': {
      const { beforeMs, afterMs } = figures;
      return beforeMs === null || afterMs === null || beforeMs <= 0 || afterMs <= 0 ? null : beforeMs / afterMs;
    }
    case 'error':
      return figures.sqnrDb;
    case 'alone':
      return figures.introducedDb;
    case 'saturation':
      return figures.saturationDb;
    case 'precision':
    case 'change':
      return null;
  }
}

/** What can be asked for in a colouring; null where colours stand for no figures. */
export function rangeOf(overlay: Overlay, { mostMs, mostBytes }: Scale): ThresholdRange | null {
  const keeps = keptBy[overlay];
  if (keeps === undefined) return null;
  switch (overlay) {
    case 'time':
      return { keeps, unit: 'ms', from: 0, to: mostMs };
    case 'bytes':
      return { keeps, unit: 'kB', from: 0, to: mostBytes / 1000 };
    case 'speedup':
      return { keeps, unit: '×', from: 0.25, to: 4 };
    default:
      return { keeps, unit: 'dB', from: 0, to: 60 };
  }
}

/** @param text as in an address; null where it is no figure, or none is asked for. */
export function thresholdOf(overlay: Overlay, text: string): Threshold | null {
  const keeps = keptBy[overlay];
  const value = Number(text);
  return keeps === undefined || text.trim() === '' || !Number.isFinite(value) || value < 0 ? null : { value, keeps };
}

/** Whether something stays as bright as it is. What nobody measured does not. */
export function reaches({ value, keeps }: Threshold, overlay: Overlay, subject: Subject): boolean {
  const own = valueOf(overlay, subject);
  if (own === null) return false;
  return keeps === 'least' ? own >= value : own <= value;
}

const steps = 100;

/** To three digits: the largest has to reach its own threshold. */
function roundDown(value: number): number {
  if (value <= 0) return 0;
  const scale = 10 ** (2 - Math.floor(Math.log10(value)));
  return Number((Math.floor(value * scale) / scale).toPrecision(3));
}

/** Of a slider: small times and sizes are many, so that they get most of it. */
export function valueAt(place: number, { keeps, from, to }: ThresholdRange): number {
  const share = Math.max(0, Math.min(1, place / steps));
  if (keeps === 'least') return roundDown(from + (to - from) * share ** 2);
  return Number((from + (to - from) * share).toPrecision(3));
}

/** @returns 0 to 100; where everything is shown if there is no threshold. */
export function placeOf(threshold: Threshold | null, { keeps, from, to }: ThresholdRange): number {
  if (threshold === null) return keeps === 'least' ? 0 : steps;
  const share = to === from ? 0 : Math.max(0, Math.min(1, (threshold.value - from) / (to - from)));
  return Math.round(steps * (keeps === 'least' ? Math.sqrt(share) : share));
}
