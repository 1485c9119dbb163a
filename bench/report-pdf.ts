import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { RunDocument } from '../shared/run.ts';
import { renderPdf } from '../electron/report/formats/pdf.ts';
import { buildRunReport } from '../electron/report/sections/run-report.ts';
import { buildLargeRun } from './large-run.ts';

/**
 * Writes the PDF report of a run with many layers and prints what that took:
 * `npm run -s bench:report-pdf -- [--layers 5000] [--language zh-CN] [--out FILE]`. Exit code 1 when it takes
 * 10 s of a core or 400 MB and more; on a busy machine the clock says more than that.
 */
const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '5000' },
    language: { type: 'string', default: 'en' },
    out: { type: 'string' },
  },
});
const layerCount = Number(values.layers);
const document: RunDocument = buildLargeRun(layerCount);
const language = values.language === 'zh-CN' ? 'zh-CN' : 'en';

const startMs = performance.now();
const startUsage = process.cpuUsage();
const pdf = await renderPdf(buildRunReport(document, language, 'A4'));
const seconds = (performance.now() - startMs) / 1000;
const usage = process.cpuUsage(startUsage);
const coreSeconds = (usage.user + usage.system) / 1e6;
const peakMegabytes = process.resourceUsage().maxRSS / 1000;
if (values.out !== undefined) writeFileSync(values.out, pdf);
console.log(
  `${layerCount} layers, ${language}: ${coreSeconds.toFixed(1)} s of a core (${seconds.toFixed(1)} s by the clock), peak ${peakMegabytes.toFixed(0)} MB, PDF of ${(pdf.length / 1e6).toFixed(2)} MB`,
);
if (coreSeconds >= 10 || peakMegabytes >= 400) process.exitCode = 1;
