import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { KeptSamples, type Sample } from '../../../electron/engine/6-search/kept-samples.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { ScratchWeights } from '../../../electron/engine/onnx/scratch-weights.ts';
import { noise } from '../build-model.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

const sampleOf = (seed: number): Sample => ({
  scores: noise([2, 3], seed),
  classes: { dataType: 'int64', dims: [2], data: BigInt64Array.of(BigInt(seed), -7n) },
  masks: { dataType: 'bool', dims: [0, 4], data: new Uint8Array(0) },
  halves: { dataType: 'float16', dims: [], data: Uint16Array.of(0x3c00 + seed) },
});

suite('samples that are looked at again and again', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'vernier-kept-'))));
  after(() => rmSync(folder, { recursive: true }));

  test('are in memory up to the limit, and what goes beyond it is the same from the disk', () => {
    const path = join(folder, 'samples.data');
    const bytesOfOne = 6 * 4 + 2 * 8 + 2;
    const kept = new KeptSamples(path, 2 * bytesOfOne);
    for (let seed = 0; seed < 5; seed++) {
      kept.add(sampleOf(seed));
      assert.equal(existsSync(path), seed >= 2);
    }
    assert.deepEqual([kept.count, statSync(path).size, kept.writtenBytes], [5, 3 * bytesOfOne, 3 * bytesOfOne]);
    for (const index of [4, 0, 3, 2, 1, 4]) assert.deepEqual(kept.read(index), sampleOf(index));
  });

  test('without a file are all in memory', () => {
    const kept = new KeptSamples(null, 0);
    kept.add(sampleOf(1));
    assert.deepEqual([kept.read(0), kept.writtenBytes], [sampleOf(1), 0]);
  });

  test('that can be neither written nor read are said to be so', () => {
    assert.throws(() => new KeptSamples(join(folder, 'gone', 'x'), 0).add(sampleOf(1)), { code: 'write-failed' });
    const path = join(folder, 'cut.data');
    const kept = new KeptSamples(path, 0);
    kept.add(sampleOf(1));
    truncateSync(path, 3);
    assert.throws(() => kept.read(0), { code: 'file-unreadable', message: /became shorter/ });
  });

  test('candidates whose weights are in a file are as close as those that hold them', async () => {
    const options = await optionsFor(settled);
    const { prepared } = options;
    const scratch = new ScratchWeights(folder);
    const placed = { ...prepared, model: scratch.placeModel(prepared.model) };
    const [held, inFile] = [new Laboratory(options), new Laboratory({ ...options, prepared: placed, scratch })];
    for (const weightRange of ['int8', 'int8-pairs'] as const) {
      const variant = { ...plainVariant, weightRange };
      assert.deepEqual(await inFile.assess(await inFile.build(variant)), await held.assess(await held.build(variant)));
    }
    const times = await inFile.layerTimes((await inFile.build(plainVariant)).quantized);
    assert.ok([...times.values()].some((ms) => ms > 0));
  });
});
