import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderRun } from '../../electron/cli/run-view.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import type { MetricRow } from '../../shared/metric-row.ts';
import { exportOptionsSchema, type ExportFormat, type ReportLanguage } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import { readRealRun, withoutClasses } from './real-runs.ts';

/** A metric that none of the readers knows by name. */
const error: MetricRow = {
  metric: 'ownError',
  label: 'own error',
  definition: 'How far off it is.',
  unit: '',
  higherIsBetter: false,
  against: 'targets',
  before: 0.1234,
  after: 0.1301,
  beforeCi95: [0.12, 0.127],
  afterCi95: [0.126, 0.135],
  difference: 0.0067,
  ci95: [0.0031, 0.0102],
  test: { name: 'paired randomization', pValue: 0.004, betterBefore: 61, betterAfter: 39 },
  count: 100,
};
const base = withoutClasses(readRealRun('resnet8-auto'));
const run: RunDocument = { ...base, accuracy: { ...base.accuracy, metrics: [error, ...base.accuracy.metrics] } };

async function write(format: ExportFormat, language: ReportLanguage = 'en'): Promise<string> {
  const { files } = await renderExport([run], exportOptionsSchema.parse({ format, language }));
  return files.map(({ path, content }) => `${path}\n${String(content)}`).join('\n');
}

suite('a row of a metric that nobody knows by name is shown', () => {
  test('on the command line', () => {
    const text = renderRun(run, { layers: false, databasePath: '' });
    assert.match(
      text,
      /own error +0\.1234 \[0\.12, 0\.127\] +0\.1301 \[0\.126, 0\.135\] +\+0\.0067 \[\+0\.0031, \+0\.0102\]/,
    );
    assert.match(
      text,
      /own error: better in the original on 61 samples, in the compressed on 39 \(paired randomization p = 0\.004\)/,
    );
    assert.doesNotMatch(text, /No labels used/);
  });

  for (const language of ['en', 'zh-CN'] as const) {
    test(`in the report (${language}), in its table, its chart and its test`, async () => {
      const text = await write('md', language);
      assert.match(
        text,
        /\| own error \| 0\.1234 \\?\[0\.12, 0\.127\\?\] \| 0\.1301 .*\| \+0\.0067 \| \\?\[\+0\.0031, \+0\.0102\\?\] \|/,
      );
      assert.match(
        text,
        language === 'en'
          ? /better on 61 samples, the compressed model on 39; .*p = 0\.004/
          : /原模型在 61 个样本上更好，压缩模型在 39 个样本上更好；.*p = 0\.004/,
      );
      assert.doesNotMatch(text, /No labels were used|未使用标签/);
      assert.match(await write('html', language), /own error/);
    });
  }

  test('in tables for other programs', async () => {
    assert.match(
      await write('csv'),
      /,ownError,own error,,false,targets,0\.1234,0\.12,0\.127,0\.1301,0\.126,0\.135,0\.0067,0\.0031,0\.0102,paired randomization,0\.004,100,false/,
    );
    assert.match(await write('csv'), /,ownError,0\.1234,0\.1301,/, 'the run is judged by it');
    const mlflow = await write('mlflow');
    for (const name of ['ownError.before', 'ownError.after', 'ownError.difference'])
      assert.ok(mlflow.includes(`/metrics/${name}\n`), name);
    const bill = await write('cyclonedx');
    assert.match(bill, /"type": "own error difference",\s+"value": "0\.0067"/);
    assert.doesNotMatch(bill, /No labels were used/);
  });
});
