import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { describeGoal } from '../../../electron/engine/6-search/describe-goal.ts';
import { fileBytes } from '../../../electron/engine/6-search/describe-candidate.ts';
import { Laboratory, type LaboratoryOptions } from '../../../electron/engine/6-search/laboratory.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { attributeInt } from '../../../electron/engine/onnx/attributes.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { buildModel, floats, measureSqnrDb, noise, nodePlan, op } from '../build-model.ts';
import { optionsFor, settled } from './search-options.ts';

/** Layers of one size of which the first hardly counts for the outputs: what is lost in it is seen a hundred times less. */
function unequalLayers() {
  const faint = noise([64, 64], 1, 0.2);
  return buildModel({
    inputs: { x: [4, 64] },
    outputs: 'y',
    nodes: [
      op('MatMul', 'x faint', 'a'),
      op('MatMul', 'x strong', 'b'),
      op('Add', 'a b', 's'),
      op('Relu', 's', 'r'),
      op('MatMul', 'r last', 'y'),
    ],
    weights: {
      faint: floats(
        [64, 64],
        (faint.data as Float32Array).map((value) => value / 100),
      ),
      strong: noise([64, 64], 2, 0.2),
      last: noise([64, 64], 3, 0.2),
    },
  });
}
const samples = [4, 5, 6, 7].map((seed): Feeds => ({ x: noise([4, 64], seed) }));

async function search(
  recipe: Partial<Recipe>,
  model = unequalLayers(),
  ofModel: readonly Feeds[] = samples,
  laboratory = (options: LaboratoryOptions) => new Laboratory(options),
) {
  const whole = { ...settled, scheme: 'int8-dynamic', ...recipe } as const;
  const options = await optionsFor(whole, {}, { model, samples: ofModel });
  const result = await searchRecipe(options, laboratory(options));
  const [said] = describeGoal(recipeSchema.parse(whole), result.goal);
  const bits = (layer: string) => nodePlan(result.plan, layer).precision.weights?.type ?? 'float';
  return { ...result, said, bits, bytes: fileBytes(result), db: await measureSqnrDb(model, result.quantized.model, ofModel) }; // prettier-ignore
}

suite('limits of the goal', () => {
  test('the smallest within so many decibels gives few bits to what bears them, and no more', async () => {
    const free = await search({});
    const { bits, bytes, db, said, goal, candidates } = await search({ goal: 'size', within: '1 dB' });
    assert.deepEqual(free.goal, []);
    assert.deepEqual([free.bits('a'), free.bits('b'), free.bits('y')], ['int8', 'int8', 'int8']);
    assert.ok(bits('a') === 'uint4' || bits('a') === 'uint2', bits('a'));
    assert.deepEqual([bits('b'), bits('y')], ['int8', 'int8']);
    assert.ok(bytes < free.bytes && db >= free.db - 1, `${bytes} bytes, ${db} of ${free.db} dB`);
    assert.deepEqual([goal?.map(({ limit, isMet }) => [limit, isMet]), said!.code], [[['within', true]], 'goal-met']);
    assert.match(said!.message, /^Within 1 dB: [\d.]+ kB at [\d.]+ dB/);
    assert.equal(
      candidates.some(({ name, chosen }) => name.startsWith('to reach the goal: int') && chosen),
      true,
    );
  });

  test('more loss allows fewer bytes', async () => {
    const little = await search({ goal: 'size', within: '1 dB' });
    const much = await search({ goal: 'size', within: '20dB' });
    assert.ok(much.bytes < little.bytes && much.db < little.db);
  });

  test('under a size, bits are taken where that costs least, and the file has that size', async () => {
    const free = await search({});
    const limit = free.bytes - 1000;
    const { bits, bytes, said, quantized, db } = await search({ maxSize: `${limit} B` });
    const written = encodeModel(quantized.model).byteLength;
    // Where the model comes from is written into the file as well.
    assert.ok(bytes <= limit && written + 2048 <= bytes && bytes < written + 2400, `${written} and ${bytes} bytes`);
    assert.deepEqual([bits('b'), bits('y')], ['int8', 'int8']);
    assert.ok(db > free.db - 1, `${db} of ${free.db} dB`);
    assert.match(said!.message, new RegExp(`^Under ${limit} B: `));
  });

  test('what fits already stays as it is', async () => {
    const [free, { bytes, said, candidates }] = [await search({}), await search({ maxSize: '1 MB' })];
    assert.deepEqual([bytes, candidates.length, said!.code], [free.bytes, free.candidates.length, 'goal-met']);
  });

  test('a size out of reach is said with the smallest that is of use', async () => {
    const { bytes, said, goal, db } = await search({ maxSize: '1 kB' });
    assert.equal(goal![0]!.isMet, false);
    assert.equal(said!.severity, 'warning');
    assert.match(
      said!.message,
      /^1 kB is out of reach\. The smallest model that keeps 10 dB takes [\d.]+ kB at [\d.]+ dB\./,
    );
    assert.ok(bytes < (await search({})).bytes && db >= 10);
  });

  test('a size and a loss that exclude each other are said so, and the loss is kept', async () => {
    const free = await search({});
    const { said, goal, db } = await search({ maxSize: '1 kB', within: '1 dB', goal: 'size' });
    assert.deepEqual(goal!.map(({ limit, isMet }) => [limit, isMet]), [['within', true], ['maxSize', false]]); // prettier-ignore
    assert.equal(said!.code, 'goal-met');
    assert.ok(db >= free.db - 1);
  });

  test('the fastest within a loss takes forms that are measured faster, as far as the loss allows', async () => {
    /** Of a machine on which 4 bits take half as long as anything else. */
    class Machine extends Laboratory {
      override layerTimes: Laboratory['layerTimes'] = (model) => {
        const packed = model?.model.graph!.node.filter(({ opType }) => opType === 'MatMulNBits') ?? [];
        const fast = packed.filter((node) => attributeInt(node, 'bits', 0) === 4).map(({ name }) => name);
        return Promise.resolve(new Map(['a', 'b', 'y'].map((name) => [name, fast.includes(name) ? 1 : 2])));
      };
      override latencyRatio: Laboratory['latencyRatio'] = () => Promise.resolve({ ratio: 1.2, low: 1.1, high: 1.3 });
    }
    const free = await search({});
    const recipe = { goal: 'speed', within: '1 dB' } as const;
    const { bits, db, goal } = await search(recipe, unequalLayers(), samples, (options) => new Machine(options));
    assert.deepEqual([bits('a'), bits('b'), bits('y')], ['uint4', 'int8', 'int8']);
    assert.ok(goal![0]!.isMet && db >= free.db - 1, `${db} of ${free.db} dB`);
    const slow = await search(recipe, unequalLayers(), samples, (options) => {
      const machine = new Machine(options);
      machine.latencyRatio = () => Promise.resolve({ ratio: 0.9, low: 0.8, high: 0.95 });
      return machine;
    });
    assert.equal(slow.bits('a'), 'int8');
  });

  test('layers that the recipe keeps in float stay so', async () => {
    const { bits } = await search({ maxSize: '1 kB', excludeNodes: ['a'] });
    assert.equal(bits('a'), 'float');
  });
});

