import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { metricWords } from '../../shared/engine-texts.ts';
import { findRow, lossOf, mainRow } from '../../shared/metric-row.ts';
import { runDocumentSchema, runSchemaVersion, type RunDocument } from '../../shared/run.ts';
import { metricNames, metrics } from '../../electron/engine/metrics/all.ts';

type Json = Record<string, unknown>;

const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Json;
const version1 = readJson('../renderer/fixture/mobilenetv2.json');
/** As the last release wrote it, shortened. */
const version2 = readJson('fixture/run-version-2.json');

suite('metric rows of documents', () => {
  for (const [version, written] of [
    [1, version1],
    [2, version2],
  ] as const) {
    test(`version ${version} has no rows: they are made of its fields`, () => {
      assert.equal(written['schemaVersion'], version);
      assert.ok(!('metrics' in (written['accuracy'] as Json)));
      const { accuracy } = runDocumentSchema.parse(written);
      const main = mainRow(accuracy)!;
      assert.equal(main.metric, 'top1');
      assert.equal(main.before, accuracy.before!.value);
      assert.deepEqual(main.afterCi95, accuracy.after!.ci95);
      assert.equal(main.difference, accuracy.difference!.value);
      assert.deepEqual(main.ci95, accuracy.difference!.ci95);
      const { onlyBefore, onlyAfter, pValue } = accuracy.mcnemar!;
      assert.deepEqual(main.test, { name: 'McNemar', pValue, betterBefore: onlyBefore, betterAfter: onlyAfter });
      assert.equal(lossOf(main), -accuracy.difference!.value, 'of accuracy less is a loss');
      assert.equal(findRow(accuracy, 'agreement')!.after, accuracy.agreement.top1);
      assert.equal(findRow(accuracy, 'sqnrDb')!.after, accuracy.agreement.sqnrDb);
      assert.equal(findRow(accuracy, 'cosine')!.after, accuracy.agreement.cosine);
      assert.equal(findRow(accuracy, 'top5') === null, accuracy.top5 === null);
    });
  }

  test('a document of this version keeps its own rows, whatever its other fields say', () => {
    const upgraded = runDocumentSchema.parse(version2);
    const [first, ...rest] = upgraded.accuracy.metrics;
    const own: RunDocument = {
      ...upgraded,
      schemaVersion: runSchemaVersion,
      accuracy: { ...upgraded.accuracy, metrics: [{ ...first!, metric: 'mae', higherIsBetter: false }, ...rest] },
    };
    const read = runDocumentSchema.parse(JSON.parse(JSON.stringify(own)));
    assert.deepEqual(read, own);
    assert.equal(lossOf(mainRow(read.accuracy)!), own.accuracy.difference!.value, 'of an error more is a loss');
  });

  test('without labels nothing is judged, for agreement is no target', () => {
    const accuracy = { ...(version2['accuracy'] as Json), metric: 'agreement', before: null, after: null };
    const unlabelled = runDocumentSchema.parse({
      ...version2,
      accuracy: { ...accuracy, difference: null, top5: null, mcnemar: null },
    });
    assert.equal(mainRow(unlabelled.accuracy), null);
    assert.deepEqual(
      unlabelled.accuracy.metrics.map(({ metric, against }) => [metric, against]),
      [
        ['agreement', 'original'],
        ['sqnrDb', 'original'],
        ['cosine', 'original'],
      ],
    );
  });

  test('fields that are none are told as before', () => {
    const broken = { ...version2, accuracy: { ...(version2['accuracy'] as Json), count: 'many' } };
    const parsed = runDocumentSchema.safeParse(broken);
    assert.ok(!parsed.success);
    assert.ok(parsed.error.issues.some(({ path }) => path.join('.') === 'accuracy.count'));
    assert.ok(!runDocumentSchema.safeParse({ ...version2, accuracy: null }).success);
  });
});

test('every metric has a name of its own, and words in both languages', () => {
  for (const { label, definition, zh } of metricNames) {
    assert.match(zh.definition, /\p{Script=Han}.*。$/u, label);
    assert.doesNotMatch(zh.definition + zh.label, /[a-z]{4,} [a-z]{2,}/, `English in the Chinese of "${label}"`);
    assert.match(definition, /^[A-Ze].*\.$/, label);
  }
  const owners = metrics.map((metric) => [...new Set(metric.names.map(({ metric: name }) => name))]).flat();
  assert.equal(new Set(owners).size, owners.length);
});

suite('words of metrics', () => {
  const row = { label: 'own figure', definition: 'What somebody counts.' };

  test('are those that the row brings, also of a metric that nobody here knows', () => {
    const zh = { label: '自定指标', definition: '某人所计。' };
    assert.deepEqual(metricWords({ ...row, zh }, 'zh-CN'), zh);
    assert.deepEqual(metricWords({ ...row, zh }, 'en'), row);
  });

  test('are recognized in documents whose rows have English alone, in the wording of their day', () => {
    const read = (label: string, definition: string) => metricWords({ label, definition, zh: null }, 'zh-CN');
    assert.deepEqual(
      read(
        'macro F1',
        'Mean over classes of 2 TP / (2 TP + FP + FN), of those that are right or given for any sample: every class counts alike, however rare.',
      ),
      {
        label: '宏平均 F1',
        definition:
          '各类别 2 TP / (2 TP + FP + FN) 的均值，只计在任一样本中为正确或被给出的类别：每个类别权重相同，无论多少见。',
      },
    );
    assert.equal(
      read(
        'PSNR',
        'Peak signal-to-noise ratio against the target, 10 log10(range^2 / mean squared error) with range 255, mean over samples (100 dB at most).',
      ).definition,
      '相对目标的峰值信噪比，10 log10(范围^2 / 均方误差)，范围为 255，取样本均值（至多 100 dB）。',
    );
    assert.equal(read('dice', 'Mean over samples of the score that "dice.py" gives each.').label, 'dice');
    assert.deepEqual(read('from 2031', 'Not known today.'), { label: 'from 2031', definition: 'Not known today.' });
  });

  test('of rows of today are kept in the document', () => {
    const { metric, label, definition } = metricNames[2]!;
    const { accuracy } = runDocumentSchema.parse(version2);
    const first = { ...accuracy.metrics[0]!, ...metricNames[2]! };
    const read = runDocumentSchema.parse(
      JSON.parse(JSON.stringify({ ...runDocumentSchema.parse(version2), accuracy: { ...accuracy, metrics: [first] } })),
    );
    assert.deepEqual(read.accuracy.metrics, [first]);
    assert.deepEqual([first.metric, first.label, first.definition], [metric, label, definition]);
    const { zh: _, ...alone } = first;
    const before = runDocumentSchema.parse({
      ...runDocumentSchema.parse(version2),
      accuracy: { ...accuracy, metrics: [alone] },
    });
    assert.equal(before.accuracy.metrics[0]!.zh, null);
  });
});
