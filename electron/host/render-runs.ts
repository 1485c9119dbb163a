import { AppError } from '../../shared/app-error.ts';
import type { ExportFormat } from '../../shared/contract.ts';
import type { RunDocument } from '../../shared/run.ts';
import { buildCsvTables, buildLayersTable, renderCsv } from '../report/csv.ts';
import { exportName, type ExportableRun, type ExportContent, type ExportPart } from './export-content.ts';

type ReportFormat = Exclude<ExportFormat, 'onnx' | 'json' | 'csv'>;

/**
 * Runs as documents in the format the user chose: one run as one file, several as one comparison where the format has
 * tables, else as one file each.
 * @throws AppError `run-not-found` for a run that did not finish, except as JSON.
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
  const parts: ExportPart[] = [];
  for (const run of runs) {
    const content = await renderReport(finishedDocument(run), format, language);
    parts.push({ fileName: `${exportName(run.details.row)}.${format}`, content });
  }
  return { fileName: `${name}.${parts.length === 1 ? format : 'zip'}`, parts };
}

function finishedDocument({ details, document }: ExportableRun): RunDocument {
  if (document.status === 'done') return document;
  throw new AppError(
    'run-not-found',
    `Run ${details.row.runId} ${document.status === 'failed' ? 'failed' : 'was cancelled'} and measured nothing: only JSON can hold it.`,
  );
}

async function renderReport(
  document: RunDocument,
  format: ReportFormat,
  language: 'en' | 'zh-CN',
): Promise<string | Uint8Array> {
  // Loaded when asked for: fonts and the PDF writer would make every start slower.
  const { buildRunReport } = await import('../report/run-report.ts');
  const report = buildRunReport(document, language, 'A4');
  if (format === 'md') return (await import('../report/markdown.ts')).renderMarkdown(report);
  if (format === 'html') return (await import('../report/html.ts')).renderHtml(report);
  return (await import('../report/pdf.ts')).renderPdf(report);
}
