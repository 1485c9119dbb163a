import { AppError } from '../../shared/app-error.ts';
import type { ExportFormat } from '../../shared/contract.ts';
import { exportName, type ExportContent, type ExportableRun } from './export-content.ts';

/** Runs as documents in the format the user chose. */
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
    return Promise.resolve({
      fileName: `${name}.json`,
      parts: [{ fileName: `${name}.json`, content: `${JSON.stringify(value, null, 2)}\n` }],
    });
  }
  throw new AppError('options-invalid', `Runs cannot be written as ${format} (${language}) yet.`);
}
