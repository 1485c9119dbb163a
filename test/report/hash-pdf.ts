import { createHash } from 'node:crypto';
import { renderPdf } from '../../electron/report/formats/pdf.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { readRealRun } from './real-runs.ts';

/** Prints the hash of a report, for comparing it with one of another process. */
const pdf = await renderPdf(buildRunReport(readRealRun('mobilenetv2'), 'zh-CN', 'A4'));
console.log(createHash('sha256').update(pdf).digest('hex'));