/** Scores of four classes whose lead is often small. */
const classifier = () =>
  buildModel({
    inputs: { x: ['N', 32] },
    outputs: 'y',
    nodes: [op('Gemm', 'x w', 'h'), op('Tanh', 'h', 't'), op('Gemm', 't v', 'y')],
    weights: { w: noise([32, 32], 1, 0.4), v: noise([32, 4], 2, 0.5) },
  });
const classified = Array.from({ length: 60 }, (_, seed): Feeds => ({ x: noise([1, 32], seed + 10) }));

async function classify(recipe: Partial<Recipe>, rightClass?: (sample: number) => number | null) {
  const whole = { ...settled, ...recipe } as const;
  const options = await optionsFor(whole, rightClass === undefined ? {} : { rightClass }, { model: classifier(), samples: classified }); // prettier-ignore
  const result = await searchRecipe(options);
  return { ...result, said: describeGoal(recipeSchema.parse(whole), result.goal)[0]! };
}

suite('limits in points of answers', () => {
  const unlabelled = () => null;

  test('layers get more bits until no more is lost', async () => {
    const recipe = { scheme: 'int2-weights', goal: 'size', within: '3 points' } as const;
    const { goal, said } = await classify(recipe, unlabelled);
    const [{ before, after, isMet }] = goal as [NonNullable<typeof goal>[number]];
    assert.ok(100 * before.quality.lossShare! > 3, String(before.quality.lossShare));
    assert.ok(isMet && 100 * after.quality.lossShare! <= 3, String(after.quality.lossShare));
    assert.match(said.message, /^Within 3 points: .* an average loss of .* points of right answers/);
  });

  test('answers that are right count where somebody said which are', async () => {
    // Nothing can be lost where all of the original's answers are wrong.
    const wrong = await classify({ scheme: 'int2-weights', within: '1 point' }, () => 0);
    assert.ok(wrong.goal![0]!.before.quality.lossShare! < 0.2);
  });

  test('without classes there are none to count', async () => {
    const model = buildModel({
      inputs: { x: [4, 64] },
      outputs: 'y z',
      nodes: [op('MatMul', 'x w', 'y'), op('Transpose', 'y', 'z', { perm: [1, 0] })],
      weights: { w: noise([64, 64], 1, 0.2) },
    });
    const { goal, said } = await search({ within: '1 point' }, model);
    assert.deepEqual([goal![0]!.isMet, said!.severity], [false, 'warning']);
    assert.match(said!.message, /no output ranks classes/);
  });
});
