import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { translateEngineText } from '../../shared/engine-texts.ts';
import { findRow, lossOf, mainRow } from '../../shared/metric-row.ts';
import { runDocumentSchema, runSchemaVersion, type RunDocument } from '../../shared/run.ts';
import { metrics } from '../../electron/engine/metrics/all.ts';

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
  const names = metrics.flatMap((metric) => metric.names);
  for (const { label, definition } of names) {
    for (const text of [label, definition]) {
      assert.notEqual(translateEngineText(text, 'zh-CN'), text, `no Chinese for "${text}"`);
    }
  }
  const owners = metrics.map((metric) => [...new Set(metric.names.map(({ metric: name }) => name))]).flat();
  assert.equal(new Set(owners).size, owners.length);
});
