import { assertNever } from '../../../shared/app-error.ts';
import { decisionOf } from '../../../shared/decision.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import type { Gate, Interval95, RunDocument } from '../../../shared/run.ts';
import { formatDecibels, formatRatio, formatSampleDecibels, signMetric } from '../../../shared/units.ts';
import type { ReportTexts } from './report-texts.ts';

export function formatTimestamp(timestampMs: number): string {
  return new Date(timestampMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** The last part of a path of any platform. */
export function baseNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function signed(points: number): string {
  const text = points.toFixed(1);
  return Number(text) === 0 ? '0.0' : `${points > 0 ? '+' : ''}${text}`;
}

/** A difference of shares in percentage points. */
export function formatPoints(difference: number, texts: ReportTexts): string {
  return texts.points(signed(100 * difference));
}

/** A signed difference of a figure of the task, in its unit. */
export function formatMetricDifference(difference: number, unit: MetricRow['unit'], texts: ReportTexts): string {
  const text = signMetric(difference, unit);
  return unit === 'share' ? texts.points(text) : unit === 'dB' ? `${text} dB` : text;
}

export function formatPointsInterval([low, high]: Interval95): string {
  return `[${signed(100 * low)}, ${signed(100 * high)}]`;
}

export function formatSqnr(decibels: number | null, texts: ReportTexts): string {
  return decibels === null ? texts.words.identical : formatDecibels(decibels);
}

export function formatSampleSqnr(decibels: number | null, texts: ReportTexts): string {
  return decibels === null ? texts.words.identical : formatSampleDecibels(decibels);
}

export function formatPValue(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

export function nameGate({ name, metric }: Gate, texts: ReportTexts): string {
  return metric === null ? texts.gates[name] : `${texts.gates[name]} ${metric}`;
}

export function formatGateValue(gate: Gate, value: number | null): string {
  if (value === null) return '–';
  switch (gate.name) {
    case 'maxAccuracyDrop':
      return value.toFixed(2);
    case 'minSpeedup':
      return formatRatio(value);
    case 'maxSizeRatio':
      return value.toFixed(3);
    case 'maxDrop':
      return String(Number(value.toPrecision(4)));
    default:
      return assertNever(gate.name);
  }
}

const decisionTones = { ship: 'good', doNotShip: 'bad', notProven: 'warning' } as const;

/** What colour the run deserves: that of its decision. */
export function judgeTone(document: RunDocument): 'good' | 'bad' | 'warning' {
  return decisionTones[decisionOf(document).decision];
}
