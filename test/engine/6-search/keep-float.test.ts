import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Candidate } from '../../../shared/run.ts';
import type { QuantizedModel } from '../../../electron/engine/schemes/apply-plan.ts';
import { createJournal } from '../../../electron/engine/6-search/journal.ts';
import { keepLayersFloat } from '../../../electron/engine/6-search/keep-float.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { searchRecipe, type SearchOptions } from '../../../electron/engine/6-search/search.ts';
import { buildModel, floats, noise, op } from '../build-model.ts';
import { optionsFor, settled } from './search-options.ts';

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
    const base = await laboratory.build((await searchRecipe(options)).variant);
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
    assert.deepEqual(await decide({ float, int8 }, [...slowPrefixes, 1.5, 1.5]), {
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

  test('nor when it gains by it only once', async () => {
    const int8 = { a: 0.5, c: 2, e: 0.5, y: 1.02 };
    assert.deepEqual(await decide({ float, int8 }, [...slowPrefixes, 1.5, 1]), {
      float: [],
      names: ['float: 1 layer slower in int8'],
    });
  });

  test('nor when the model would grow much for little', async () => {
    // In float c would more than double the model: a fifth of the time is the least that is worth it.
    const save = async (ms: number) => {
      const int8 = { a: 0.02, c: 1 + ms, e: 0.02, y: 0.02 };
      return (await decide({ float, int8 }, [...slowPrefixes, 1.5, 1.5])).float;
    };
    assert.deepEqual([await save(0.1), await save(0.6)], [[], ['c']]);
    // All is worth it to a model that is slower than it was, as by the many layers of which no one is to blame.
    const slower = { a: 4.04, c: 1.1, e: 0.5, y: 1 };
    assert.deepEqual((await decide({ float, int8: slower }, [...slowPrefixes, 1.5, 1.5])).float, ['a', 'c']);
    // y is a small layer, and a little time is worth it.
    const int8 = { a: 0.5, c: 1.1, e: 0.5, y: 1.1 };
    assert.deepEqual((await decide({ float, int8 }, [...slowPrefixes, 1.5, 1.5])).float, ['y']);
  });

  test('and never all of them: that would be the model as it came', async () => {
    const int8 = { a: 2, c: 2, e: 2, y: 2 };
    assert.deepEqual(await decide({ float, int8 }, slowPrefixes), { float: [], names: [] });
  });
});

suite('the first layers stay in float', () => {
  // What 2 % of latency is worth is 1 dB, and closeness does not change much here.
  const decide = async (...ratios: readonly number[]) => {
    const options = await optionsFor(settled);
    const laboratory = new SettledTimes(options, { float: {}, int8: {} }, ratios);
    const base = await laboratory.build((await searchRecipe(options)).variant);
    const candidates: Candidate[] = [];
    const journal = createJournal(candidates, () => undefined);
    const { variant } = await keepLayersFloat(options.graph, laboratory, base, journal);
    const chosen = candidates.filter((candidate) => candidate.chosen).map(({ name }) => name);
    return [chosen, [...variant.keepFloat.keys()]];
  };

  test('where that is faster or closer', async () => {
    assert.deepEqual(await decide(1.2, 1.5, 1.1), [['float: first 2 layers'], ['a', 'c']]);
  });

  test('and of those that tie with the best the shortest wins', async () => {
    assert.deepEqual(await decide(1.2, 1.201, 1.202), [['float: first 1 layer'], ['a']]);
    assert.deepEqual(await decide(1.1, 1.201, 1.202), [['float: first 2 layers'], ['a', 'c']]);
  });

  test('but none where none is better by more than timing can tell', async () => {
    assert.deepEqual(await decide(0.9, 0.9, 0.9), [[], []]);
  });
});

suite('layers that ruin the outputs stay in float', () => {
  const layers = 5;
  const width = 16;

  /**
   * Gemm and x * Sigmoid(x) in turn, h1 to h5. With an outlier, the first channel behind h3 is some thousand times as large
   * as the others, and h4 makes as little of it as if it were not.
   */
  const build = (withOutlier: boolean) => {
    const nodes = Array.from({ length: layers }, (_, index) => {
      const [from, to] = [index === 0 ? 'x' : `s${index}`, index + 1];
      const gemm = op('Gemm', `${from} w${to} b${to}`, `h${to}`);
      if (to === layers) return [gemm];
      return [gemm, op('Sigmoid', `h${to}`, `g${to}`), op('Mul', `h${to} g${to}`, `s${to}`)];
    });
    const weights = Object.fromEntries(
      Array.from({ length: layers }, (_, index) => [
        [`w${index + 1}`, noise([width, width], index, 0.5)],
        [`b${index + 1}`, noise([width], 10 + index, 0.5)],
      ]).flat(),
    ) as Record<string, ReturnType<typeof noise>>;
    if (withOutlier) {
      const scale = 5000;
      const scaled = (name: string, factor: (index: number) => number) => {
        const { dims, data } = weights[name]!;
        weights[name] = floats(dims, (data as Float32Array).map((value, index) => value * factor(index))); // prettier-ignore
      };
      scaled('w3', (index) => (index % width === 0 ? scale : 1));
      scaled('b3', (index) => (index === 0 ? scale : 1));
      scaled('w4', (index) => (index < width ? 1 / scale : 1));
    }
    return buildModel({ inputs: { x: ['N', width] }, outputs: `h${layers}`, nodes: nodes.flat(), weights });
  };
  const samples = Array.from({ length: 16 }, (_, seed) => ({ x: noise([1, width], 100 + seed) }));

  const decide = async (withOutlier: boolean, ratios: readonly number[]) => {
    const options = await optionsFor(settled, {}, { model: build(withOutlier), samples });
    const laboratory = new SettledTimes(options, { float: {}, int8: {} }, ratios);
    const base = await laboratory.build((await searchRecipe(options)).variant);
    const candidates: Candidate[] = [];
    const best = await keepLayersFloat(
      options.graph,
      laboratory,
      base,
      createJournal(candidates, () => undefined),
    );
    const [before, after] = [await laboratory.assess(base), await laboratory.assess(best)];
    return {
      float: [...best.variant.keepFloat.keys()],
      noisy: candidates.filter(({ name }) => name.includes('most of the noise')),
      gainDb: after.sqnrDb - before.sqnrDb,
    };
  };
  const slow = [0.1, 0.1, 0.1, 0.1];

  test('the one behind an outlier, and no other', async () => {
    const { float, noisy, gainDb } = await decide(true, [0.9, ...slow]);
    assert.deepEqual(float, ['h4']);
    assert.deepEqual(
      noisy.map(({ name, chosen, latencyRatio, note }) => ({ name, chosen, latencyRatio, note })),
      [{ name: 'float: 1 layer that causes most of the noise', chosen: true, latencyRatio: 0.9, note: 'h4' }],
    );
    assert.ok(gainDb > 10, `${gainDb.toFixed(1)} dB`);
  });

  test('but not where they cost more than they bring', async () => {
    const { float, noisy } = await decide(true, [0.1, ...slow]);
    assert.deepEqual([float, noisy.map(({ chosen }) => chosen)], [[], [false]]);
  });

  test('and none where the noise comes from everywhere', async () => {
    const { float, noisy } = await decide(false, slow);
    assert.deepEqual([float, noisy], [[], []]);
  });
});
