import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError, recordError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { buildLargeRun } from '../../bench/large-run.ts';
import { buildEndedRunReport } from '../../electron/report/sections/ended-run-report.ts';
import { renderMarkdown } from '../../electron/report/formats/markdown.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { makeFailedRun, readRealRun, renameLayer } from './real-runs.ts';

const run = readRealRun('mobilenetv2');

test('a pull request sees the verdict and the ledger at once, the rest folded', () => {
  const text = renderMarkdown(buildRunReport(run, 'en', 'A4'));
  const folded = text.indexOf('<details>');
  assert.ok(folded > 0);
  const open = text.slice(0, folded);
  assert.match(open, /^## mobilenetv2\.onnx/);
  assert.match(open, /\| stored bytes \|.*3\.64x/);
  assert.match(open, /### Accuracy/);
  // Charts are left out; what only a chart shows is said in words.
  assert.match(text.slice(folded), /Speed-up per layer<\/summary>[^<]+\b\d\.\d\dx, /);
  assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
});

test('rows of a table have as many cells as its head, whatever a name holds', () => {
  const text = renderMarkdown(
    buildRunReport(renameLayer(run, 0, { name: 'a|b\n`<script>`[x](http://y)*_~', latencyBeforeMs: 99 }), 'en', 'A4'),
  );
  assert.doesNotMatch(text, /<script>/);
  let cells = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) cells = 0;
    else {
      const count = line.replaceAll('\\|', '').split('|').length;
      if (cells === 0) cells = count;
      assert.equal(count, cells, line);
    }
  }
});

test('5,000 layers still fit a comment of 65,536 characters', () => {
  assert.ok(renderMarkdown(buildRunReport(buildLargeRun(5000), 'en', 'A4')).length < 65_536);
});

test('a failed run says why in the language of its report', () => {
  const failed = makeFailedRun();
  const error = recordError(new AppError('file-not-found', tell('fileMissingCheck', { path: '/home/ada/data' })));
  const text = renderMarkdown(buildEndedRunReport({ ...failed, error }, 'zh-CN', 'A4'));
  assert.match(text, /没有文件“\/home\/ada\/data”，请检查路径后重试。/);
  assert.doesNotMatch(text, /There is no file/);
});
