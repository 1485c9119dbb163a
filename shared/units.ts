/**
 * The only place where numbers become text, so that the terminal, the window and every report say the same thing.
 * MB and GB are 10^6 and 10^9 bytes. Digits are grouped with commas and decimals use a point, whatever the locale:
 * the output is compared, copied into tables and read by scripts.
 */

import { assertNever } from './app-error.ts';
import type { MetricRow } from './metric-row.ts';
import type { LedgerRow } from './run.ts';

const notMeasured = '–';

/** Three significant digits, never in exponent form: 12.3, 0.123, 1,234. */
function formatSignificant(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return groupDigits(Math.round(value));
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.9995) return value.toFixed(2);
  if (size >= 0.0005) return value.toFixed(3);
  return size === 0 ? '0' : value.toFixed(6);
}

/** A column of figures in one unit: the same number of decimals in every row, so that the points stand below each other. */
export function formatFixed(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return notMeasured;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function groupDigits(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function formatScaled(value: number, units: readonly string[]): string {
  let scaled = value;
  let index = 0;
  // 999.5 would print as "1,000": move on to the next unit first.
  while (Math.abs(scaled) >= 999.5 && index < units.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  return `${formatSignificant(scaled)} ${units[index]!}`.trimEnd();
}

/** Bytes in decimal units: 1 kB = 10^3, 1 MB = 10^6, 1 GB = 10^9 bytes. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return notMeasured;
  if (Math.abs(bytes) < 1000) return `${groupDigits(bytes)} B`;
  return formatScaled(bytes / 1000, ['kB', 'MB', 'GB', 'TB']);
}

/** Whole numbers: exact below ten million ("3,504,872"), then millions (M), billions (G), … ("301 M"). */
export function formatCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return notMeasured;
  if (Math.abs(value) < 10_000_000) return groupDigits(value);
  return formatScaled(value / 1e6, ['M', 'G', 'T', 'P', 'E']);
}

export function formatMs(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return notMeasured;
  return `${formatSignificant(milliseconds)} ms`;
}

/** Two times of one sentence: "7.36 -> 5.93 ms". Two decimals; below 0.1 ms four, so that their ratio can be read from them. */
export function formatTimePair(firstMs: number, secondMs: number, arrow: string): string {
  const decimals = Math.min(firstMs, secondMs) < 0.1 ? 4 : 2;
  return `${firstMs.toFixed(decimals)}${arrow}${secondMs.toFixed(decimals)} ms`;
}

const durationWords = {
  en: { h: 'h', min: 'min', s: 's', ms: 'ms' },
  'zh-CN': { h: '小时', min: '分', s: '秒', ms: '毫秒' },
} as const;

/** Wall time for people: "840 ms", "12.3 s", "2 min 05 s", "1 h 03 min"; in Chinese "2 分 05 秒". */
export function formatDuration(milliseconds: number | null, language = 'en'): string {
  const { h, min, s, ms } = durationWords[language === 'zh-CN' ? 'zh-CN' : 'en'];
  if (milliseconds === null || !Number.isFinite(milliseconds)) return notMeasured;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ${ms}`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} ${s}`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${min} ${String(seconds % 60).padStart(2, '0')} ${s}`;
  return `${Math.floor(minutes / 60)} ${h} ${String(minutes % 60).padStart(2, '0')} ${min}`;
}

/** before / after: "3.52x". */
export function formatRatio(ratio: number | null, digits = 2): string {
  if (ratio === null || !Number.isFinite(ratio)) return notMeasured;
  return `${Math.abs(ratio) >= 99.95 ? groupDigits(ratio) : ratio.toFixed(digits)}x`;
}

/** A share from 0 to 1 as percent: "71.2 %". */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return notMeasured;
  return `${(share * 100).toFixed(1)} %`;
}

/** A share that may be far below a percent: "0.012 %". */
export function formatSmallShare(share: number): string {
  return share > 0 && share < 0.001 ? `${Number((share * 100).toPrecision(2))} %` : formatShare(share);
}

/** A difference of two shares, signed, in percentage points: "-0.4 points". */
export function formatPoints(difference: number | null): string {
  return formatMetricChange(difference, 'share');
}

type MetricUnit = MetricRow['unit'];

function signed(text: string): string {
  // toFixed turns -0.0001 into "-0.0"; a change that rounds to nothing has no sign.
  if (Number(text) === 0) return text.replace('-', '');
  return Number(text) > 0 ? `+${text}` : text;
}

/** A figure of a task in its unit: "71.2 %", "31.4 dB", "0.01234". Null is what identical outputs have. */
export function formatMetric(value: number | null, unit: MetricUnit): string {
  if (unit === 'share') return formatShare(value);
  if (unit === 'dB') return formatDecibels(value);
  return value === null || !Number.isFinite(value) ? notMeasured : String(Number(value.toPrecision(4)));
}

/** The number of a signed difference, a share's in percentage points, without its unit: "-0.4". */
export function signMetric(difference: number, unit: MetricUnit): string {
  if (unit === 'share') return signed((100 * difference).toFixed(1));
  return signed(unit === 'dB' ? difference.toFixed(2) : String(Number(difference.toPrecision(3))));
}

/** A signed difference: "-0.4 points", "-0.31 dB", "+0.00012". */
export function formatMetricChange(difference: number | null, unit: MetricUnit): string {
  if (difference === null || !Number.isFinite(difference)) return notMeasured;
  const number = signMetric(difference, unit);
  return unit === 'share' ? `${number} points` : unit === 'dB' ? `${number} dB` : number;
}

/** Signal to quantization noise; null is what identical outputs give. */
export function formatDecibels(decibels: number | null): string {
  if (decibels === null) return 'identical';
  return `${decibels.toFixed(1)} dB`;
}

/**
 * What a sample's outputs count for at most, either way, in means over samples: beyond it nobody can tell a difference, and one
 * sample would decide alone.
 */
export const sampleSqnrLimitDb = 60;

/** A mean over samples of which each counts for at most `sampleSqnrLimitDb`: "≥ 60 dB" where all of them do. */
export function formatSampleDecibels(decibels: number | null): string {
  return decibels !== null && decibels >= sampleSqnrLimitDb - 0.05
    ? `≥ ${sampleSqnrLimitDb} dB`
    : formatDecibels(decibels);
}

/** "[1.80x, 1.92x]": an interval in the format of its value. A ratio known very well gets a third digit. */
export function formatInterval(
  interval: readonly [number, number] | null,
  format: (value: number, digits?: number) => string,
): string {
  if (interval === null) return '';
  const [low, high] = interval;
  const isTight = low !== high && format(low) === format(high);
  return isTight ? `[${format(low, 3)}, ${format(high, 3)}]` : `[${format(low)}, ${format(high)}]`;
}

/** "[1 x 3 x 224 x 224]"; unknown shapes are a dash, scalars "[]". */
export function formatShape(shape: readonly (number | string)[] | null): string {
  return shape === null ? notMeasured : `[${shape.join(' x ')}]`;
}

/** A figure of the claim ledger in its unit. */
export function formatLedgerValue(value: number, unit: LedgerRow['unit']): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'ms':
      return formatMs(value);
    case 'count':
    case 'bit-operations':
    case 'MACs':
      return formatCount(value);
    default:
      return assertNever(unit);
  }
}
