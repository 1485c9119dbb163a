import type { ExportFormat } from '../../shared/contract/requests.ts';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import {
  exportOptionsSchema,
  maxComparedRuns,
  type PageSize,
  type ReportLanguage,
} from '../../shared/report-options.ts';
import { exportName, type ExportableRun, type ExportContent, type ExportPart } from './export-content.ts';

type DocumentFormat = Exclude<ExportFormat, 'onnx'>;
export interface ReportSettings {
  readonly language: ReportLanguage;
  readonly pageSize: PageSize;
}

/** What `renderRuns` is to do, as it goes to the thread that does it. */
export interface RenderTask {
  readonly runs: readonly ExportableRun[];
  readonly format: DocumentFormat;
  readonly settings: ReportSettings;
}

/** Where a file's name does not end like its format. */
const extensions: Readonly<Partial<Record<DocumentFormat, string>>> = { cyclonedx: 'cdx.json' };

/**
 * Runs as documents in the format the user chose, by the same renderers as the command line's. One run is one file; 2 to 6
 * finished runs are one comparison in the formats of reports; what makes several files is a zip.
 * @throws AppError `run-not-found` for a run that did not finish, where the format has no place for it.
 */
export async function renderRuns(
  runs: readonly ExportableRun[],
  format: DocumentFormat,
  settings: ReportSettings,
): Promise<ExportContent> {
  const [first] = runs;
  if (first === undefined) throw new AppError('options-invalid', tell('noRunsToExport'));
  const name = runs.length === 1 ? exportName(first.details.row) : `vernier-${runs.length}-runs`;
  if (format === 'json') {
    const value = runs.length === 1 ? first.document : runs.map((run) => run.document);
    const content = `${JSON.stringify(value, null, 2)}\n`;
    return { fileName: `${name}.json`, parts: [{ fileName: `${name}.json`, content }] };
  }
  if (format === 'mlflow') {
    const parts = await renderGroup(runs, format, settings);
    return { fileName: 'mlruns', parts, isFolder: true };
  }
  const areComparable = runs.length <= maxComparedRuns && runs.every((run) => run.document.status === 'done');
  const groups = format === 'csv' || areComparable ? [runs] : runs.map((run) => [run]);
  const parts: ExportPart[] = [];
  for (const group of groups) parts.push(...(await renderGroup(group, format, settings)));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const fileName = `${name}.${extensions[format] ?? format}`;
    return { fileName, parts: [{ ...only, fileName }] };
  }
  return { fileName: `${name}.zip`, parts };
}

async function renderGroup(
  runs: readonly ExportableRun[],
  format: DocumentFormat,
  settings: ReportSettings,
): Promise<ExportPart[]> {
  // Loaded when asked for: fonts, charts and the PDF writer would make every start slower.
  const { renderExport } = await import('../report/render-export.ts');
  const { files } = await renderExport(
    runs.map((run) => run.document),
    exportOptionsSchema.parse({ format, ...settings }),
    new Map(runs.map(({ details: { row } }) => [row.runId, row.name])),
    runs.length === 1 ? (runs[0]!.devices ?? []) : [],
  );
  return files.map(({ path, content }) => ({ fileName: path, content }));
}
