import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findStates } from '../../../electron/engine/1-analyze/find-states.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';

const values = (described: Readonly<Record<string, readonly (number | string)[]>>): ValueInfo[] =>
  Object.entries(described).map(([name, dims]) => ({ name, dataType: 'float32', dims }));
const pairs = (...[inputs, outputs]: readonly [Parameters<typeof values>[0], Parameters<typeof values>[0]]) =>
  findStates(values(inputs), values(outputs)).map(({ output, input }) => `${output} -> ${input}`);

suite('outputs that feed inputs', () => {
  test('by name', () => {
    assert.deepEqual(pairs({ x: [1, 32], state: [1, 64] }, { prob: [1, 1], stateN: [1, 64] }), ['stateN -> state']);
    assert.deepEqual(
      pairs({ x: [1, 9], h: [2, 1, 64], c: [2, 1, 64] }, { y: [1, 1], hn: [2, 1, 64], cn: [2, 1, 64] }),
      ['hn -> h', 'cn -> c'],
    );
    assert.deepEqual(pairs({ mix: [1, 9], conv_cache: [2, 5] }, { enh: [1, 9], conv_cache_out: [2, 5] }), [
      'conv_cache_out -> conv_cache',
    ]);
    assert.deepEqual(
      pairs(
        { ids: [1, 1], 'past_key_values.0.key': [1, 4, 'p', 8] },
        { logits: [1, 1, 99], 'present.0.key': [1, 4, 't', 8] },
      ),
      ['present.0.key -> past_key_values.0.key'],
    );
  });

  test('by place, where names tell nothing', () => {
    assert.deepEqual(
      pairs({ input_2: [1, 1, 257], input_3: [1, 2, 128, 2] }, { activation_2: [1, 1, 257], stack_2: [1, 2, 128, 2] }),
      ['stack_2 -> input_3'],
    );
  });

  test('but not images that become images, nor two of a kind', () => {
    assert.deepEqual(pairs({ input: [1, 3, 8, 8] }, { output: [1, 3, 8, 8] }), []);
    assert.deepEqual(pairs({ left: [1, 3, 8, 8], right: [1, 3, 8, 8] }, { a: [1, 3, 8, 8], b: [1, 3, 8, 8] }), []);
    assert.deepEqual(pairs({ x: [1, 32], state: [1, 64] }, { prob: [1, 1], state_out: [1, 32] }), [], 'another size');
  });
});
