import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import test, { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderPdf } from '../../electron/report/formats/pdf.ts';
import { buildComparisonReport } from '../../electron/report/sections/comparison-report.ts';
import { buildEndedRunReport } from '../../electron/report/sections/ended-run-report.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { readPdf, type ReadPdf } from './read-pdf.ts';
import { makeFailedRun, readRealRun, renameLayer } from './real-runs.ts';

const run = readRealRun('mobilenetv2');

/** Lines and words of a PDF are pieces with places; what they say is the same without blanks. */
const squeeze = (text: string) => text.replace(/\s+/g, '');

function assertSays(pdf: ReadPdf, ...texts: readonly string[]): void {
  const all = squeeze(pdf.pages.map((page) => page.text).join(' '));
  for (const text of texts) assert.ok(all.includes(squeeze(text)), `the report does not say "${text}"`);
}

describe('the report of a run', async () => {
  const pdf = readPdf(await renderPdf(buildRunReport(run, 'en', 'A4')));

  test('begins with the decision, its axes and what is wrong; hashes come last', () => {
    const [first] = pdf.pages;
    const { model, data, environment, verdict } = run;
    for (const hash of [model.original.sha256, model.compressed.sha256, data.sha256!]) {
      assert.ok(!squeeze(first!.text).includes(hash));
      assertSays(pdf, hash);
    }
    for (const text of [
      'mobilenetv2.onnx',
      'Not proven',
      'Too few samples',
      environment.cpuModel,
      `ONNX Runtime ${environment.onnxRuntimeVersion}`,
      verdict[1]!,
    ]) {
      assert.ok(squeeze(first!.text).includes(squeeze(text)), `page 1 does not say "${text}"`);
    }
  });

  test('has every part, as bookmarks too', () => {
    const parts = [
      'Summary',
      'Savings',
      'Accuracy',
      'Latency',
      'Speed-up per layer',
      'Size by kind',
      'Diagnostics',
      'Test setup',
      'Method',
      'All layers',
    ];
    for (const part of parts) assert.ok(pdf.bookmarks.includes(part), `no bookmark "${part}"`);
    assertSays(pdf, ...parts);
  });

  test('defines each claim and gives accuracy and speed-up with their intervals', () => {
    assertSays(pdf, ...run.ledger.map((row) => row.definition), '[1.46x, 1.65x]', '83.0 % [77.2 %, 87.6 %]');
  });

  test('names every layer, under a head that each page repeats, with page numbers', () => {
    assertSays(pdf, ...run.layers.map((layer) => layer.name));
    const wide = pdf.pages.filter((page) => page.width > page.height);
    assert.ok(wide.length >= 2);
    for (const page of wide) assert.match(squeeze(page.text), /#layeropoutput/);
    pdf.pages.forEach((page, index) =>
      assert.ok(squeeze(page.text).includes(squeeze(`Page ${index + 1} of ${pdf.pages.length}`))),
    );
  });

  test('is drawn in vectors and in fonts of its own', () => {
    assert.equal(pdf.imageCount, 0);
    assert.ok(pdf.pages.some((page) => page.pathCount > 100));
    assert.ok(pdf.embeddedFonts.length >= 2);
    // Six letters and a plus: a subset.
    for (const name of pdf.embeddedFonts) assert.match(name, /^[A-Z]{6}\+NotoSans/);
  });

  test('says of itself what it is, and when the run ended', () => {
    assert.equal(pdf.language, 'en');
    assert.equal(pdf.information['Title'], 'mobilenetv2.onnx – Compression report');
    assert.ok(pdf.information['Keywords']!.includes(run.runId));
    const ended = new Date(run.startedTimestampMs + Math.round(run.durationMs));
    assert.equal(pdf.information['CreationDate'], `D:${ended.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`);
  });
});

test('pages are as large as asked for', async () => {
  const sizeOf = async (pageSize: 'A4' | 'Letter') => {
    const { pages } = readPdf(await renderPdf(buildRunReport(readRealRun('resnet8-auto'), 'en', pageSize)));
    return [Math.round(pages[0]!.width), Math.round(pages[0]!.height)];
  };
  assert.deepEqual(await sizeOf('A4'), [595, 842]);
  assert.deepEqual(await sizeOf('Letter'), [612, 792]);
});

test('a Chinese report is Chinese throughout, in an embedded font', async () => {
  const pdf = readPdf(await renderPdf(buildRunReport(run, 'zh-CN', 'A4')));
  assertSays(pdf, ...['校准集', '种子', '图像', '负载', '逐层计时', '校准方法和保留浮点的层由测量选定']);
  assertSays(pdf, '模型压缩报告', '指标明细', '体积缩小为原来的 1/3.64', '延迟', '方法说明', '第 1 页');
  assert.ok(pdf.embeddedFonts.some((name) => name.includes('NotoSansSC')));
  assert.ok(!pdf.pages.some((page) => page.text.includes('\ufffd')), 'a glyph stands for no character');
  assert.equal(pdf.language, 'zh-CN');
});

test('the same run gives the same bytes, in another process, time zone and language of the system too', async () => {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const first = hash(await renderPdf(buildRunReport(run, 'zh-CN', 'A4')));
  assert.equal(hash(await renderPdf(buildRunReport(run, 'zh-CN', 'A4'))), first);
  const elsewhere = execFileSync(process.execPath, [fileURLToPath(new URL('hash-pdf.ts', import.meta.url))], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  });
  assert.equal(elsewhere.trim(), first);
});

test('two to six runs make one comparison', async () => {
  const names = ['resnet8-auto', 'resnet8-entropy', 'resnet8-two-threads'] as const;
  const runs = names.map(readRealRun);
  const pdf = readPdf(await renderPdf(buildComparisonReport(runs, 'en', 'Letter')));
  assertSays(pdf, 'Comparison report', ...runs.map((one) => one.runId), 'C: number of threads', 'Layers side by side');
  assert.ok(pdf.pages.length <= 8);
});

test('a table of 5,000 layers needs no more memory than one of ten', () => {
  // Laid out at once, 5,000 layers die of a heap of this size.
  const heap = ['--max-old-space-size=64', '--max-semi-space-size=4'];
  execFileSync(process.execPath, [...heap, fileURLToPath(new URL('long-pdf.ts', import.meta.url))], { stdio: 'pipe' });
});

test('a failed run is reported with its reason', async () => {
  const failed = makeFailedRun();
  const pdf = readPdf(await renderPdf(buildEndedRunReport(failed, 'en', 'A4')));
  assertSays(pdf, 'The run failed after 12.3 s', failed.error.message, failed.runId, failed.modelPath);
  assert.equal(pdf.pages.length, 1);
});

test('names from strangers are shown as they are: control characters as codes, what no font has as its number', async () => {
  const document = renameLayer(run, 0, { name: 'conv\u202eevil\n/π_层_😀', latencyBeforeMs: 99 });
  const pdf = readPdf(await renderPdf(buildRunReport(document, 'en', 'A4')));
  assertSays(pdf, 'conv\\u202eevil\\u000a/π_层_[U+1F600]');
});
