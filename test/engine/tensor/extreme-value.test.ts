import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { exceededBy } from '../../../electron/engine/tensor/extreme-value.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

const evenly = (count: number): number[] => Array.from({ length: count }, (_, index) => (index + 0.5) / count);
/** Quantiles of the generalized extreme value distribution, location 10 and scale 2. */
const quantileOf = (shape: number) => (below: number) =>
  shape === 0 ? 10 - 2 * Math.log(-Math.log(below)) : 10 + (2 * (1 - (-Math.log(below)) ** shape)) / shape;

suite('the level that a further value exceeds with a given probability', () => {
  for (const shape of [-0.25, -0.1, 0]) {
    test(`is the quantile of the distribution that the values come from, shape ${shape}`, () => {
      const values = evenly(4000).map(quantileOf(shape));
      for (const share of [0.1, 0.01, 0.005]) {
        const expected = quantileOf(shape)(1 - share);
        assert.ok(Math.abs(exceededBy(values, share) - expected) < 0.01 * expected, `${share}`);
      }
    });
  }

  test('does not depend on the order, and moves and stretches with the values', () => {
    const values = [3, 9, 4, 4.5, 7, 5, 6, 5.5, 8, 4.2, 3.3, 6.1];
    const level = exceededBy(values, 0.01);
    assert.equal(exceededBy(values.toReversed(), 0.01), level);
    const moved = exceededBy(
      values.map((value) => 3 * value - 7),
      0.01,
    );
    assert.ok(Math.abs(moved - (3 * level - 7)) < 1e-9);
  });

  test('is on the safe side where the tail is shorter than exponential', () => {
    const values = evenly(4000).map(quantileOf(0.25));
    assert.ok(exceededBy(values, 0.01) > 1.05 * quantileOf(0.25)(0.99));
  });

  test('is the value itself where all are equal', () => assert.equal(exceededBy([6, 6, 6], 0.01), 6));

  const random = createRandom(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (const [name, draw] of [
    ['normal', () => 20 + 4 * normal()],
    ['uniform', () => 10 + 10 * random()],
    ['exponential', () => 10 - 5 * Math.log(1 - random())],
    ['log-normal', () => 10 * Math.exp(0.7 * normal())],
    ['two kinds of samples', () => (random() < 0.15 ? 40 : 20) + 2 * normal()],
  ] as const) {
    test(`of 50 ${name} values: about one unseen value in a hundred exceeds the level for 1 %, and what was seen`, () => {
      let exceeding = 0;
      const [rounds, unseen] = [400, 100];
      for (let round = 0; round < rounds; round++) {
        const values = Array.from({ length: 50 }, draw);
        const level = Math.max(...values, exceededBy(values, 0.01));
        for (let index = 0; index < unseen; index++) if (draw() > level) exceeding++;
      }
      // The largest of 50 values alone is exceeded by 1 in 51.
      assert.ok(exceeding / (rounds * unseen) < 0.015, `${exceeding / (rounds * unseen)}`);
    });
  }
});
