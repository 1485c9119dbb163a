import { describeMatrix, matrixColumns } from '../../shared/device-matrix-texts.ts';
import type { DeviceRow } from '../../shared/device-matrix.ts';
import { emphasize } from './output.ts';
import { renderTable } from './tables.ts';

/** What goes first where the terminal is narrow. The verdict and the columns that stay say what it comes to. */
const leaveOut: Readonly<Record<string, number>> = {
  cpu: 1,
  memory: 2,
  dotProduct: 3,
  taskInterval: 4,
  size: 5,
  latency: 6,
  interval: 7,
};

/** Devices against speed-up, latency, metric, memory and size, worst first. */
export function renderDeviceMatrix(rows: readonly DeviceRow[]): string {
  const columns = matrixColumns(rows, 'en');
  const table = renderTable(
    columns.map(({ id, title, align }) => ({
      title,
      ...(align === 'end' ? { align: 'right' as const } : {}),
      ...(id === 'cpu' ? { fill: true as const } : {}),
      ...(leaveOut[id] === undefined ? {} : { leaveOut: leaveOut[id] }),
    })),
    rows.map((row) => columns.map(({ text }) => text(row))),
  );
  return `${emphasize(describeMatrix(rows, 'en'))}\n\n${table}`;
}
