import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderRun } from '../../electron/cli/run-view.ts';
import { renderHistory } from '../../electron/cli/history-view.ts';
import { listRegressionChecks, renderJunit } from '../../electron/report/formats/junit.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import { compareRuns } from '../../shared/compare-runs.ts';
import { exportOptionsSchema, type ReportFormat, type ReportLanguage } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import { readRealRun, withoutClasses } from './real-runs.ts';

/*
 * Where nothing ranks classes, nothing is said of them: no line, no column, and never the name of a missing value.
 */

const ranked = readRealRun('resnet8-auto');
const run = withoutClasses(ranked);
const other = withoutClasses(readRealRun('resnet8-entropy'));
/** Names of missing values, with what is around them. */
function assertNothingMissing(text: string, where?: string): void {
  assert.deepEqual(text.match(/.{0,40}\b(?:NaN|null|undefined|Infinity)\b.{0,20}/g) ?? [], [], where);
}
const sqnr = `${run.accuracy.agreement.sqnrDb!.toFixed(1)} dB`;
const cosine = run.accuracy.agreement.cosine.toFixed(5);

async function write(documents: readonly RunDocument[], format: ReportFormat, language: ReportLanguage = 'en') {
  const { files } = await renderExport(documents, exportOptionsSchema.parse({ format, language }));
  return files.filter(({ path }) => !path.endsWith('.json') || format === 'cyclonedx');
}
const read = async (...parameters: Parameters<typeof write>) =>
  (await write(...parameters)).map(({ content }) => String(content)).join('\n');

suite('a run in which nothing ranks classes', () => {
  test('on the command line', () => {
    const text = renderRun(run, { layers: true, databasePath: '/history.db' });
    assertNothingMissing(text);
    assert.doesNotMatch(text, /class|top-1/);
    assert.ok(text.includes(`agreement: SQNR ${sqnr}, cosine ${cosine}\n`));
    assert.ok(
      text
        .replaceAll(/\s+/g, ' ')
        .includes(`SQNR ${sqnr} against the original on ${run.accuracy.count} samples (agreement, not accuracy).`),
    );
    assert.match(renderRun(ranked, { layers: false, databasePath: '' }), /same first class on [\d.]+ % of/);
  });

  for (const language of ['en', 'zh-CN'] as const) {
    for (const format of ['md', 'html'] as const) {
      test(`as a report (${format}, ${language})`, async () => {
        const text = await read([run], format, language);
        assertNothingMissing(text);
        assert.doesNotMatch(text, /same first|首选类别相同|首选类别一致率/);
        assert.ok(text.includes(sqnr) && text.includes(cosine));
      });

      test(`as a comparison (${format}, ${language})`, async () => {
        const text = await read([run, other], format, language);
        assertNothingMissing(text);
        assert.doesNotMatch(text, /\btop-1\b/i);
        assert.ok(text.includes(sqnr));
        const mixed = await read([run, ranked], format, language);
        assertNothingMissing(mixed);
      });
    }
  }

  test('as tables, with empty fields', async () => {
    const files = await write([run], 'csv');
    for (const { path, content } of files) assertNothingMissing(String(content), path);
    const accuracy = String(files.find(({ path }) => path.includes('accuracy'))!.content);
    assert.doesNotMatch(accuracy, /top1/);
    assert.match(accuracy, /outputSqnrDb/);
  });

  test('for MLflow and as a bill of materials', async () => {
    const files = await write([run], 'mlflow');
    assert.ok(files.some(({ path }) => path.endsWith('metrics/output_sqnr_db')));
    assert.ok(!files.some(({ path }) => path.endsWith('metrics/top1_agreement')));
    for (const { path, content } of files) {
      if (path.includes('/metrics/')) assertNothingMissing(String(content), path);
    }
    const bill = await read([run], 'cyclonedx');
    assertNothingMissing(bill);
    assert.doesNotMatch(bill, /top-1/);
    assert.match(bill, /output SQNR \(dB\)/);
  });

  test('cannot be judged by a loss of accuracy, and CI is told why', () => {
    const thresholds = { maxAccuracyDropPoints: 1, maxSpeedupDropPercent: null, maxSizeGrowthPercent: null };
    const comparison = compareRuns([run, other], thresholds);
    assert.equal(comparison.runs[1]!.accuracyChangePoints, null);
    const [check] = listRegressionChecks(comparison);
    assert.equal(check!.message, 'accuracy drop: cannot be judged, there is no accuracy where no classes are ranked.');
    assertNothingMissing(renderJunit(run, [check!]));
  });

  test('stands in the history with a dash', () => {
    const row = {
      runId: run.runId,
      status: 'done',
      startedTimestampMs: run.startedTimestampMs,
      durationMs: 1,
      modelPath: '/m.onnx',
      modelSha256: null,
      dataPath: null,
      recipeName: 'int8-static',
      threads: 1,
      sizeBytesBefore: 4,
      sizeBytesAfter: 1,
      speedupRatio: 2,
      latencyMedianMsBefore: 2,
      latencyMedianMsAfter: 1,
      accuracyMetric: 'agreement',
      accuracyBefore: null,
      accuracyAfter: null,
      top1AgreementShare: null,
      decision: null,
      mainMetric: null,
      mainUnit: null,
      mainBefore: null,
      mainAfter: null,
      mainLossPercent: null,
      randomData: false,
      gatesMet: null,
      errorCode: null,
      errorMessage: null,
      name: '',
      notes: '',
      tags: [],
      starred: false,
    } as const;
    assert.match(renderHistory([row]), /2\.00x +– +–/);
  });
});
