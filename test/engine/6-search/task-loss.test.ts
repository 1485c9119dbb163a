import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTaskLoss, type TaskLoss } from '../../../electron/engine/5-measure/task-loss.ts';
import { decibelsOf } from '../../../electron/engine/6-search/candidate-quality.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { divergenceOf } from '../../../electron/engine/metrics/divergence.ts';
import { sampleSqnrDb } from '../../../electron/engine/metrics/closeness.ts';
import { tokenSurrogate } from '../../../electron/engine/metrics/next-tokens.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { floats, inMemory } from '../build-model.ts';
import { optionsFor, settled, smallNet } from './search-options.ts';

/* What a search compares candidates by where the task has a loss of its own. Figures by scipy.special.log_softmax. */

const [before, after] = [
  [2, -1, 0.5, 0, 3, 1],
  [1.5, -0.5, 0.5, 1, 2, 1],
];
const [losses, most] = [
  [0.039536898446517574, 0.18338336272303907],
  [0.4770276839888353, 0.5743456719404373],
];
const isNear = (value: number, wanted: number): void =>
  assert.ok(Math.abs(value - wanted) < 1e-12, `${value} ${wanted}`);
const source = { graph: indexGraph(inMemory(smallNet)), shapes: new Map() };

/** Texts of which the first fills its three places but one, and the second all but the first. */
const texts = {
  fixedBatchSize: null,
  tokens: {
    nextTokenOutput: 'y',
    idsOf: (index: number) => ({ ids: new Int32Array(2 + index), start: 0, fed: 3 }),
  },
} as unknown as Dataset;
const scores = (values: readonly number[]) => ({ y: floats([1, 3, 3], [...values]) });

suite('the divergence of class probabilities', () => {
  test('is what scipy says, place by place and with classes in front', () => {
    const layout = { classes: 3, places: 2, first: 0, inner: 1 };
    const whole = divergenceOf([before, after], layout)!;
    isNear(whole.loss, (losses[0]! + losses[1]!) / 2);
    isNear(whole.most, (most[0]! + most[1]!) / 2);
    isNear(divergenceOf([before, after], { ...layout, first: 1, places: 1 })!.loss, losses[1]!);
    const turned = [before, after].map((values) => [0, 3, 1, 4, 2, 5].map((at) => values[at]!));
    isNear(divergenceOf([turned[0]!, turned[1]!], { ...layout, inner: 2 })!.loss, whole.loss);
  });

  test('knows levels that mean nothing, masked classes, and what is no number', () => {
    const layout = { classes: 3, places: 1, first: 0, inner: 1 };
    isNear(divergenceOf([before, before.map((value) => value + 5)], layout)!.loss, 0);
    const masked = divergenceOf([[1, 2, -Infinity], [1, 2, -30]], layout)!; // prettier-ignore
    assert.ok(masked.loss < 1e-9 && Number.isFinite(masked.most));
    assert.equal(decibelsOf(divergenceOf([before, [Number.NaN, 0, 0]], layout)!), -Infinity);
    assert.equal(divergenceOf([[1], [2]], { ...layout, classes: 1 }), null);
    assert.equal(divergenceOf([[], []], { ...layout, places: 0 }), null);
  });
});

suite('the loss of a language model', () => {
  test('is that of predicted tokens: those that fill up a text are left out', () => {
    const loss = createTaskLoss({ dataset: texts, indices: [0, 1], source })!;
    assert.equal(loss.surrogate, tokenSurrogate);
    const [mine, theirs] = [scores([...before, 0, 0, 0]), scores([...after, 9, 0, 0])];
    isNear(loss.of(0, mine, theirs)!.loss, losses[0]!);
    isNear(loss.of(1, mine, theirs)!.loss, (losses[0]! + losses[1]!) / 2);
    assert.equal(loss.of(1, {}, {}), null, 'compared in front of the logits');
  });

  test('is no loss of a model that predicts none', () => {
    const classifier = { fixedBatchSize: null } as unknown as Dataset;
    assert.equal(createTaskLoss({ dataset: classifier, indices: [0], source }), null);
  });

  test('ranks otherwise than SQNR what leaves the probabilities as they are', () => {
    const reference = [4, 0, 0];
    const [lifted, bent] = [reference.map((value) => value + 1), [3, 0.5, 0]];
    const layout = { classes: 3, places: 1, first: 0, inner: 1 };
    const byLoss = [lifted, bent].map((one) => decibelsOf(divergenceOf([reference, one], layout)!));
    const bySqnr = [lifted, bent].map((one) => sampleSqnrDb([[reference, one]]));
    assert.ok(byLoss[0]! > byLoss[1]! && bySqnr[0]! < bySqnr[1]!);
  });
});

suite('a search', () => {
  test('decides by the loss of the task, not by SQNR, and tells what each candidate loses', async () => {
    // The further from the float model, the less is lost: nobody would want it, and nothing else could choose so.
    const taskLoss: TaskLoss = {
      surrogate: tokenSurrogate,
      of: (_, { y: mine }, { y: theirs }) => {
        const noise = [...(mine!.data as Float32Array)].reduce((sum, value, at) => sum + (value - Number(theirs!.data[at])) ** 2, 0); // prettier-ignore
        return { loss: 1 / (1e-6 + noise), most: 1e6 };
      },
    };
    const options = await optionsFor({ ...settled, calibrationMethod: 'auto' }, { taskLoss });
    const { candidates } = await searchRecipe({ ...options, tuning: { ...options.tuning, count: 4 } });
    const ranges = candidates.filter(({ name }) => name.startsWith('ranges: '));
    const chosen = ranges.find((candidate) => candidate.chosen)!;
    assert.ok(chosen.sqnrDb! < Math.max(...ranges.map(({ sqnrDb }) => sqnrDb!)) - 1);
    for (const { taskLoss: told } of candidates) {
      assert.deepEqual([told!.label, told!.unit, told!.zh.label], ['KL divergence', 'nat', 'KL 散度']);
      assert.ok(told!.value! > 0);
    }
  });
});
