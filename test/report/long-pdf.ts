import { buildLargeRun } from '../../bench/large-run.ts';
import { renderPdf } from '../../electron/report/formats/pdf.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';

/** Writes the report of a run with 5,000 layers, for a test that allows the process little memory. */
const pdf = await renderPdf(buildRunReport(buildLargeRun(5000), 'en', 'A4'));
console.log(pdf.length);
