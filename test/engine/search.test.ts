import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError } from '../../shared/app-error.ts';
import { recipePresets, recipeSchema, type Recipe } from '../../shared/recipe.ts';
import type { Candidate } from '../../shared/run.ts';
import { observeShapes } from '../../electron/engine/1-analyze/shapes.ts';
import { calibrateModels } from '../../electron/engine/calibrate.ts';
import { indexGraph } from '../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../electron/engine/onnx/model-file.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { createJournal } from '../../electron/engine/journal.ts';
import { keepLayersFloat } from '../../electron/engine/keep-float.ts';
import { Laboratory } from '../../electron/engine/laboratory.ts';
import type { QuantizedModel } from '../../electron/engine/3-quantize/apply.ts';
import { searchRecipe, type SearchOptions } from '../../electron/engine/search.ts';
import type { Feeds } from '../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op, plan } from './build-model.ts';

const same = { pads: [1, 1, 1, 1] };

/** Three convolutions and a classifier; inputs are far from zero on average, with rare outliers. */
const model = buildModel({
  inputs: { x: ['N', 4, 8, 8] },
  outputs: 'y',
  nodes: [
    op('Conv', 'x w1 b1', 'a', same),
    op('Relu', 'a', 'r'),
    op('Conv', 'r w2 b2', 'c', same),
    op('LeakyRelu', 'c', 'd', { alpha: { float: 0.1 } }),
    op('Conv', 'd w3', 'e', same),
    op('Relu', 'e', 'f'),
    op('GlobalAveragePool', 'f', 'g'),
    op('Flatten', 'g', 'h'),
    op('Gemm', 'h w4 b4', 'y'),
  ],
  weights: {
    w1: noise([8, 4, 3, 3], 1, 0.2),
    b1: noise([8], 2, 0.1),
    w2: noise([8, 8, 3, 3], 3, 0.15),
    b2: noise([8], 4, 0.1),
    w3: noise([8, 8, 3, 3], 5, 0.15),
    w4: noise([8, 5], 6, 0.5),
    b4: noise([5], 7, 0.1),
  },
});

const samples = Array.from({ length: 12 }, (_, seed): Feeds => {
  const values = noise([1, 4, 8, 8], seed, 0.3).data as Float32Array;
  return { x: floats([1, 4, 8, 8], values.map((value, index) => (index === 17 * seed ? 12 : value + 1))) }; // prettier-ignore
});

async function optionsFor(recipe: Partial<Recipe>, changes: Partial<SearchOptions> = {}): Promise<SearchOptions> {
  const graph = indexGraph(model);
  const shapes = await observeShapes(inMemory(model), samples[0]!);
  const made = plan(model, shapes);
  const calibration = { count: samples.length, read: (index: number) => Promise.resolve(samples[index]!) };
  const { signal } = new AbortController();
  const whole = recipeSchema.parse(recipe);
  const models = await calibrateModels(inMemory(model), {
    plan: made,
    graph,
    shapes,
    recipe: whole,
    samples: calibration,
    threads: 1,
    signal,
    onSample: () => undefined,
  });
  return {
    ...models,
    samples: calibration,
    graph,
    shapes,
    recipe: whole,
    hasInt8DotProduct: false,
    tuning: samples,
    threads: 1,
    fastThreads: 1,
    spawn: spawnNodeChild,
    signal,
    onCandidate: () => undefined,
    ...changes,
  };
}

/** Nothing left to choose but what a test says. */
const settled: Partial<Recipe> = {
  calibrationMethod: 'percentile',
  reducedRange: 'pairs',
  biasCorrection: 'off',
  equalization: 'off',
  weightRounding: 'nearest',
  keepFloat: 'none',
};

const startingWith = (candidates: readonly Candidate[], prefix: string) =>
  candidates.filter(({ name }) => name.startsWith(prefix));
const chosenOf = (candidates: readonly Candidate[]) =>
  candidates.filter(({ chosen }) => chosen).map(({ name }) => name);

