import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Recipe } from '../../../shared/recipe.ts';
import { calibrateModels } from '../../../electron/engine/3-calibrate/calibrate.ts';
import { limitTime } from '../../../electron/engine/job/limit.ts';
import { describeStop, searchRecipe, type SearchOptions } from '../../../electron/engine/6-search/search.ts';
import { isRoundedLayer } from '../../../electron/engine/schemes/apply-plan.ts';
import { plan } from '../build-model.ts';
import { optionsFor, settled, smallNet } from './search-options.ts';

suite('a search that is told to stop', () => {
  test('before it began ends with weights that saturate on no CPU, and says so', async () => {
    const result = await searchRecipe(await optionsFor({}, { enough: AbortSignal.abort() }));
    assert.deepEqual(result.candidates, []);
    assert.equal(result.variant.weightRange, 'int8-pairs');
    assert.equal(result.stopped!.done, 0);
    assert.match(describeStop(result.stopped)[0]!.message, /stopped after 0 of at most \d+ candidates/);
    assert.ok(result.plan.nodes.some(({ precision }) => precision.scheme === 'int8-static'));
  });

  test('in between ends with the best so far, which is marked as chosen', async () => {
    for (const after of [2, 4, 6, 9]) {
      const enough = new AbortController();
      const options = await optionsFor(
        { keepFloat: 'none' },
        { enough: enough.signal, onCandidate: ({ done }) => done >= after && enough.abort() },
      );
      const result = await searchRecipe(options);
      assert.equal(result.stopped!.done, after);
      assert.equal(result.candidates.length, after);
      // The weight range is chosen of three; afterwards the best is the closest of those compared since.
      const chosen = result.candidates.filter((candidate) => candidate.chosen);
      if (after > 3) {
        const since = result.candidates.slice(3);
        const closest = Math.max(...since.map(({ sqnrDb }) => sqnrDb!));
        assert.ok(
          chosen.some(({ sqnrDb }) => Math.abs(sqnrDb! - closest) < 1e-9),
          String(after),
        );
      } else assert.equal(result.variant.weightRange, 'int8-pairs');
    }
  });

  test('inside a candidate leaves it, whatever it was doing', async () => {
    const whole = await optionsFor({ keepFloat: 'none' });
    const told = new Set<number>();
    // Comparing the first candidate, a later one, and so on: by how many samples were read when it was told.
    for (const after of [1, 2, 15, 30, 70, 100]) {
      const enough = new AbortController();
      let reads = 0;
      const read: typeof whole.tuning.read = (index) => {
        if (++reads === after) enough.abort();
        return whole.tuning.read(index);
      };
      const tuning = { count: whole.tuning.count, read };
      const { stopped, candidates, variant } = await searchRecipe({ ...whole, tuning, enough: enough.signal });
      assert.ok(stopped !== null, `after ${after}`);
      assert.equal(reads, after, 'no sample more');
      assert.equal(candidates.length, stopped.done);
      if (stopped.done < 3) assert.equal(variant.weightRange, 'int8-pairs');
      told.add(stopped.done);
    }
    assert.ok(told.size > 2, [...told].join());
  });

  /** A search with a clock that tells it to stop when it is looked at for the n-th time, which is between two layers. */
  const stoppedAt = async (look: number, recipe: Partial<Recipe>, changes: Partial<SearchOptions> = {}) => {
    const [enough, layers] = [new AbortController(), [] as [number, number, boolean][]];
    let looks = 0;
    const now = (): number => {
      if (++looks === look) enough.abort();
      return looks * 1000;
    };
    const onLayers: SearchOptions['onLayers'] = (...told) => layers.push(told);
    const result = await searchRecipe(await optionsFor(recipe, { now, onLayers, enough: enough.signal, ...changes }));
    return { result, layers, looks };
  };

  test('while the first variant is made finishes the one it can end with, and says what that took', async () => {
    // Full ranges may saturate: a variant that has them is left, and the safe one made. With a budget that comes first, and is finished.
    for (const isRushed of [false, true]) {
      for (const look of [1, 2, 4]) {
        const { result, layers } = await stoppedAt(look, isRushed ? {} : { keepFloat: 'none' }, { isRushed });
        assert.deepEqual(result.candidates, []);
        assert.equal(result.variant.weightRange, 'int8-pairs');
        assert.equal(result.plan.nodes.filter(isRoundedLayer).length, 4);
        assert.equal(result.stopped!.done, 0);
        assert.ok(
          layers.some(([done, total, isLate]) => isLate && done === 4 && total === 4),
          JSON.stringify(layers),
        );
        if (isRushed && look > 1) assert.equal(layers[0]![2], false, 'begun in time');
        const [stopped, late] = describeStop(result.stopped);
        assert.equal(stopped!.code, 'search-stopped');
        assert.match(late!.message, /^When time ran out no model was ready, .* took \d+ s more\.$/);
      }
    }
  });

  test('while another variant is made leaves that one, and takes no time beyond', async () => {
    const few: Partial<Recipe> = { keepFloat: 'none', calibrationMethod: 'minmax', weightRounding: 'nearest' };
    const { looks } = await stoppedAt(Infinity, few);
    const ended = new Set<number>();
    for (const share of [0.7, 0.95]) {
      const { result } = await stoppedAt(Math.floor(looks * share), few);
      const { done, lateMs } = result.stopped!;
      assert.equal(result.candidates.length, done, 'those that were compared, no half one');
      assert.equal(lateMs, 0);
      assert.equal(describeStop(result.stopped).length, 1);
      assert.equal(result.plan.nodes.filter(isRoundedLayer).length, 4);
      ended.add(done);
    }
    assert.ok(ended.size > 1 && !ended.has(0), [...ended].join());
  });

  test('while channels are evened out goes on without that, unless it was asked for', async () => {
    for (const equalization of ['auto', 'on'] as const) {
      const options = await optionsFor({ ...settled, equalization });
      const { graph, shapes, recipe, samples, signal } = options;
      const enough = new AbortController();
      let placed = 0;
      const models = await calibrateModels(options.prepared.model, {
        ...{ graph, shapes, recipe, samples, signal, threads: 1, enough: enough.signal },
        plan: plan(smallNet, shapes, { recipe }),
        onSample: () => undefined,
        *place(proto) {
          for (const { name } of proto.graph!.initializer) {
            if (name === 'w2') enough.abort();
            placed++;
            yield 0;
          }
          return proto;
        },
      });
      assert.equal(models.equalized === null, equalization === 'auto');
      assert.equal(placed, equalization === 'auto' ? 3 : 7, 'of seven weights');
      assert.ok(models.prepared.statistics.size > 0);
    }
  });

  test('while weights are rounded anew leaves them as they were', async () => {
    const enough = new AbortController();
    const whole = await optionsFor({ keepFloat: 'none' });
    // Calibration is over: all that reads its samples is compensation.
    const read: typeof whole.samples.read = (index) => {
      enough.abort();
      return whole.samples.read(index);
    };
    const samples = { count: whole.samples.count, read };
    const { stopped, candidates, variant } = await searchRecipe({ ...whole, samples, enough: enough.signal });
    assert.ok(stopped !== null && stopped.done > 0 && stopped.done < stopped.most);
    assert.equal(variant.weightRounding, 'nearest');
    assert.ok(candidates.every(({ name }) => !name.includes('compensation')));
  });

  test('with a budget looks first at what can cost most: layers slower than they were', async () => {
    const enough = new AbortController();
    const names: string[] = [];
    const { candidates, variant, stopped } = await searchRecipe(
      await optionsFor(
        { scheme: 'auto' },
        {
          isRushed: true,
          enough: enough.signal,
          onCandidate: (_remaining, name) => names.push(name) > 1 && enough.abort(),
        },
      ),
    );
    assert.match(candidates[0]!.name, /^stored as int8-weights: \d+ layers, at a first look$/);
    assert.notEqual(variant.weightRange, 'int8');
    // It may come to its end before it is told: where weights stored alone are faster, there are no ranges to choose.
    assert.ok(stopped === null || stopped.done <= stopped.most);
  });

  test('by the time it was given, whatever was collected meanwhile; by whoever waits; or by neither', async () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const { signal, clear } = limitTime(new AbortController().signal, 0.1);
    const endMs = performance.now() + 200;
    // As in a search: nothing listens, and between two candidates nothing looks.
    while (performance.now() < endMs) {
      if (Math.random() < 0.02) collect();
      await setImmediate();
    }
    assert.ok(signal.aborted);
    clear();

    const waiting = new AbortController();
    const asked = limitTime(waiting.signal, null);
    assert.ok(!asked.signal.aborted);
    waiting.abort();
    assert.ok(asked.signal.aborted);
    assert.ok(limitTime(AbortSignal.abort(), 60).signal.aborted, 'before it began');
    const later = new AbortController();
    const over = limitTime(later.signal, 0.001);
    over.clear();
    later.abort();
    assert.ok(!over.signal.aborted, 'a search that is over');
  });

  test('never, comes to its end', async () => {
    const result = await searchRecipe(await optionsFor({ keepFloat: 'none' }));
    assert.equal(result.stopped, null);
    assert.deepEqual(describeStop(result.stopped), []);
  });
});
