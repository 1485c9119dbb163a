import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMargins } from '../../../electron/engine/metrics/margins.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

/** Two classes of which class 0 is right; it leads by `lead` in the original and by `lead + change` in the compressed model. */
function expectedOf(
  samples: readonly (readonly [lead: number, change: number])[],
  read = (logits: number[]) => logits,
) {
  const margins = createMargins();
  for (const [lead, change] of samples) margins.add(read([lead + 3, 3]), read([lead + 3 + change, 3]), 0);
  return margins.expectedDifference();
}

const softmax = (logits: number[]): number[] => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};
const repeat = <Item>(count: number, items: readonly Item[]): Item[] =>
  Array.from({ length: count }, () => items).flat();

suite('the difference that noise makes on average', () => {
  test('a lead of one standard deviation is lost with probability 0.1587', () => {
    const expected = expectedOf(repeat(20, [[1, 1], [1, -1]])); // prettier-ignore
    assert.ok(Math.abs(expected! + 0.158655) < 1e-6, `${expected}`);
  });

  test('as many that lead as that trail make up for each other', () => {
    assert.equal(expectedOf(repeat(20, [[0.3, 0.5], [-0.3, -0.5]])), 0); // prettier-ignore
  });

  test('probabilities are read as the logits behind them', () => {
    const samples = repeat(20, [[2, 1.2], [0.5, -1.2], [-1, 1.2]] as const); // prettier-ignore
    assert.ok(Math.abs(expectedOf(samples)! - expectedOf(samples, softmax)!) < 1e-9);
  });

  test('a score of 1 beside one of 0 is a probability only where all are', () => {
    const margins = createMargins();
    for (const change of repeat(20, [1, -1])) margins.add([1, 0], [1 + change, 0], 0);
    margins.add([2, 1], [2, 1], 0);
    assert.ok(margins.expectedDifference()! < -0.1);
  });

  test('the noise is that of samples which may change sides, not of those far away', () => {
    const near = repeat(10, [[1, 1], [1, -1]] as const); // prettier-ignore
    const far = repeat(30, [[50, 20], [50, -20]] as const); // prettier-ignore
    assert.ok(Math.abs(expectedOf([...near, ...far])! + (0.158655 * 20) / 80) < 1e-6);
  });

  test('identical models differ by nothing; few samples, or what has no finite lead, say nothing', () => {
    assert.equal(expectedOf(repeat(40, [[1, 0]])), 0);
    assert.equal(expectedOf(repeat(36, [[1, 1]])), null);
    assert.equal(expectedOf(repeat(40, [[NaN, 1]])), null);
  });

  test('it is what many draws of such noise come to', () => {
    const random = createRandom(1);
    const draw = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const leads = Array.from({ length: 200 }, (_, index) => index / 40 - 1);
    const draws = 400;
    const noise = 0.6;
    let measured = 0;
    let expected = 0;
    for (let round = 0; round < draws; round++) {
      const samples = leads.map((lead) => [lead, noise * draw()] as const);
      const right = (read: (sample: readonly [number, number]) => number) =>
        samples.filter((sample) => read(sample) > 0);
      measured += (right(([lead, change]) => lead + change).length - right(([lead]) => lead).length) / leads.length;
      expected += expectedOf(samples)!;
    }
    // The standard error of the mean over 400 draws is 0.0009.
    assert.ok(Math.abs(measured - expected) / draws < 0.004, `${measured / draws} against ${expected / draws}`);
  });
});
