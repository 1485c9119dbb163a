import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderSamples } from '../../electron/cli/samples-view.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import { exportOptionsSchema, type ReportLanguage } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import type { SampleEvidence } from '../../shared/sample-evidence.ts';
import { readRealRun } from './real-runs.ts';

/*
 * Classes and pairs of classes that changed: the same in the terminal and in reports.
 */

const lost: SampleEvidence['rows'][number] = {
  ...{ index: 4, name: null, outcome: 'lost', expected: 3, before: 3, after: 5 },
  ...{ marginBefore: 1, marginAfter: -1, sqnrDb: 20, picture: null },
};
const samples: SampleEvidence = {
  counts: { lost: 3, changed: 0, gained: 1, bothWrong: 0 },
  rows: [lost],
  classes: [
    { class: 3, count: 40, rightBefore: 38, rightAfter: 35 },
    { class: 5, count: 40, rightBefore: 37, rightAfter: 38 },
    { class: 1, count: 40, rightBefore: 40, rightAfter: 40 },
  ],
  confusions: [
    { expected: 3, given: 5, before: 2, after: 5 },
    { expected: 1, given: 3, before: 4, after: 4 },
    { expected: 5, given: 3, before: 3, after: 2 },
  ],
  leftOut: { classes: 0, confusions: 0 },
  classNames: { 1: 'ship', 3: 'c|a*t', 5: 'dog' },
};
const run: RunDocument = { ...readRealRun('resnet8-auto'), samples };

suite('classes that are confused', () => {
  test('in the terminal, those that changed most first', () => {
    const text = renderSamples(run);
    assert.match(text, /Classes that changed[^]*c\|a\*t \(3\) .* 38 +35 +−3[^]*dog \(5\) .* 37 +38 +\+1/);
    assert.match(
      text,
      /Confusions that changed[^]*c\|a\*t \(3\) +dog \(5\) +2 +5 +\+3[^]*dog \(5\) +c\|a\*t \(3\) +3 +2 +−1/,
    );
    assert.doesNotMatch(text, /ship/, 'what did not change is no news');
  });

  const headings: Readonly<Record<ReportLanguage, readonly string[]>> = {
    en: ['Classes that changed', 'Confusions that changed', 'Answered instead'],
    'zh-CN': ['有变化的类别', '有变化的误判', '误判为'],
  };
  for (const language of ['en', 'zh-CN'] as const) {
    test(`in a report (${language})`, async () => {
      const options = exportOptionsSchema.parse({ format: 'md', language });
      const text = String((await renderExport([run], options)).files[0]!.content);
      for (const heading of headings[language]) assert.ok(text.includes(heading), heading);
      // Names come from data: none of them draws a table or emphasis.
      assert.ok(
        text.includes('c\\|a\\*t (3) | dog (5) | 2 | 5 | +3 |'),
        text.slice(text.indexOf(headings[language][1]!), 400),
      );
      assert.ok(!text.includes('ship (1)'));
    });
  }

  test('without any, nothing is said', async () => {
    const none: RunDocument = { ...run, samples: { ...samples, classes: [], confusions: [] } };
    assert.doesNotMatch(renderSamples(none), /that changed/);
    const text = String((await renderExport([none], exportOptionsSchema.parse({ format: 'md' }))).files[0]!.content);
    assert.doesNotMatch(text, /Confusions that changed/);
  });
});
