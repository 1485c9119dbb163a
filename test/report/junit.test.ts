import assert from 'node:assert/strict';
import test from 'node:test';
import {
  listChecks,
  listRegressionChecks,
  renderGithubAnnotations,
  renderJunit,
  renderJunitError,
} from '../../electron/report/formats/junit.ts';
import { compareRuns } from '../../shared/compare-runs.ts';
import type { Gate, RunDocument } from '../../shared/run.ts';
import { readRealRun } from './real-runs.ts';

const met: Gate = { name: 'minSpeedup', metric: null, limit: 1.2, actual: 1.5, met: true, message: 'fast enough' };
const missed: Gate = {
  name: 'maxSizeRatio',
  metric: null,
  limit: 0.2,
  actual: 0.3,
  met: false,
  message: '0.3 > 0.2 & "more",\n100%',
};
const run: RunDocument = { ...readRealRun('resnet8-auto'), gates: [met, missed] };

/** Names of elements in order; throws where they do not nest. */
function listElements(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, close, name, self] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s+[\w.-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close === '/') assert.equal(open.pop(), name);
    else {
      names.push(name!);
      if (self !== '/') open.push(name!);
    }
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(xml.replace(/<[^<>]*>/g, ''), /[<>]|&(?!amp;|lt;|gt;|quot;|apos;|#)/);
  return names;
}

test('JUnit: one case per gate, a failure for the one that was missed', () => {
  const xml = renderJunit(run);
  const names = listElements(xml.replace(/^<\?xml[^>]*\?>/, ''));
  assert.equal(names.filter((name) => name === 'testcase').length, 2);
  assert.equal(names.filter((name) => name === 'failure').length, 1);
  assert.match(xml, /<testsuites name="vernier" tests="2" failures="1" errors="0"/);
  assert.match(xml, /message="0\.3 &gt; 0\.2 &amp; &quot;more&quot;,\\u000a100%"/);
});

test('JUnit: what XML cannot hold, in a name that a stranger chose, is written as its code', () => {
  const original = { ...run.model.original, path: '/models/a\u0001b\uffffc.onnx' };
  const xml = renderJunit({ ...run, model: { ...run.model, original } });
  assert.match(xml, /vernier a\\u0001b\\uffffc\.onnx/);
});

test('JUnit: without gates the run itself is the case', () => {
  assert.match(renderJunit({ ...run, gates: [] }), /tests="1" failures="0"[\s\S]*name="compress"/);
});

test('GitHub: an error for each missed gate, escaped as workflow commands want it', () => {
  const text = renderGithubAnnotations('vernier: a, b', listChecks(run));
  assert.equal(text, '::error title=vernier%3A a%2C b%3A size after / before::0.3 > 0.2 & "more",\\u000a100%25\n');
});

test('GitHub: one notice when everything is met', () => {
  assert.match(
    renderGithubAnnotations('vernier', listChecks({ ...run, gates: [met] })),
    /^::notice title=vernier::[^\n]*\n$/,
  );
});

test('a comparison is one check per run, which says what got worse and by how much', () => {
  const other = readRealRun('resnet8-minmax');
  const worse: RunDocument = {
    ...other,
    model: { ...other.model, compressed: { ...other.model.compressed, sizeBytes: 2 * run.model.compressed.sizeBytes } },
  };
  const thresholds = { maxAccuracyDropPoints: null, maxSpeedupDropPercent: null, maxSizeGrowthPercent: 5 };
  const [check, ...rest] = listRegressionChecks(compareRuns([run, worse], thresholds));
  assert.equal(rest.length, 0);
  assert.equal(check?.passed, false);
  assert.match(check.message, /size growth: 100\.00 % against a limit of 5 %/);
});

test('a run without a result is an error with its reason, in XML that nests', () => {
  const xml = renderJunitError('/models/a&b.onnx', 'The array "x" has shape <1>\nand is no input.');
  assert.deepEqual(listElements(xml), ['testsuites', 'testsuite', 'testcase', 'error']);
  assert.match(xml, /tests="1" failures="0" errors="1"/);
  assert.match(xml, /name="vernier a&amp;b\.onnx"/);
  assert.match(xml, /<error type="run" message="The array &quot;x&quot; has shape &lt;1&gt;/);
});
