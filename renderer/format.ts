import type { MetricRow } from '../shared/metric-row.ts';
import { formatDuration, formatPoints, formatRatio, signMetric } from '../shared/units.ts';

/** Adds what only a window needs to shared/units.ts; the digits are the same everywhere. */

export const notMeasured = '–';

/** before / after: "3.52×". */
export function formatTimes(ratio: number | null): string {
  return formatRatio(ratio).replace(/x$/, '×');
}

/** "1.80 – 1.92×". */
export function formatTimesInterval(interval: readonly [number, number] | null): string {
  if (interval === null) return '';
  return `${formatTimes(interval[0]).slice(0, -1)} – ${formatTimes(interval[1])}`;
}

/** "[N × 3 × 32 × 32]"; unknown shapes are a dash. */
export function formatDims(dims: readonly (number | string)[] | null): string {
  return dims === null ? notMeasured : dims.length === 0 ? '[]' : dims.join(' × ');
}

/** Signal to quantization noise; null is "not measured" in tables of layers. */
export function formatLayerDecibels(decibels: number | null): string {
  return decibels === null ? notMeasured : `${decibels.toFixed(1)} dB`;
}

/** The year is left out where it goes without saying. */
export function formatTimestamp(timestampMs: number, language: string): string {
  const date = new Date(timestampMs);
  return date.toLocaleString(language === 'en' ? 'en-GB' : language, {
    ...(date.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' }),
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** The last part of a path, of either platform. */
export function fileNameOf(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}

/** A number of unknown size: four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toString();
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e6) ? value.toExponential(2) : Number(value.toPrecision(4)).toString();
}

/** A difference of two shares in percentage points, with a sign and without the word: "−0.4". */
export function formatPointChange(difference: number | null): string {
  return formatPoints(difference).replace(' points', '').replace('-', '−');
}

/** A signed difference of a figure of the task, a share's in percentage points, without its unit: "−0.4". */
export function formatMetricSign(difference: number, unit: MetricRow['unit']): string {
  return signMetric(difference, unit).replace('-', '−');
}

/** Time that is still going on, in whole seconds: "31 s", "2 min 05 s"; in Chinese "31 秒". */
export function formatSeconds(milliseconds: number, language = 'en'): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} ${language === 'zh-CN' ? '秒' : 's'}` : formatDuration(seconds * 1000, language);
}
