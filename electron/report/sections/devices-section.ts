import { describeMatrix, matrixColumns, matrixTitle } from '../../../shared/device-matrix-texts.ts';
import type { DeviceRow } from '../../../shared/device-matrix.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { ReportLanguage } from '../../../shared/report-options.ts';
import type { Cell, Section } from '../report-document.ts';

const tones = { ship: 'good', notProven: 'muted', doNotShip: 'bad' } as const;
/** A page has room for them; the processor stands below the table. */
const shown: ReadonlySet<string> = new Set([
  'device',
  'speedup',
  'interval',
  'latency',
  'task',
  'taskInterval',
  'size',
  'decision',
]);

/** The same model on several machines of a lab, the worst first; nothing where there is only one. */
export function devicesSection(rows: readonly DeviceRow[], language: ReportLanguage): Section[] {
  if (rows.length < 2) return [];
  const columns = matrixColumns(rows, language);
  const table = columns.filter(({ id }) => shown.has(id));
  const byId = (id: string) => columns.find((column) => column.id === id)!;
  return [
    {
      id: 'devices',
      title: matrixTitle[language],
      blocks: [
        { kind: 'paragraph', text: makeVisible(describeMatrix(rows, language)) },
        {
          kind: 'table',
          columns: table.map(({ title, align }) => (align === 'end' ? { title, align: 'right' as const } : { title })),
          rows: rows.map((row) =>
            table.map(({ id, text }): Cell | string =>
              id === 'decision'
                ? { text: text(row), tone: tones[row.decision], strong: true }
                : id === 'device'
                  ? { text: makeVisible(text(row)), strong: true }
                  : makeVisible(text(row)),
            ),
          ),
        },
        {
          kind: 'facts',
          facts: rows.map((row) => ({
            label: makeVisible(row.device),
            value: makeVisible(
              `${row.cpuModel} · ${byId('dotProduct').title}: ${byId('dotProduct').text(row)} · ${byId('memory').title}: ${byId('memory').text(row)}`,
            ),
          })),
        },
      ],
    },
  ];
}
