import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMargins } from '../../../electron/engine/metrics/margins.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

type Scores = (logits: readonly number[]) => number[];
const asLogits: Scores = (logits) => [...logits];
const softmax: Scores = (logits) => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** Two classes of which class 1 is right; it leads by `lead` in the original and by `lead + change` in the compressed model. */
function estimateOf(samples: readonly (readonly [lead: number, change: number])[], read = asLogits) {
  const margins = createMargins();
  for (const [lead, change] of samples) margins.add(read([3, lead + 3]), read([3, lead + 3 + change]), 1);
  return margins.expectedDifference();
}

const random = createRandom(1);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const leads = (count: number): number[] => Array.from({ length: count }, (_, index) => (4 * (index + 0.5)) / count - 1);
const share = (samples: readonly (readonly [number, number])[], isRight: (sample: readonly [number, number]) => boolean) => samples.filter(isRight).length / samples.length; // prettier-ignore
const measuredOf = (samples: readonly (readonly [number, number])[]): number =>
  share(samples, ([lead, change]) => lead + change > 0) - share(samples, ([lead]) => lead > 0);

suite('the difference that changes of the scores make on average', () => {
  test('changes that are the same for all move the line between right and wrong', () => {
    const samples = leads(400).map((lead) => [lead, -0.5] as const);
    // A half of the four that leads span.
    assert.ok(Math.abs(estimateOf(samples)!.value + 0.125) < 1e-9);
  });

  test('as many that lead as trail make up for each other', () => {
    const samples = leads(400).map((lead, index) => [lead - 1, index % 2 === 0 ? 0.4 : -0.4] as const);
    assert.ok(Math.abs(estimateOf(samples)!.value) < 0.002);
  });

  test('probabilities are read as the logits behind them', () => {
    const samples = leads(60).map((lead, index) => [lead, [0.71, -0.23, -0.87][index % 3]!] as const);
    assert.ok(Math.abs(estimateOf(samples)!.value - estimateOf(samples, softmax)!.value) < 1e-9);
  });

  test('a probability of 0 has a lead, too', () => {
    const margins = createMargins();
    for (let index = 0; index < 40; index++) margins.add([1, 0], index < 20 ? [1, 0] : [0, 1], 0);
    assert.ok(Math.abs(margins.expectedDifference()!.value + 0.5) < 0.02);
  });

  test('a score of 1 beside one of 0 is a probability only where all are', () => {
    const margins = createMargins();
    for (let index = 0; index < 40; index++) margins.add([1, 0], [index % 2 === 0 ? 3 : -1, 0], 0);
    margins.add([2, 1], [2, 1], 0);
    assert.ok(margins.expectedDifference()!.value < -0.1);
  });

  test('changes far from the line do not count near it', () => {
    const samples = leads(400).map((lead, index) => {
      const far = Math.max(0, lead - 0.5);
      return [lead + far ** 3, (index % 2 === 0 ? 0.6 : -0.6) * far ** 3] as const;
    });
    assert.ok(Math.abs(estimateOf(samples)!.value) < 0.003);
  });

  test('a third class that comes to the front counts', () => {
    const margins = createMargins();
    for (let index = 0; index < 50; index++) margins.add([5 + index / 50, 3, 0], [5, 3, index % 2 === 0 ? 6 : 0], 0);
    assert.ok(Math.abs(margins.expectedDifference()!.value + 0.5) < 0.05);
  });

  test('scores that a range makes equal are lost by half, though all that trail stay as they are', () => {
    // Samples the original is sure of are cut: nothing of their lead is left. Noise of that size would do the same to those that trail.
    const samples = leads(400).map((lead) => [lead, lead > 1.5 && random() < 0.3 ? -lead : 0] as const);
    const cut = share(samples, ([, change]) => change < 0);
    const { value } = estimateOf(samples)!;
    assert.ok(Math.abs(value + cut / 2) < 0.02, `${value} where ${cut} are cut`);
  });

  test('leads that shrink by a factor cost nothing, and noise on them little', () => {
    assert.ok(Math.abs(estimateOf(leads(400).map((lead) => [lead, -0.3 * lead] as const))!.value) < 0.01);
  });

  test('identical models differ by nothing; few samples, or what has no finite lead, say nothing', () => {
    assert.deepEqual(estimateOf(leads(40).map((lead) => [lead, 0] as const)), { value: 0, ci95: [0, 0] });
    assert.equal(estimateOf(leads(36).map((lead) => [lead, 1] as const)), null);
    assert.equal(estimateOf(leads(40).map(() => [NaN, 1] as const)), null);
  });

  test('it is what many draws of such noise come to, scatters less, and its interval holds that', () => {
    const [rounds, noise, offset] = [100, 0.6, -0.2];
    let [measured, expected, covered] = [0, 0, 0];
    let [measuredSquares, expectedSquares] = [0, 0];
    // Changes that depend on the lead: a part of it is lost, and noise falls where it leads.
    const change = (lead: number): number => offset - 0.1 * lead + (lead > 0 ? noise : noise / 2) * normal();
    let truth = 0;
    for (let round = 0; round < 400; round++) truth += measuredOf(leads(200).map((lead) => [lead, change(lead)])) / 400;
    for (let round = 0; round < rounds; round++) {
      const samples = leads(200).map((lead) => [lead, change(lead)] as const);
      const { value, ci95 } = estimateOf(samples)!;
      expected += value / rounds;
      expectedSquares += value ** 2 / rounds;
      measured += measuredOf(samples) / rounds;
      measuredSquares += measuredOf(samples) ** 2 / rounds;
      if (ci95[0] <= truth && truth <= ci95[1]) covered++;
    }
    const deviation = (squares: number, mean: number): number => Math.sqrt(squares - mean ** 2);
    assert.ok(Math.abs(expected - truth) < 0.008, `${expected} against ${truth}`);
    assert.ok(deviation(expectedSquares, expected) < deviation(measuredSquares, measured));
    assert.ok(covered >= 85, `${covered} of ${rounds} intervals`);
  });
});
