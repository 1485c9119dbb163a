import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createSampleReader } from '../../../electron/engine/5-measure/read-sample.ts';
import { poolings, type Pooling } from '../../../shared/tasks.ts';

/* One vector of those of tokens, whichever side the text is filled up on. */

/** Three tokens of its own, and one that fills up. */
const rows = { own: [[1, -4], [2, 8], [6, -1]], fill: [100, 100] } as const; // prettier-ignore
const expected: Readonly<Record<Pooling, readonly number[]>> = {
  mean: [3, 1],
  cls: [1, -4],
  max: [6, 8],
  last: [6, -1],
};

function vectorOf(kind: Pooling, start: 0 | 1): readonly number[] {
  const data = Float32Array.from((start === 0 ? [...rows.own, rows.fill] : [rows.fill, ...rows.own]).flat());
  const outputs = { hidden: { dataType: 'float32' as const, dims: [1, 4, 2], data } };
  const reader = createSampleReader({
    compared: ['hidden'],
    classOutput: null,
    vectorOutput: 'hidden',
    pooling: { kind },
    textOutput: null,
    nextOutput: null,
    tagOutput: null,
    answerOutputs: null,
    targetUse: null,
    source: undefined,
    batchSize: 1,
  });
  const nothing = { target: null, rightText: null, words: null, question: null };
  const tokens = { ids: Int32Array.of(5, 6, 7), start, fed: 4 };
  return Array.from(reader.read(outputs, outputs, { row: 0, index: 0, label: null, ...nothing, tokens }).vector![0]);
}

suite('the vector of a text', () => {
  for (const kind of poolings)
    test(`${kind} of its own tokens`, () => {
      for (const start of [0, 1] as const) assert.deepEqual(vectorOf(kind, start), expected[kind], `from ${start}`);
    });
});
