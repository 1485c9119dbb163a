import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assertKnownMetrics, knownMetrics } from '../../../electron/engine/metrics/known-metrics.ts';
import { useTargets, type OutputFacts } from '../../../electron/engine/metrics/task.ts';

suite('limits on metrics', () => {
  test('are taken for every figure there is', () => {
    assert.ok(knownMetrics.includes('mAP') && knownMetrics.includes('psnr'));
    assert.ok(knownMetrics.includes('perplexity') && knownMetrics.includes('sameContinuation'));
    assertKnownMetrics(Object.fromEntries(knownMetrics.map((name) => [name, 1])), false);
    assertKnownMetrics({ custom: 1 }, true);
  });

  test('are refused for others, with those there are', () => {
    assert.throws(() => assertKnownMetrics({ top1: 1, map: 1 }, false), {
      code: 'options-invalid',
      message: /no metric "map".*The metrics are top1, .*mAP/,
    });
    assert.throws(() => assertKnownMetrics({ custom: 1 }, false), { message: /no metric "custom"/ });
    assert.throws(() => assertKnownMetrics({ toString: 1 }, false), { message: /no metric "toString"/ });
  });
});

suite('a task that somebody said it is', () => {
  const facts = (dataType: string, ...dims: number[]) => ({
    name: 'target',
    output: null,
    dataType,
    dims,
    areYesOrNo: true,
  });
  const output = (...dims: number[]): OutputFacts[] => [{ name: 'out', dataType: 'float32', dims }];

  test('overrides what targets and outputs tell', () => {
    const labels = facts('int64', 5);
    assert.equal(useTargets(labels, output(5))!.task, 'multi-label');
    assert.equal(useTargets(labels, output(5), 'regression')!.task, 'regression');
    assert.equal(useTargets(facts('float32', 5), output(5), 'multi-label')!.task, 'multi-label');
    assert.equal(useTargets(facts('int64', 4, 4), output(1, 4, 4), 'segmentation')!.task, 'segmentation');
    assert.equal(useTargets(labels, output(5), 'embedding'), null, 'which has no targets');
  });

  test('is refused where the targets cannot be of it', () => {
    for (const [target, task] of [
      [facts('int64', 5), 'segmentation'],
      [facts('float32', 4), 'regression'],
      [facts('int64', 3, 5), 'multi-label'],
    ] as const)
      assert.throws(() => useTargets(target, output(3, 4, 4), task), { code: 'data-shape-mismatch' });
  });
});
