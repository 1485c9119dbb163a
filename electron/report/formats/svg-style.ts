import { escapeXml } from './escape-xml.ts';
import { number } from './svg-path.ts';

/** `#rrggbbaa` and `rgba()` as a colour and an opacity: what every reader of SVG understands. */
function splitAlpha(color: string): { readonly color: string; readonly alpha: number } {
  const hex = /^#([0-9a-f]{6})([0-9a-f]{2})$/i.exec(color);
  if (hex !== null) return { color: `#${hex[1]!}`, alpha: Math.round((parseInt(hex[2]!, 16) / 255) * 1000) / 1000 };
  const rgba = /^rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\s*\)$/.exec(color);
  if (rgba !== null) return { color: `rgb(${rgba[1]!},${rgba[2]!},${rgba[3]!})`, alpha: Number(rgba[4]) };
  return { color, alpha: 1 };
}

/** How a line is drawn, as a canvas has it. */
export interface LineStyle {
  readonly lineWidth: number;
  readonly lineCap: string;
  readonly lineJoin: string;
  readonly lineDash: readonly number[];
  readonly lineDashOffset: number;
}

/** @param style Chart.js also knows gradients and patterns; no chart of ours uses them. */
export function paintAttributes(kind: 'fill' | 'stroke', style: unknown, globalAlpha: number): string {
  const { color, alpha } = splitAlpha(typeof style === 'string' ? style : '#000000');
  const opacity = alpha * globalAlpha;
  return ` ${kind}="${escapeXml(color)}"${opacity === 1 ? '' : ` ${kind}-opacity="${number(opacity)}"`}`;
}

/** @param scale of the transform, which widens lines. */
export function lineAttributes(line: LineStyle, scale: number): string {
  const dash = line.lineDash.length === 0 ? '' : ` stroke-dasharray="${line.lineDash.map(number).join(' ')}"`;
  // Chart.js sets undefined where a line has none; a canvas ignores what is no number.
  const hasOffset = Number.isFinite(line.lineDashOffset) && line.lineDashOffset !== 0;
  const offset = !hasOffset ? '' : ` stroke-dashoffset="${number(line.lineDashOffset)}"`;
  const cap = line.lineCap === 'butt' ? '' : ` stroke-linecap="${line.lineCap}"`;
  const join = line.lineJoin === 'miter' ? '' : ` stroke-linejoin="${line.lineJoin}"`;
  return ` stroke-width="${number(line.lineWidth * scale)}"${dash}${offset}${cap}${join}`;
}
