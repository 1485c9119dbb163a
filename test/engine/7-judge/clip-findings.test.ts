import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TensorRange } from '../../../shared/run.ts';
import { findClipping } from '../../../electron/engine/7-judge/clip-findings.ts';

function range(changes: Partial<TensorRange>): TensorRange {
  return {
    tensor: 'scores',
    sharedBy: [],
    min: 0,
    max: 10,
    low: 0,
    high: 11,
    scale: 11 / 255,
    zeroPoint: 0,
    histogram: [],
    decides: true,
    clippedValueShare: 0,
    clippedSampleShare: 0,
    unseenSampleCount: 200,
    ...changes,
  };
}
const codesOf = (...ranges: readonly TensorRange[]): string[] => findClipping(ranges).map(({ code }) => code);

suite('findings about what ranges cut', () => {
  test('a tensor that decides is named where surely more samples clip than stated', () => {
    const [found] = findClipping([range({ clippedSampleShare: 0.11 })]);
    assert.equal(found!.code, 'output-clips');
    assert.ok(found!.message.startsWith('22 of 200 evaluation samples (11.0 %) go beyond the range of "scores"'));
    assert.deepEqual(codesOf(range({ clippedSampleShare: 0.01 })), []);
    // 2 of 200 and 1 of 20 may be chance, 5 of 200 hardly.
    assert.deepEqual(codesOf(range({ clippedSampleShare: 0.05, unseenSampleCount: 20 })), []);
    assert.deepEqual(codesOf(range({ clippedSampleShare: 0.025 })), ['output-clips']);
  });

  test('values inside the model are cut on purpose, up to one in a hundred', () => {
    const inner = { decides: false, clippedSampleShare: 1 };
    assert.deepEqual(codesOf(range({ ...inner, clippedValueShare: 0.001 })), []);
    const ranges = ['a', 'b', 'c', 'd'].map((tensor, index) =>
      range({ ...inner, tensor, clippedValueShare: (index + 1) / 50 }),
    );
    const [found, ...more] = findClipping(ranges);
    assert.deepEqual([found!.code, more], ['range-clips', []]);
    assert.match(found!.message, /most of all those of "d" \(8\.0 %\), "c" \(6\.0 %\), "b" \(4\.0 %\)\./);
  });

  test('a calibration sample far beyond all others is named', () => {
    assert.deepEqual(codesOf(range({ max: 5000, high: 40 })), ['calibration-outlier']);
  });

  test('documents that do not know say nothing', () => {
    assert.deepEqual(
      codesOf(range({ clippedSampleShare: null, clippedValueShare: null, unseenSampleCount: null })),
      [],
    );
  });
});
