import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import { recipePresets, type Recipe } from '../../../shared/recipe.ts';
import type { Candidate } from '../../../shared/run.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { loudBlock, loudBlockSamples } from '../loud-block.ts';
import { optionsFor, settled } from './search-options.ts';

const startingWith = (candidates: readonly Candidate[], prefix: string) =>
  candidates.filter(({ name }) => name.startsWith(prefix));
const chosenOf = (candidates: readonly Candidate[]) =>
  candidates.filter(({ chosen }) => chosen).map(({ name }) => name);

suite('auto decides by measurement', () => {
  test('everything at once: one weight range, one set of ranges, at most one of the rest', async () => {
    const { candidates: all, variant } = await searchRecipe(await optionsFor({}));
    // What is decided again once layers are in float says so.
    const candidates = all.filter(({ name }) => !/, again$|, at the end$/.test(name));
    assert.equal(chosenOf(startingWith(candidates, 'weights: ')).length, 1);
    assert.equal(chosenOf(startingWith(candidates, 'ranges: ')).length, 1);
    assert.ok(chosenOf(startingWith(candidates, 'float: first')).length <= 1);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length, 'no name twice');
    for (const { name, sqnrDb, top1Agreement, latencyRatio } of candidates) {
      assert.ok(sqnrDb !== null && sqnrDb > 5, name);
      assert.ok(top1Agreement !== null && top1Agreement >= 0 && top1Agreement <= 1);
      assert.equal(latencyRatio === null, !name.startsWith('float: first'), 'only float layers are a matter of speed');
    }
    assert.equal(variant.keepFloat.size > 0, chosenOf(startingWith(candidates, 'float: first')).length === 1);
  });

  test('the chosen method is the one with the best SQNR', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, calibrationMethod: 'auto' }));
    const ranges = startingWith(candidates, 'ranges: ');
    const names = ranges.map(({ name }) => name);
    for (const method of ['percentile 99.99', 'percentile 99.9', 'percentile 99.999', 'minmax', 'entropy', 'mse']) {
      assert.ok(names.includes(`ranges: ${method}`), method);
    }
    const best = Math.max(...ranges.map(({ sqnrDb }) => sqnrDb!));
    const [chosen] = ranges.filter((candidate) => candidate.chosen);
    assert.equal(chosen!.sqnrDb, best);
    assert.ok(
      candidates.every(({ taskLoss }) => taskLoss === undefined),
      'its task has no loss of its own',
    );
    assert.ok(chosen!.name.startsWith(`ranges: ${variant.oneSided.method}`));
  });

  test('the chosen weight range is the one with the best SQNR, or one as good that cannot saturate', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, reducedRange: 'auto' }));
    assert.deepEqual(
      candidates.map(({ name }) => name),
      ['weights: 8-bit', 'weights: 8-bit, pairs bounded', 'weights: 7-bit'],
    );
    const best = Math.max(...candidates.map(({ sqnrDb }) => sqnrDb!));
    const bestSafe = Math.max(...candidates.slice(1).map(({ sqnrDb }) => sqnrDb!));
    const [chosen] = candidates.filter((candidate) => candidate.chosen);
    assert.equal(chosen!.sqnrDb, best - bestSafe > 0.5 && bestSafe < 35 ? best : bestSafe);
    const ranges = { 'weights: 8-bit': 'int8', 'weights: 8-bit, pairs bounded': 'int8-pairs', 'weights: 7-bit': 'int8-reduced' }; // prettier-ignore
    assert.equal(variant.weightRange, ranges[chosen!.name as keyof typeof ranges]);
  });

  test('a CPU with int8 dot products has no weight range to try', async () => {
    const options = await optionsFor({ ...settled, reducedRange: 'auto' }, { features: { int8DotProduct: true } });
    const { candidates, variant } = await searchRecipe(options);
    assert.deepEqual([candidates, variant.weightRange], [[], 'int8']);
  });

  for (const [choice, setting] of [
    ['without bias correction', { biasCorrection: 'auto' }],
    ['without channel equalization', { equalization: 'auto' }],
  ] as const) {
    test(`"${choice}" is chosen only if it is closer than the alternative, also when it is the only question`, async () => {
      const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, ...setting }));
      const isBias = choice === 'without bias correction';
      const isTaken = isBias ? !variant.biasCorrection : !variant.equalized;
      const decided = startingWith(candidates, choice)[0]!;
      assert.equal(decided.chosen, isTaken);
      // The same question with the answer given beforehand, next to a question that measures both.
      const measure = async (value: 'on' | 'off') => {
        const fixed = isBias ? { biasCorrection: value } : { equalization: value };
        const options = await optionsFor({ ...settled, ...fixed, reducedRange: 'auto' });
        const { candidates: measured } = await searchRecipe(options);
        return measured.find(({ name }) => name === 'weights: 8-bit, pairs bounded')!.sqnrDb!;
      };
      const [change, original] = [await measure('off'), await measure('on')];
      assert.equal(
        isTaken,
        change > original,
        `${change.toFixed(2)} dB with the change, ${original.toFixed(2)} without`,
      );
    });
  }

  test('compensated rounding is chosen only if it is closer than rounding to nearest', async () => {
    const range = { ...settled, reducedRange: 'off' } as const;
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...range, weightRounding: 'auto' }));
    assert.deepEqual(
      candidates.map(({ name }) => name),
      ['weights rounded with compensation'],
    );
    assert.equal(variant.weightRounding, candidates[0]!.chosen ? 'compensated' : 'nearest');
    const asked = await searchRecipe(await optionsFor({ ...range, weightRounding: 'compensated' }));
    assert.equal(asked.variant.weightRounding, 'compensated');
    const nearest = await searchRecipe(await optionsFor(range));
    const [compensated, plain] = [asked, nearest].map(({ quantized }) => encodeModel(quantized.model));
    assert.notDeepEqual(compensated, plain, 'other integers');
  });

  test('float layers at the front are weighed by speed and closeness together', async () => {
    const { candidates, variant, plan: made } = await searchRecipe(await optionsFor({ ...settled, keepFloat: 'auto' }));
    const prefixes = startingWith(candidates, 'float: first');
    assert.deepEqual(
      prefixes.map(({ name }) => name),
      ['float: first 1 layer', 'float: first 2 layers', 'float: first 3 layers'].slice(0, prefixes.length),
    );
    assert.ok(prefixes.length >= 1 && prefixes.every(({ latencyRatio }) => latencyRatio !== null && latencyRatio > 0));
    const floating = made.nodes.filter(({ reason }) => reason.startsWith('measured: '));
    assert.deepEqual(
      floating.map(({ node }) => node),
      [...variant.keepFloat.keys()],
    );
  });
});

