import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planVariant } from '../../../electron/engine/6-search/variant.ts';
import type { Variant } from '../../../electron/engine/schemes/choice.ts';
import { storedChoices } from '../../../electron/engine/schemes/int8-weights/choices.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, measureSqnrDb, noise, nodePlan, op } from '../build-model.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

suite('the scheme auto', () => {
  test('has LSTM dynamic from the start, and layers beside it static', async () => {
    const model = buildModel({
      inputs: { x: [6, 2, 8] },
      outputs: 'y',
      nodes: [
        op('LSTM', 'x w r', '_ h', { hidden_size: 5 }),
        op('Flatten', 'h', 'f', { axis: 2 }),
        op('Gemm', 'f g', 'y', { transB: 1 }),
      ],
      weights: { w: noise([1, 20, 8], 1, 0.4), r: noise([1, 20, 5], 2, 0.4), g: noise([4, 5], 3, 0.5) },
    });
    const samples = [4, 5, 6].map((seed): Feeds => ({ x: noise([6, 2, 8], seed) }));
    const { plan } = await searchRecipe(await optionsFor({ ...settled, scheme: 'auto' }, {}, { model, samples }));
    assert.equal(nodePlan(plan, 'h').precision.scheme, 'int8-dynamic');
    assert.ok(['int8-static', 'int8-dynamic', 'int8-weights'].includes(nodePlan(plan, 'y').precision.scheme));
  });

  test('takes dynamic int8 where a range of calibration fits no single sample', async () => {
    const model = buildModel({
      inputs: { x: [1, 32] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('Tanh', 'h', 't'), op('MatMul', 't v', 'y')],
      weights: { w: noise([32, 16], 1, 0.3), v: noise([16, 4], 2, 0.5) },
    });
    // Samples a hundred times apart: in static int8 the small ones are rounded away.
    const samples = [0.01, 1, 0.02, 0.9, 0.01, 1.1].map((size, seed): Feeds => ({ x: noise([1, 32], seed, size) }));
    const { plan, candidates } = await searchRecipe(
      await optionsFor({ ...settled, scheme: 'auto' }, {}, { model, samples }),
    );
    const tried = candidates.find(({ name }) => name === 'int8-dynamic: 2 layers')!;
    assert.equal(tried.chosen, true);
    assert.equal(nodePlan(plan, 'h').precision.scheme, 'int8-dynamic');
    const only = await searchRecipe(await optionsFor({ ...settled }, {}, { model, samples }));
    assert.ok(only.candidates.length === 0 && nodePlan(only.plan, 'h').precision.scheme === 'int8-static');
  });

  test('leaves a layer that the recipe keeps as it says', async () => {
    const model = buildModel({
      inputs: { x: [1, 32] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('Tanh', 'h', 't'), op('MatMul', 't v', 'y')],
      weights: { w: noise([32, 16], 1, 0.3), v: noise([16, 4], 2, 0.5) },
    });
    const samples = [0.01, 1, 0.02].map((size, seed): Feeds => ({ x: noise([1, 32], seed, size) }));
    const overrides = [{ scheme: 'float', nodes: ['h'], opTypes: [] } as const].map((entry) => ({
      ...entry,
      nodes: [...entry.nodes],
      opTypes: [],
    }));
    const { plan } = await searchRecipe(
      await optionsFor({ ...settled, scheme: 'auto', overrides }, {}, { model, samples }),
    );
    assert.equal(nodePlan(plan, 'h').precision.scheme, 'float');
  });

  test('stores layers that stay in float in few bits, which changes nothing of what they compute in', async () => {
    const model = buildModel({
      inputs: { x: [1, 4, 6, 6] },
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r v', 'y')],
      weights: { w: noise([16, 4, 3, 3], 1, 0.3), v: noise([24, 16, 1, 1], 2, 0.3) },
    });
    const samples = [1, 2].map((seed): Feeds => ({ x: noise([1, 4, 6, 6], seed) }));
    const keepFloat = new Map(['c', 'y'].map((name) => [name, 'it is wanted in float' as Reason] as const));
    const { plan, quantized } = await searchRecipe(
      await optionsFor({ ...settled, scheme: 'auto' }, { keepFloat }, { model, samples }),
    );
    for (const name of ['c', 'y']) {
      const { scheme, activations, expandsAtLoad } = nodePlan(plan, name).precision;
      assert.deepEqual([scheme, activations, expandsAtLoad], ['int8-weights', null, true]);
    }
    assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 35);
  });

  // Taken out of its layer, a Relu would leave it with an output in 8 bits that calibration never looked at.
  const withTransposed = buildModel({
    inputs: { x: [1, 4, 6, 6] },
    outputs: 'y',
    nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('ConvTranspose', 'r t', 'u'), op('Conv', 'u v', 'y')],
    weights: { w: noise([16, 4, 3, 3], 1, 0.3), t: noise([16, 8, 2, 2], 2, 0.3), v: noise([24, 8, 1, 1], 3, 0.3) },
  });
  const images = [1, 2].map((seed): Feeds => ({ x: noise([1, 4, 6, 6], seed) }));

  test('stores what stays in float beside int8 layers, and leaves those the Relu that is folded into them', async () => {
    const options = await optionsFor({ ...settled, scheme: 'auto' }, {}, { model: withTransposed, samples: images });
    const planOf = (variant: Variant) => planVariant(options, variant);
    const standing = { variant: plainVariant, plan: planOf(plainVariant), ranges: new Map(), planOf };
    const stored = storedChoices.find(({ name }) => name === 'layers in float stored')!;
    const [alternative, ...others] = stored.rounds(standing).flatMap((round) => round(standing));
    assert.deepEqual(others, []);
    assert.equal(alternative!.note, 'u');
    const plan = planOf({ ...plainVariant, ...alternative!.change });
    assert.equal(nodePlan(plan, 'r').foldedInto, 'c');
    assert.deepEqual(plan.observe, standing.plan.observe);
  });

  test('passes over a mixture whose ranges nobody has seen', async () => {
    const overrides = [{ scheme: 'int8-static' as const, nodes: [], opTypes: ['Conv'] }];
    const { candidates } = await searchRecipe(
      await optionsFor({ ...settled, scheme: 'auto', overrides }, {}, { model: withTransposed, samples: images }),
    );
    assert.ok(candidates.every(({ name }) => !name.startsWith('int8-weights: 2')));
  });
});
