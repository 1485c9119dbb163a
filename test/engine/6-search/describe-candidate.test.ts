import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { candidateSchema, type Candidate } from '../../../shared/candidate.ts';
import { optionsFor, settled } from './search-options.ts';

suite('a candidate is told as data', () => {
  test('how each choice is made in it, which its name says to people', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, calibrationMethod: 'auto' }));
    const settingsOf = (start: string) => candidates.find(({ name }) => name.startsWith(start))!.settings!;
    assert.deepEqual(
      [settingsOf('ranges: minmax').oneSided, settingsOf('ranges: minmax').twoSided],
      ['minmax', 'minmax'],
    );
    const mixed = candidates.filter(({ name }) => name.includes(', signed tensors '));
    assert.ok(mixed.length > 0);
    for (const { name, settings } of mixed) {
      assert.equal(name, `ranges: ${settings!.oneSided}, signed tensors ${settings!.twoSided}`);
      assert.notEqual(settings!.oneSided, settings!.twoSided);
    }
    const last = candidates.at(-1)!;
    assert.equal(last.settings!.headroom, 1.1);
    assert.equal(last.settings!.refinedTensors, variant.refined.size);
    for (const candidate of candidates) assert.deepEqual(candidateSchema.parse(candidate), candidate);
  });

  test('and how large it is: each layer in float makes it larger by three bytes a weight', async () => {
    const { candidates } = await searchRecipe(await optionsFor({ ...settled, keepFloat: 'auto' }));
    const kept = (count: number): Candidate =>
      candidates.find(({ name }) => name.startsWith(`float: first ${count} `))!;
    const [one, two] = [kept(1), kept(2)];
    assert.deepEqual([one.settings!.keptFloat, two.settings!.keptFloat], [1, 2]);
    assert.equal(two.settings!.schemes['int8-static']! + 1 <= one.settings!.schemes['int8-static']!, true);
    // Of the second layer's 8 x 8 x 3 x 3 weights; scales and biases are a few hundred bytes.
    const grown = two.sizeBytes! - one.sizeBytes!;
    assert.ok(Math.abs(grown - 3 * 8 * 8 * 9) < 400, `${grown}`);
  });
});
