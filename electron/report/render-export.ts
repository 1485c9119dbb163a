import { takeStart } from '../../shared/cut-text.ts';
import { AppError, assertNever } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { DeviceRow } from '../../shared/device-matrix.ts';
import { maxComparedRuns, type ExportOptions } from '../../shared/report-options.ts';
import type { EndedRunDocument, RunDocument } from '../../shared/run.ts';
import { shortId } from '../../shared/run-id.ts';
import { withoutPictures } from '../../shared/sample-evidence.ts';
import { buildComparisonReport } from './sections/comparison-report.ts';
import { buildEndedRunReport } from './sections/ended-run-report.ts';
import { buildCsvTables } from './formats/csv-tables.ts';
import { renderCsv } from './formats/csv.ts';
import { buildModelBillOfMaterials } from './formats/cyclonedx.ts';
import type { Export, ExportedFile } from './formats/exported-file.ts';
import { renderHtml } from './formats/html.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderMlflowRun } from './formats/mlflow.ts';
import { renderPdf } from './formats/pdf.ts';
import type { ReportDocument } from './report-document.ts';
import { baseNameOf } from './texts/report-figures.ts';
import { noNames, type RunNames } from './sections/run-names.ts';
import { buildRunReport } from './sections/run-report.ts';

/** A file name every system takes. */
function makeFileName(text: string): string {
  const safe = takeStart(
    text
      .replace(/\.onnx$/i, '')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, ''),
    80,
  );
  return safe === '' ? 'run' : safe;
}

function nameOf(document: RunDocument | EndedRunDocument): string {
  const path = document.status === 'done' ? document.model.original.path : document.modelPath;
  return `${makeFileName(baseNameOf(path))}-${shortId(document.runId)}`;
}

function nameAll(documents: readonly (RunDocument | EndedRunDocument)[], suffix: string): string {
  return documents.length === 1 ? nameOf(documents[0]!) : `vernier-${suffix}-of-${documents.length}-runs`;
}

function buildReport(
  documents: readonly (RunDocument | EndedRunDocument)[],
  { language, pageSize }: ExportOptions,
  names: RunNames,
  devices: readonly DeviceRow[],
): ReportDocument {
  const [only] = documents;
  if (documents.length === 1 && only !== undefined) {
    return only.status === 'done'
      ? buildRunReport(only, language, pageSize, names, devices)
      : buildEndedRunReport(only, language, pageSize, names);
  }
  if (documents.length > maxComparedRuns) {
    throw new AppError(
      'options-invalid',
      tell('reportOfTooManyRuns', { most: maxComparedRuns, count: documents.length }),
    );
  }
  return buildComparisonReport(assertFinished(documents), language, pageSize, names);
}

function assertFinished(documents: readonly (RunDocument | EndedRunDocument)[]): readonly RunDocument[] {
  return documents.map((document) => {
    if (document.status === 'done') return document;
    throw new AppError(
      'run-not-found',
      tell(document.status === 'failed' ? 'failedRunAlone' : 'cancelledRunAlone', { run: document.runId }),
    );
  });
}

function renderJson(documents: readonly (RunDocument | EndedRunDocument)[]): ExportedFile[] {
  return documents.map((document) => ({
    path: documents.length === 1 ? `${nameOf(document)}.json` : `${document.runId}.json`,
    content: `${JSON.stringify(withoutPictures(document), null, 2)}\n`,
  }));
}

/**
 * Writes runs in any format, from their documents and names alone: the same of both and the same options give the same
 * bytes. Several runs make one comparison (pdf, html, md), common tables (csv), or one file or folder each (json, mlflow,
 * cyclonedx).
 * @param devices of a single run: the same models on the machines of a lab, for its report.
 * @throws AppError `options-invalid` or `run-not-found` when the runs do not fit the format.
 */
export async function renderExport(
  documents: readonly (RunDocument | EndedRunDocument)[],
  options: ExportOptions,
  names = noNames,
  devices: readonly DeviceRow[] = [],
): Promise<Export> {
  if (documents.length === 0) throw new AppError('options-invalid', tell('noRunsToExport'));
  if (options.format === 'json') return { name: nameAll(documents, 'json'), files: renderJson(documents) };
  const { format } = options;
  if (format === 'pdf' || format === 'html' || format === 'md') {
    const report = buildReport(documents, options, names, devices);
    const name = `${nameAll(documents, 'comparison')}.${format}`;
    const content =
      format === 'pdf' ? await renderPdf(report) : format === 'html' ? renderHtml(report) : renderMarkdown(report);
    return { name, files: [{ path: name, content }] };
  }
  const finished = assertFinished(documents);
  switch (format) {
    case 'csv':
      return {
        name: nameAll(finished, 'tables'),
        files: buildCsvTables(finished).map((table) => ({
          path: `${table.name}.csv`,
          content: renderCsv(table, { byteOrderMark: options.byteOrderMark }),
        })),
      };
    case 'mlflow':
      return {
        name: nameAll(finished, 'mlruns'),
        files: finished.flatMap((document) => renderMlflowRun(document, names)),
      };
    case 'cyclonedx':
      return {
        name: nameAll(finished, 'cyclonedx'),
        files: finished.map((document) => ({
          path: `${nameOf(document)}.cdx.json`,
          content: `${JSON.stringify(buildModelBillOfMaterials(document), null, 2)}\n`,
        })),
      };
    default:
      return assertNever(format);
  }
}
