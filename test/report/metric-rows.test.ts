import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judgeVerdict } from '../../electron/engine/7-judge/verdict.ts';
import { adviceOf } from '../../shared/advice.ts';
import { renderRun } from '../../electron/cli/run-view.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import type { MetricRow } from '../../shared/metric-row.ts';
import { exportOptionsSchema, type ReportFormat, type ReportLanguage } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import { readRealRun, withoutClasses } from './real-runs.ts';

/** A metric that none of the readers knows by name. */
const error: MetricRow = {
  metric: 'ownError',
  label: 'own error',
  definition: 'How far off it is.',
  zh: { label: '自定误差', definition: '偏差有多大。' },
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
  classes: [],
};
const base = withoutClasses(readRealRun('resnet8-auto'));
const judgedBy = (row: MetricRow): RunDocument => {
  const accuracy = { ...base.accuracy, metrics: [row, ...base.accuracy.metrics] };
  const { ledger, latency, data, gates } = base;
  return { ...base, accuracy, verdict: judgeVerdict(ledger, latency, accuracy, data, gates) };
};
const run = judgedBy(error);

async function write(format: ReportFormat, language: ReportLanguage = 'en'): Promise<string> {
  const { files } = await renderExport([run], exportOptionsSchema.parse({ format, language }));
  return files.map(({ path, content }) => `${path}\n${String(content)}`).join('\n');
}

suite('a row of a metric that nobody knows by name is shown, in the words it brings', () => {
  test('on the command line', () => {
    const text = renderRun(run, { layers: false, databasePath: '' });
    assert.match(
      text,
      /own error +0\.1234 \[0\.12, 0\.127\] +0\.1301 \[0\.126, 0\.135\] +\+0\.0067 \[\+0\.0031, \+0\.0102\]/,
    );
    assert.match(
      text,
      /own error: better in the original on 61 samples, in the compressed model on 39 \(paired randomization p = 0\.004\)/,
    );
    assert.doesNotMatch(text, /No labels/);
  });

  for (const language of ['en', 'zh-CN'] as const) {
    test(`in the report (${language}), in its table, its chart and its test`, async () => {
      const text = await write('md', language);
      const name = language === 'en' ? 'own error' : '自定误差';
      assert.match(
        text,
        new RegExp(
          String.raw`\| ${name} \| 0\.1234 \\?\[0\.12, 0\.127\\?\] \| 0\.1301 .*\| \+0\.0067 \| \\?\[\+0\.0031, \+0\.0102\\?\] \|`,
        ),
      );
      assert.match(
        text,
        language === 'en'
          ? /better on 61 samples and the compressed model on 39; .*p = 0\.004/
          : /原模型在 61 个样本上更好，压缩模型在 39 个样本上更好；.*p = 0\.004/,
      );
      assert.doesNotMatch(text, /No labels were used|未使用标签/);
      assert.ok((await write('html', language)).includes(name));
    });
  }

  test('is what the verdict judges by, in both languages', async () => {
    const unclear = judgedBy({
      ...error,
      difference: -0.0011,
      ci95: [-0.004, 0.002],
      test: { ...error.test!, pValue: 0.4 },
    });
    const better = judgedBy({ ...error, difference: -0.0067, ci95: [-0.01, -0.003] });
    assert.match(run.verdict[0]!, /, own error 0\.1234 -> 0\.1301 \(\+0\.0067, n=100\)\./);
    assert.match(run.verdict[1]!, /The loss in own error is real \(paired randomization p = 0\.0040\)/);
    assert.match(unclear.verdict[1]!, /100 samples do not show a loss in own error; .* between -0\.004 and \+0\.002 /);
    assert.equal(adviceOf(better).kind, 'noVisibleLoss', 'an error that falls is no loss, however sure');
    assert.match(await write('md', 'zh-CN'), /自定误差 0\.1234 → 0\.1301（\+0\.0067，n=100）/);
    assert.match(await write('md', 'zh-CN'), /自定误差变差并非偶然（配对随机化检验 p = 0\.004）/);
    for (const text of [run.verdict.join(), unclear.verdict.join()]) assert.doesNotMatch(text, /class|labelled|top-1/);
  });

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
