import { describePrecision } from '../../../shared/precision.ts';
import type { ModuleFigures, NodeFigures } from '../../../shared/network/figures.ts';
import type { NodeState } from '../../../shared/network/network.ts';
import { formatBytes, formatCount, formatDecibels, formatMs, formatRatio } from '../../../shared/units.ts';
import type { Palette } from '../../theme.ts';

/** What the colour of a node or module says. */
export const overlays = ['time', 'speedup', 'bytes', 'error', 'alone', 'saturation', 'precision', 'change'] as const;
export type Overlay = (typeof overlays)[number];

type Figures = Omit<NodeFigures, 'precision' | 'cause'> & Pick<ModuleFigures, 'precision'>;

/** An item as an overlay sees it. */
export interface Subject {
  readonly figures: Figures;
  /** What became of it; of a module, what became of most in it that changed. */
  readonly state: NodeState;
  readonly side: 'before' | 'after';
}

export interface Look {
  readonly fill: string;
  /** The figure behind the colour; empty where there is none. */
  readonly text: string;
}

/** Largest values of what is shown, by which a ramp is drawn. */
export interface Scale {
  readonly mostMs: number;
  readonly mostBytes: number;
  /** Precisions in use, the most frequent first. */
  readonly precisions: readonly string[];
}

/** SQNR at which an error is the worst that a colour tells, and at which there is none. */
const worstDb = 5;
const bestDb = 45;
/** As strong as a colour may be below a text. */
const strongest = 0.55;

/** Two colours of the form #rrggbb, mixed. */
export function mixColors(from: string, to: string, share: number): string {
  const channel = (color: string, index: number): number =>
    Number.parseInt(color.slice(1 + 2 * index, 3 + 2 * index), 16);
  const mixed = [0, 1, 2].map((index) => {
    const [own, other] = [channel(from, index), channel(to, index)];
    return Math.round(own + (other - own) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

const clamp = (share: number): number => Math.max(0, Math.min(1, share));

export function stateColor(state: NodeState, palette: Palette): string {
  switch (state) {
    case 'kept':
      return palette.surface;
    case 'replaced':
      return mixColors(palette.surface, palette.accent, 0.35);
    case 'inserted':
      return mixColors(palette.surface, palette.inserted, 0.35);
    case 'folded':
      return mixColors(palette.surface, palette.before, 0.3);
    case 'removed':
      return mixColors(palette.surface, palette.warning, 0.3);
  }
}

export function precisionColor(text: string, { precisions }: Pick<Scale, 'precisions'>, palette: Palette): string {
  const index = precisions.indexOf(text);
  if (text === 'float' || index === -1) return palette.surface;
  return mixColors(palette.surface, palette.series[index % palette.series.length]!, 0.4);
}

function ramp(share: number | null, color: string, palette: Palette): string {
  return share === null ? palette.surface : mixColors(palette.surface, color, strongest * clamp(share));
}

function ofDecibels(value: number | null, palette: Palette): Look {
  const share = value === null ? null : (bestDb - value) / (bestDb - worstDb);
  return { fill: ramp(share, palette.warning, palette), text: value === null ? '' : formatDecibels(value) };
}

/** 1 is neutral; twice as fast and half as fast are equally strong. */
function ofSpeedup({ beforeMs, afterMs }: Figures, palette: Palette): Look {
  if (beforeMs === null || afterMs === null || beforeMs <= 0 || afterMs <= 0)
    return { fill: palette.surface, text: '' };
  const ratio = beforeMs / afterMs;
  const share = Math.abs(Math.log2(ratio)) / 2;
  return { fill: ramp(share, ratio < 1 ? palette.warning : palette.accent, palette), text: formatRatio(ratio) };
}

export function lookOf(overlay: Overlay, { figures, state, side }: Subject, scale: Scale, palette: Palette): Look {
  switch (overlay) {
    case 'time': {
      const value = side === 'before' ? figures.beforeMs : figures.afterMs;
      const fill = ramp(value === null ? null : value / scale.mostMs, palette.accent, palette);
      return { fill, text: value === null ? '' : formatMs(value) };
    }
    case 'bytes': {
      const value = side === 'before' ? figures.bytesBefore : figures.bytesAfter;
      return {
        fill: ramp(value / scale.mostBytes, palette.accent, palette),
        text: value === 0 ? '' : formatBytes(value),
      };
    }
    case 'speedup':
      return ofSpeedup(figures, palette);
    case 'error':
      return ofDecibels(figures.sqnrDb, palette);
    case 'alone':
      return ofDecibels(figures.introducedDb, palette);
    case 'saturation':
      return ofDecibels(figures.saturationDb, palette);
    case 'precision': {
      const text = figures.precision === null ? '' : describePrecision(figures.precision);
      return { fill: precisionColor(text, scale, palette), text };
    }
    case 'change':
      return { fill: stateColor(state, palette), text: '' };
  }
}

/** Both ends of a ramp, and their colours; null where an overlay has none. */
export function rampOf(
  overlay: Overlay,
  scale: Scale,
  palette: Palette,
): readonly { readonly color: string; readonly text: string }[] | null {
  const strong = (color: string): string => mixColors(palette.surface, color, strongest);
  switch (overlay) {
    case 'time':
      return [{ color: palette.surface, text: '0' }, { color: strong(palette.accent), text: formatMs(scale.mostMs) }]; // prettier-ignore
    case 'bytes':
      return [{ color: palette.surface, text: '0' }, { color: strong(palette.accent), text: formatBytes(scale.mostBytes) }]; // prettier-ignore
    case 'speedup':
      return [
        { color: strong(palette.warning), text: formatRatio(0.25) },
        { color: palette.surface, text: formatRatio(1) },
        { color: strong(palette.accent), text: formatRatio(4) },
      ];
    case 'error':
    case 'alone':
    case 'saturation':
      return [
        { color: palette.surface, text: `${formatCount(bestDb)} dB` },
        { color: strong(palette.warning), text: `${formatCount(worstDb)} dB` },
      ];
    case 'precision':
    case 'change':
      return null;
  }
}
