import { decisionWords } from '../../shared/decision-texts.ts';
import type { DeviceRow } from '../../shared/device-matrix.ts';
import { lossOf } from '../../shared/metric-row.ts';
import {
  formatBytes,
  formatDecibels,
  formatInterval,
  formatMetric,
  formatMetricChange,
  formatRatio,
  formatTimePair,
} from '../../shared/units.ts';
import { emphasize } from './output.ts';
import { renderTable } from './tables.ts';

/** What a device does to the result, for the person who decides: the worst one by name. */
export function writeMatrixVerdict(rows: readonly DeviceRow[]): string {
  const worst = rows[0];
  if (worst === undefined) return 'No device has measured it.';
  const good = rows.filter(({ decision }) => decision === 'ship').length;
  const kind = worst.hasInt8DotProduct ? 'with int8 dot product' : 'without int8 dot product (VNNI)';
  const { metric, sqnrDb } = worst;
  const loss = metric === null ? null : lossOf(metric);
  const task =
    metric === null
      ? sqnrDb === null
        ? 'identical outputs'
        : formatDecibels(sqnrDb)
      : `${metric.label} ${formatMetricChange(metric.difference, metric.unit)}${loss !== null && loss > 0 ? '' : ', no loss'}`;
  return (
    `Right on ${good} of ${rows.length} machines. Worst: ${worst.device}, ${kind}: ${decisionWords.en[worst.decision].toLowerCase()}, ` +
    `${formatRatio(worst.speedup.ratio)} (95 % ${formatInterval(worst.speedup.ci95, formatRatio)}), ${task}.`
  );
}

/** Devices against speed-up, latency, metric, memory and size, worst first. */
export function renderDeviceMatrix(rows: readonly DeviceRow[]): string {
  const table = renderTable(
    [
      { title: 'device' },
      { title: 'CPU', fill: true, leaveOut: 1 },
      { title: 'dot product', leaveOut: 3 },
      { title: 'speed-up', align: 'right' },
      { title: '95 %', align: 'right', leaveOut: 5 },
      { title: 'latency', align: 'right', leaveOut: 6 },
      { title: 'task', align: 'right' },
      { title: 'memory', align: 'right', leaveOut: 2 },
      { title: 'size', align: 'right', leaveOut: 4 },
      { title: 'decision' },
    ],
    rows.map((row) => [
      row.device,
      row.cpuModel,
      row.hasInt8DotProduct ? 'yes' : 'no',
      formatRatio(row.speedup.ratio),
      formatInterval(row.speedup.ci95, formatRatio),
      formatTimePair(row.latencyBeforeMs, row.latencyAfterMs, ' -> '),
      row.metric === null
        ? row.sqnrDb === null
          ? 'identical'
          : formatDecibels(row.sqnrDb)
        : `${formatMetric(row.metric.after, row.metric.unit)} (${formatMetricChange(row.metric.difference, row.metric.unit)})`,
      formatBytes(row.peakMemoryBytes),
      formatRatio(row.sizeRatio),
      decisionWords.en[row.decision],
    ]),
  );
  return `${emphasize(writeMatrixVerdict(rows))}\n\n${table}`;
}
