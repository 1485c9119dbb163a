import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../onnx/tiny-model.ts';
import { corpus } from './all.ts';
import { allSchemes, faultOf, tryEntry } from './try-entry.ts';

/*
 * Each model of the corpus by one scheme, which is the next one for the next model: every operator, shape and habit meets several
 * in its siblings. `npm run bench:corpus` tries each by all.
 */

const folder = temporaryFolder();

suite('the corpus', () => {
  test('has a model for each operator, shape and habit, under a name of its own', () => {
    assert.equal(new Set(corpus.map(({ name }) => name)).size, corpus.length);
    assert.ok(corpus.length >= 300);
  });

  for (const [first, scheme] of allSchemes.entries()) {
    test(`${scheme}: right by numbers, or refused with a node and a reason`, async () => {
      const faults: string[] = [];
      let compressed = 0;
      for (let index = first; index < corpus.length; index += allSchemes.length) {
        const entry = corpus[index]!;
        const outcome = await tryEntry(entry, scheme, join(folder, String(index)));
        if (outcome.kind === 'compressed') compressed++;
        const fault = faultOf(entry, scheme, outcome);
        if (fault !== null) faults.push(`${entry.name}: ${fault}`);
      }
      assert.deepEqual(faults, []);
      assert.ok(compressed >= 10, `${compressed} compressed`);
    });
  }
});
