import assert from 'node:assert/strict';
import test from 'node:test';
import { buildCsvTables } from '../../electron/report/formats/csv-tables.ts';
import { buildModelBillOfMaterials } from '../../electron/report/formats/cyclonedx.ts';
import { renderMarkdown } from '../../electron/report/formats/markdown.ts';
import { renderMlflowRun } from '../../electron/report/formats/mlflow.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { latencySeriesOf } from '../../shared/charts/latency-distribution.ts';
import { lightChartColors } from '../../shared/charts/chart-style.ts';
import { englishTexts } from '../../electron/report/texts/report-texts-en.ts';
import { readRealRun, withPrepared } from './real-runs.ts';

const plain = readRealRun('mobilenetv2');
const run = withPrepared(plain);
const { folding, compression } = run.latency.speedupParts!;

test('a report says in both languages what of the speed-up is that of folding', () => {
  const english = renderMarkdown(buildRunReport(run, 'en', 'A4'));
  assert.match(english, /folding alone gives 1\.20x, adding int8 gives \d\.\d\dx/);
  assert.match(english, /Folding alone \(.*still float\) gives 1\.20x, 95 % interval \\?\[1\.15x, 1\.25x\\?\]/);
  assert.match(english, /\| claim \| before \| prepared \| after \|/i);
  assert.match(english, /prepared \(float\)/);
  const chinese = renderMarkdown(buildRunReport(run, 'zh-CN', 'A4'));
  assert.match(chinese, /仅折叠为 1\.20 倍，再加上 int8 为 \d\.\d\d 倍/);
  assert.match(chinese, /其中，仅折叠.*仍为浮点.*为 1\.20x/);
});

test('a report of a model with nothing to fold says so; one of an older version says nothing of it', () => {
  const same = { changed: false, sizeBytes: 1, nodesBefore: 9, nodesAfter: 9, path: null, sha256: null };
  const unchanged = { ...plain, model: { ...plain.model, prepared: same } };
  assert.match(renderMarkdown(buildRunReport(unchanged, 'en', 'A4')), /There was nothing to fold/);
  assert.match(renderMarkdown(buildRunReport(unchanged, 'zh-CN', 'A4')), /没有可折叠的内容/);
  const old = renderMarkdown(buildRunReport(plain, 'en', 'A4'));
  assert.doesNotMatch(old, /prepared|nothing to fold|[Ff]olding alone/);
});

test('the chart draws three models, the one in between dashed', () => {
  const style = { colors: lightChartColors, fontFamily: 'Any', fontSizePx: 11, timesSign: 'x' as const };
  const series = latencySeriesOf(run.latency, style, englishTexts.chart);
  assert.deepEqual(
    series.map(({ name, dash }) => [name, dash !== undefined]),
    [
      ['original', false],
      ['prepared (float)', true],
      ['compressed', false],
    ],
  );
  assert.equal(latencySeriesOf(plain.latency, style, englishTexts.chart).length, 2);
});

test('CSV, MLflow and CycloneDX have the third model and both parts', () => {
  const tables = new Map(buildCsvTables([run]).map((table) => [table.name, table]));
  const runs = tables.get('runs')!;
  const cell = (column: string): unknown => runs.rows[0]![runs.columns.indexOf(column)];
  assert.deepEqual(['foldingRatio', 'foldingHigh', 'compressionRatio', 'sizeBytesPrepared'].map(cell), [
    folding.ratio,
    folding.ci95[1],
    compression.ratio,
    run.model.prepared!.sizeBytes,
  ]);
  assert.ok(tables.get('latency-samples')!.rows.some(([, variant]) => variant === 'prepared'));
  const ledger = tables.get('ledger')!;
  assert.ok(ledger.rows.some((row) => row[ledger.columns.indexOf('prepared')] === run.model.prepared!.sizeBytes));

  const files = new Map(renderMlflowRun(run).map(({ path, content }) => [path.split('/').slice(2).join('/'), content]));
  assert.match(String(files.get('metrics/speedup.folding')), / 1\.2 0$/m);
  assert.ok(files.has('metrics/latency_ms.prepared') && files.has('metrics/latency_median_ms.prepared'));

  const bill = JSON.stringify(buildModelBillOfMaterials(run));
  assert.match(bill, /"speed-up by folding","value":"1\.2"/);
  assert.match(bill, /net\.prepared\.onnx/);
  assert.doesNotMatch(JSON.stringify(buildModelBillOfMaterials(plain)), /folding/);
});
