import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cheapestChoices, type Offer } from '../../../electron/engine/6-search/cheapest-choices.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

const offer = (gain: number, price: number): Offer => ({ gain, price });

/** Every assignment there is. */
function all(units: readonly (readonly Offer[])[]): Offer[] {
  return units.reduce<Offer[]>(
    (sums, offers) =>
      [offer(0, 0), ...offers].flatMap(({ gain, price }) =>
        sums.map((sum) => ({ gain: sum.gain + gain, price: sum.price + price })),
      ),
    [{ gain: 0, price: 0 }],
  );
}

suite('the cheapest choices', () => {
  test('take one offer a unit, where greed takes the wrong one', () => {
    // By gain for its price the first is best, and then nothing else reaches 10.
    const units = [[offer(6, 5.5)], [offer(5, 5)], [offer(5, 5)]];
    const reaches10 = cheapestChoices(units).find(({ gain }) => gain >= 10)!;
    assert.deepEqual(reaches10, { gain: 10, price: 10, picks: [-1, 0, 0] });
  });

  test('have the dearer offer of a unit where only that gains enough', () => {
    const front = cheapestChoices([[offer(4, 1), offer(6, 9)], [offer(4, 2)]]);
    assert.deepEqual(
      front.map(({ gain, price }) => [gain, price]),
      [
        [0, 0],
        [4, 1],
        [8, 3],
        [10, 11],
      ],
    );
  });

  test('are as cheap as the best of all assignments', () => {
    const random = createRandom(1);
    for (let round = 0; round < 20; round++) {
      const units = Array.from({ length: 7 }, () =>
        [1, 2].map((size) => offer(size * (0.1 + random()), size * size * random())),
      );
      const every = all(units);
      const front = cheapestChoices(units);
      const most = front.at(-1)!.gain;
      for (const share of [0.2, 0.5, 0.8, 0.95]) {
        const needed = share * most;
        const best = Math.min(...every.filter(({ gain }) => gain >= needed).map(({ price }) => price));
        const found = front.find(({ gain }) => gain >= needed)!;
        assert.ok(found.price >= best - 1e-9 && found.price <= 1.02 * best + 1e-9, `${found.price} of ${best}`);
      }
    }
  });

  test('begin with nothing, also where all is free', () => {
    assert.deepEqual(
      cheapestChoices([[offer(2, 0)], [offer(3, 0)]]).map(({ gain, picks }) => [gain, picks]),
      [
        [0, [-1, -1]],
        [5, [0, 0]],
      ],
    );
  });

  test('of nothing are to leave all as it is', () => {
    assert.deepEqual(cheapestChoices([[], []]), [{ gain: 0, price: 0, picks: [-1, -1] }]);
    assert.deepEqual(cheapestChoices([]), [{ gain: 0, price: 0, picks: [] }]);
  });
});
