import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderAccuracy } from '../../electron/cli/accuracy-view.ts';
import { judgeVerdict } from '../../electron/engine/7-judge/verdict.ts';
import { keptBoxes } from '../../electron/engine/metrics/kept-boxes.ts';
import { keptNeighbours } from '../../electron/engine/metrics/neighbours.ts';
import { sameText } from '../../electron/engine/metrics/transcripts.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import { describeAxes } from '../../shared/decision-texts.ts';
import { decisionOf } from '../../shared/decision.ts';
import { describeFinding } from '../../shared/finding-texts.ts';
import { findingsOf } from '../../shared/findings.ts';
import { agreementRowOf, type MetricName } from '../../shared/metric-row.ts';
import { exportOptionsSchema, type ReportLanguage } from '../../shared/report-options.ts';
import type { RunDocument } from '../../shared/run.ts';
import { targetKinds, type TargetKind } from '../../shared/target-kinds.ts';
import { targetWords } from '../../shared/target-texts.ts';
import { readRealRun, withoutClasses } from './real-runs.ts';

/* What is missing is called by its own name wherever a run says that there is only agreement. */

const bare = withoutClasses(readRealRun('resnet8-auto'));

function without(targetKind: TargetKind, agreed: MetricName | null = null): RunDocument {
  const rows = agreed === null ? [] : [agreementRowOf(agreed, 0.925, 40, [0.9, 0.95])];
  const run = {
    ...bare,
    data: { ...bare.data, labelled: false },
    accuracy: { ...bare.accuracy, targetKind, metrics: [...rows, ...bare.accuracy.metrics] },
  };
  const { ledger, latency, accuracy, data, layers } = run;
  return { ...run, verdict: judgeVerdict(ledger, latency, accuracy, data, [], [], undefined, layers) };
}

const findingOf = (run: RunDocument, language: ReportLanguage): string => {
  const finding = findingsOf(run).find(({ kind }) => kind === 'noTargets');
  return finding === undefined ? '' : describeFinding(finding, language).evidence;
};

async function report(run: RunDocument, language: ReportLanguage): Promise<string> {
  const { files } = await renderExport([run], exportOptionsSchema.parse({ format: 'md', language }));
  return files.map(({ content }) => String(content)).join('\n');
}

suite('targets that are not there', () => {
  for (const kind of targetKinds)
    test(`${kind} are named, with what to do`, async () => {
      const run = without(kind);
      for (const language of ['en', 'zh-CN'] as const) {
        const { name, add } = targetWords(kind, language);
        const found = findingOf(run, language);
        assert.ok(found.includes(name) && found.endsWith(add), found);
        const text = await report(run, language);
        assert.ok(text.includes(language === 'en' ? `There are no ${name}` : `没有${name}`));
      }
      assert.ok(renderAccuracy(run.accuracy, false).includes(`No ${targetWords(kind, 'en').name}: `));
    });

  test('nothing but a classifier is told to get labels', async () => {
    for (const kind of ['boxes', 'masks', 'texts', 'tags', 'answers', 'pictures', 'values'] as const) {
      const run = without(kind);
      assert.doesNotMatch(`${findingOf(run, 'en')} ${run.verdict.join(' ')}`, /label/i);
      assert.ok(run.verdict[1]!.includes(targetWords(kind, 'en').check));
      assert.ok((await report(run, 'zh-CN')).includes(targetWords(kind, 'zh-CN').check));
    }
  });

  for (const [kind, name] of [
    ['boxes', keptBoxes],
    ['pairs', keptNeighbours],
    ['texts', sameText],
  ] as const)
    test(`the task's own agreement comes before that of outputs: ${kind}`, async () => {
      const run = without(kind, name);
      const axis = (language: ReportLanguage) => describeAxes(decisionOf(run), run, language)[2]!;
      assert.equal(axis('en').value, '92.5 %');
      assert.ok(axis('en').detail.startsWith(`${name.label}, SQNR `));
      assert.ok(axis('zh-CN').detail.startsWith(name.zh.label));
      assert.ok(run.verdict[0]!.includes(`${name.label} 92.5 %, SQNR`));
      assert.ok(findingOf(run, 'en').includes(`(${name.label} 92.5 %, SQNR`));
      assert.ok(findingOf(run, 'zh-CN').includes(`${name.zh.label} 92.5 %`));
      const text = await report(run, 'zh-CN');
      assert.ok(text.includes(`${name.zh.label} 92.5 %`));
      // Classes of steps, which texts are made of, are not said in place of texts.
      const ranked = { ...run.accuracy, agreement: { ...run.accuracy.agreement, top1: 0.9 } };
      const { ledger, latency, data, layers } = run;
      const [first, second] = judgeVerdict(ledger, latency, ranked, data, [], [], undefined, layers);
      assert.ok(first.includes(`${name.label} 92.5 %`) && !first.includes('first class'));
      assert.doesNotMatch(second, /another class first on 10\.0 % .* Check it/);
    });
});