suite('channels before matrix products', () => {
  const net = { model: loudBlock, samples: loudBlockSamples };
  const nameOf = (strength: number): string => `SmoothQuant of strength ${strength}`;

  test('where a few are far louder, strengths are tried, and the closest is chosen', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, smoothing: 'auto' }, {}, net));
    assert.deepEqual(
      candidates.map(({ name }) => name),
      [0.5, 0.65, 0.8].map(nameOf),
    );
    const best = Math.max(...candidates.map(({ sqnrDb }) => sqnrDb!));
    const chosen = candidates.find((candidate) => candidate.chosen);
    assert.equal(chosen?.sqnrDb, best);
    assert.equal(chosen.name, nameOf(variant.smoothing!));
    assert.equal(chosen.settings?.smoothing, variant.smoothing);
    assert.deepEqual(chosen.nameSaid, { code: 'smoothedBy', slots: { strength: String(variant.smoothing) } });
  });

  test('the strength asked for is taken, and nothing else tried', async () => {
    const recipe = { ...settled, smoothing: 'on', smoothingStrength: 0.4 } as const;
    const { candidates, variant } = await searchRecipe(await optionsFor(recipe, {}, net));
    assert.deepEqual([candidates, variant.smoothing], [[], 0.4]);
  });

  test('where they are even, nothing is tried: a convolutional network has the search it had', async () => {
    const { candidates } = await searchRecipe(await optionsFor({ ...settled, smoothing: 'auto' }));
    assert.deepEqual(candidates, []);
  });
});

suite('nothing is searched', () => {
  test('when the recipe leaves nothing open', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor(settled));
    assert.deepEqual(candidates, []);
    assert.deepEqual(variant, {
      equalized: false,
      smoothing: null,
      oneSided: { method: 'percentile', percentile: 99.99 },
      twoSided: { method: 'percentile', percentile: 99.99 },
      weightRange: 'int8-pairs',
      weightRounding: 'nearest',
      biasCorrection: false,
      refined: new Map(),
      headroom: 1,
      overrides: [],
      keepFloat: new Map(),
    });
  });

  for (const [name, preset] of Object.entries(recipePresets)) {
    if (name === 'int8-static' || preset.scheme !== undefined) continue;
    test(`by the preset ${name}`, async () => {
      const { candidates, variant } = await searchRecipe(await optionsFor(preset as Partial<Recipe>));
      assert.deepEqual(candidates, []);
      assert.equal(variant.oneSided.method, preset.calibrationMethod);
      assert.deepEqual([variant.weightRange, variant.biasCorrection, variant.equalized], ['int8-pairs', false, false]);
      // Full 8 bits where sums cannot saturate, or where they are asked for.
      const exact = await searchRecipe(
        await optionsFor(preset as Partial<Recipe>, { features: { int8DotProduct: true } }),
      );
      const asked = await searchRecipe(await optionsFor({ ...(preset as Partial<Recipe>), reducedRange: 'off' }));
      assert.deepEqual([exact.variant.weightRange, asked.variant.weightRange], ['int8', 'int8']);
    });
  }
});

test('a search can be repeated: everything that is not a matter of speed comes out the same', async () => {
  const recipe: Partial<Recipe> = { keepFloat: 'none' };
  const [first, second] = [await searchRecipe(await optionsFor(recipe)), await searchRecipe(await optionsFor(recipe))];
  assert.deepEqual(second.candidates, first.candidates);
  assert.deepEqual(second.variant, first.variant);
});

test('progress never exceeds its total, and cancelling stops between samples', async () => {
  const progress: (readonly [number, number])[] = [];
  const controller = new AbortController();
  const options = await optionsFor(
    { keepFloat: 'none' },
    {
      signal: controller.signal,
      onCandidate: ({ done, total }) => {
        progress.push([done, total]);
        if (done === 4) controller.abort();
      },
    },
  );
  await assert.rejects(searchRecipe(options), CancelledError);
  assert.deepEqual(
    progress.map(([done]) => done),
    [1, 2, 3, 4],
  );
  assert.ok(progress.every(([done, total]) => done <= total));
});