suite('auto decides by measurement', () => {
  test('everything at once: one weight range, one set of ranges, at most one of the rest', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({}));
    assert.equal(chosenOf(startingWith(candidates, 'weights: ')).length, 1);
    assert.equal(chosenOf(startingWith(candidates, 'ranges: ')).length, 1);
    assert.ok(chosenOf(startingWith(candidates, 'float: first')).length <= 1);
    assert.equal(new Set(candidates.map(({ name }) => name)).size, candidates.length, 'no name twice');
    for (const { name, sqnrDb, top1Agreement, latencyRatio } of candidates) {
      assert.ok(sqnrDb !== null && sqnrDb > 5, name);
      assert.ok(top1Agreement >= 0 && top1Agreement <= 1);
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
    assert.ok(chosen!.name.startsWith(`ranges: ${variant.oneSided.method}`));
  });

  test('the chosen weight range is the one with the best SQNR', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor({ ...settled, reducedRange: 'auto' }));
    assert.deepEqual(
      candidates.map(({ name }) => name),
      ['weights: 8-bit', 'weights: 8-bit, pairs bounded', 'weights: 7-bit'],
    );
    const best = Math.max(...candidates.map(({ sqnrDb }) => sqnrDb!));
    const [chosen] = candidates.filter((candidate) => candidate.chosen);
    assert.equal(chosen!.sqnrDb, best);
    const ranges = { 'weights: 8-bit': 'int8', 'weights: 8-bit, pairs bounded': 'int8-pairs', 'weights: 7-bit': 'int8-reduced' }; // prettier-ignore
    assert.equal(variant.weightRange, ranges[chosen!.name as keyof typeof ranges]);
  });

  test('a CPU with int8 dot products has no weight range to try', async () => {
    const options = await optionsFor({ ...settled, reducedRange: 'auto' }, { hasInt8DotProduct: true });
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

/** Real candidates, but layers and whole models take the time a test says. */
class SettledTimes extends Laboratory {
  readonly times: { readonly float: Readonly<Record<string, number>>; readonly int8: Readonly<Record<string, number>> };
  /** Time of the base / time of the candidate, one after the other. */
  readonly ratios: number[];

  constructor(options: SearchOptions, times: SettledTimes['times'], ratios: readonly number[]) {
    super(options);
    this.times = times;
    this.ratios = [...ratios];
  }

  override layerTimes(model: QuantizedModel | null): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map(Object.entries(model === null ? this.times.float : this.times.int8)));
  }

  override latencyRatio(): Promise<{ ratio: number; low: number; high: number }> {
    const ratio = this.ratios.shift()!;
    return Promise.resolve({ ratio, low: ratio, high: ratio });
  }
}

suite('layers that int8 makes slower stay in float', () => {
  const float = { a: 1, c: 1, e: 1, y: 1 };
  const slowPrefixes = [0.5, 0.5, 0.5];
  const decide = async (times: SettledTimes['times'], ratios: readonly number[]) => {
    const options = await optionsFor(settled);
    const laboratory = new SettledTimes(options, times, ratios);
    const base = laboratory.build((await searchRecipe(options)).variant);
    const candidates: Candidate[] = [];
    const journal = createJournal(candidates, () => undefined);
    const { variant } = await keepLayersFloat(options.graph, laboratory, base, journal);
    return {
      float: [...variant.keepFloat.keys()],
      names: candidates.slice(slowPrefixes.length).map(({ name }) => name),
    };
  };

  test('when the whole model gains by it', async () => {
    const int8 = { a: 0.5, c: 2, e: 0.5, y: 1.02 };
    // y is within what a short profile can tell.
    assert.deepEqual(await decide({ float, int8 }, [...slowPrefixes, 1.5]), {
      float: ['c'],
      names: ['float: 1 layer slower in int8'],
    });
  });

  test('but not when the conversions cost more than the layer saves', async () => {
    const int8 = { a: 0.5, c: 2, e: 3, y: 0.5 };
    assert.deepEqual(await decide({ float, int8 }, [...slowPrefixes, 0.5]), {
      float: [],
      names: ['float: 2 layers slower in int8'],
    });
  });

  test('and never all of them: that would be the model as it came', async () => {
    const int8 = { a: 2, c: 2, e: 2, y: 2 };
    assert.deepEqual(await decide({ float, int8 }, slowPrefixes), { float: [], names: [] });
  });
});

suite('nothing is searched', () => {
  test('when the recipe leaves nothing open', async () => {
    const { candidates, variant } = await searchRecipe(await optionsFor(settled));
    assert.deepEqual(candidates, []);
    assert.deepEqual(variant, {
      equalized: false,
      oneSided: { method: 'percentile', percentile: 99.99 },
      twoSided: { method: 'percentile', percentile: 99.99 },
      weightRange: 'int8-pairs',
      weightRounding: 'nearest',
      biasCorrection: false,
      refined: new Map(),
      headroom: 1,
      keepFloat: new Map(),
    });
  });

  for (const [name, preset] of Object.entries(recipePresets)) {
    if (name === 'int8-static') continue;
    test(`by the preset ${name}`, async () => {
      const { candidates, variant } = await searchRecipe(await optionsFor(preset as Partial<Recipe>));
      assert.deepEqual(candidates, []);
      assert.equal(variant.oneSided.method, preset.calibrationMethod);
      assert.deepEqual([variant.weightRange, variant.biasCorrection, variant.equalized], ['int8', false, false]);
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
      onCandidate: (done, total) => {
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
