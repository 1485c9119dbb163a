import { AppError } from '../../shared/app-error.ts';
import type { ExportFormat } from '../../shared/contract.ts';
import { exportOptionsSchema, maxComparedRuns } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import { buildCsvTables, buildLayersTable, renderCsv } from '../report/csv.ts';
import { exportName, type ExportableRun, type ExportContent, type ExportPart } from './export-content.ts';

/**
 * Runs as documents in the format the user chose: one run as one file, several as one comparison; more than fit a page as
 * one report each.
 * @throws AppError `run-not-found` for a run that did not finish, where the format needs figures.
 */
export async function renderRuns(
  runs: readonly ExportableRun[],
  format: Exclude<ExportFormat, 'onnx'>,
  language: 'en' | 'zh-CN',
): Promise<ExportContent> {
  const [first] = runs;
  if (first === undefined) throw new AppError('options-invalid', 'Choose at least one run to export.');
  const name = runs.length === 1 ? exportName(first.details.row) : `vernier-${runs.length}-runs`;
  if (format === 'json') {
    const value = runs.length === 1 ? first.document : runs.map((run) => run.document);
    const content = `${JSON.stringify(value, null, 2)}\n`;
    return { fileName: `${name}.json`, parts: [{ fileName: `${name}.json`, content }] };
  }
  if (format === 'csv') {
    const documents = runs.map(finishedDocument);
    const toPart = (table: (typeof tables)[number]): ExportPart => ({
      fileName: `${table.name}.csv`,
      content: renderCsv(table, { byteOrderMark: false }),
    });
    const tables = runs.length === 1 ? [buildLayersTable(documents)] : buildCsvTables(documents);
    const extension = tables.length === 1 ? 'csv' : 'zip';
    return { fileName: `${name}.${extension}`, parts: tables.map(toPart) };
  }
  // Loaded when asked for: fonts and the PDF writer would make every start slower.
  const { renderExport } = await import('../report/render-export.ts');
  const options = exportOptionsSchema.parse({ format, language });
  if (runs.length === 1 || runs.length > maxComparedRuns) {
    const parts: ExportPart[] = [];
    for (const run of runs) {
      const [file] = (await renderExport([run.document], options)).files;
      parts.push({ fileName: `${exportName(run.details.row)}.${format}`, content: file!.content });
    }
    return { fileName: `${name}.${parts.length === 1 ? format : 'zip'}`, parts };
  }
  const compared = await renderExport(runs.map(finishedDocument), options);
  return {
    fileName: compared.name,
    parts: compared.files.map(({ path, content }) => ({ fileName: path, content })),
  };
}

function finishedDocument({ details, document }: ExportableRun): RunDocument {
  if (document.status === 'done') return document;
  throw new AppError(
    'run-not-found',
    `Run ${details.row.runId} ${document.status === 'failed' ? 'failed' : 'was cancelled'} and measured nothing: only JSON can hold it.`,
  );
}
