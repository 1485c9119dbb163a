import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { attributeInt } from '../../../electron/engine/onnx/attributes.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { describePrecision } from '../../../shared/precision.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { buildModel, floats, noise, nodePlan, op } from '../build-model.ts';
import { optionsFor, settled } from './search-options.ts';

const length = 128;
const isTowering = (column: number): boolean => column % 32 === 5;

/** A product whose input has a value in each block that may tower over the others, which hardly counts for the output. */
function setUp(height: number): { model: ReturnType<typeof buildModel>; samples: Feeds[] } {
  const shaped = (tensor: Tensor, change: (value: number, index: number) => number): Tensor =>
    floats(tensor.dims, (tensor.data as Float32Array).map(change));
  const weight = shaped(noise([length, 48], 1), (value, index) =>
    isTowering(Math.floor(index / 48)) ? value / 1e4 : value,
  );
  const samples = [2, 3, 4].map((seed) => ({
    x: shaped(noise([4, length], seed), (value, index) => (isTowering(index % length) ? value * height : value)),
  }));
  return {
    model: buildModel({
      inputs: { x: ['N', length] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: weight },
    }),
    samples,
  };
}

async function search(recipe: Partial<Recipe>, height: number) {
  const { plan, quantized, candidates } = await searchRecipe(
    await optionsFor({ ...settled, ...recipe }, {}, setUp(height)),
  );
  const product = quantized.model.graph!.node.find(({ opType }) => opType === 'MatMulNBits')!;
  return {
    candidates,
    precision: describePrecision(nodePlan(plan, 'y').precision),
    level: attributeInt(product, 'accuracy_level', -1),
  };
}

suite('inputs of packed weights', () => {
  test('are exact where rounding them to 8 bits makes most of the noise', async () => {
    const { candidates, precision, level } = await search({ scheme: 'int4-weights' }, 1000);
    assert.deepEqual(
      candidates.map(({ name, chosen }) => [name, chosen]),
      [
        ['inputs of packed weights: rounded to 8 bits', false],
        ['inputs of packed weights: exact', true],
      ],
    );
    assert.ok(candidates[1]!.sqnrDb! - candidates[0]!.sqnrDb! > 3);
    assert.deepEqual([precision, level], ['w4/32', 0]);
  });

  test('otherwise it is speed that decides, and the model has what was chosen', async () => {
    const { candidates, precision, level } = await search({ scheme: 'int4-weights' }, 1);
    assert.ok(Math.abs(candidates[1]!.sqnrDb! - candidates[0]!.sqnrDb!) < 1);
    assert.ok(candidates[1]!.latencyRatio! > 0);
    const isExact = candidates[1]!.chosen;
    assert.notEqual(candidates[0]!.chosen, isExact);
    assert.deepEqual([precision, level], isExact ? ['w4/32', 0] : ['w4/32 a8 dynamic', 4]);
  });

  test('are rounded whatever comes of it where nothing else is fast: 2 bits', async () => {
    const { candidates, precision, level } = await search({ scheme: 'int2-weights' }, 1000);
    assert.deepEqual([candidates, precision, level], [[], 'w2/32 a8 dynamic', 4]);
  });

  test('no layer of few bits is put into float because the first ones always come closer there', async () => {
    const nodes = [0, 1, 2, 3].map((index) =>
      op('MatMul', index === 0 ? 'x w0' : `m${index - 1} w${index}`, `m${index}`),
    );
    const weights = Object.fromEntries([0, 1, 2, 3].map((index) => [`w${index}`, noise([64, 64], index, 0.2)]));
    const model = buildModel({ inputs: { x: ['N', 64] }, outputs: 'm3', nodes, weights });
    const samples = [5, 6].map((seed): Feeds => ({ x: noise([4, 64], seed) }));
    const recipe: Partial<Recipe> = { ...settled, scheme: 'int4-weights', keepFloat: 'auto' };
    const { candidates } = await searchRecipe(await optionsFor(recipe, {}, { model, samples }));
    assert.deepEqual(
      candidates.filter(({ name }) => name.startsWith('float: first')),
      [],
    );
  });
});

suite('tables beside packed weights', () => {
  /** Rows of a table, through a product that keeps all of them. */
  function network(tied: boolean) {
    const table = noise([64, 64], 1);
    return buildModel({
      inputs: { x: ['N'] },
      outputs: 'y',
      nodes: [
        op('Cast', 'x', 'ids', { to: 7 }),
        op('Gather', 'table ids', 'e'),
        op('Gemm', tied ? 'e table' : 'e w', 'y', { transB: 1 }),
      ],
      weights: { table, ...(tied ? {} : { w: noise([64, 64], 2, 0.2) }) },
    });
  }
  const samples = [0, 1].map((seed): Feeds => ({
    x: floats(
      [5],
      [1, 5, 9, 33, 60].map((id) => id + seed),
    ),
  }));
  const tables = async (model: ReturnType<typeof network>, recipe: Partial<Recipe> = {}) => {
    const { plan, candidates } = await searchRecipe(
      await optionsFor({ ...settled, scheme: 'int2-weights', ...recipe }, {}, { model, samples }),
    );
    return { type: nodePlan(plan, 'e').precision.weights?.type, names: candidates.map(({ name }) => name) };
  };

  test('take 8 bits where few make half of the noise or more', async () => {
    const overrides = [{ scheme: 'float' as const, nodes: [], opTypes: ['Gemm'] }];
    const { type, names } = await tables(network(false), { overrides });
    assert.deepEqual([type, names], ['int8', ['tables: 8-bit']]);
  });

  test('stay packed where a layer that multiplies by them is: they are stored once', async () => {
    assert.deepEqual(await tables(network(true)), { type: 'uint2', names: [] });
  });

  test('stay as an override says', async () => {
    const overrides = [{ scheme: 'int2-weights' as const, nodes: [], opTypes: ['Gather'] }, { scheme: 'float' as const, nodes: [], opTypes: ['Gemm'] }]; // prettier-ignore
    assert.equal((await tables(network(false), { overrides })).type, 'uint2');
  });
});
