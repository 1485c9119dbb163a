import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pairTimes } from '../../shared/paired-times.ts';
import { formatRatio, formatTimePair } from '../../shared/units.ts';
import { createRandom } from '../../electron/engine/tensor/random.ts';
import { median } from '../../electron/engine/tensor/statistics.ts';

/** Blocks of runs in turn on a machine whose spells of load slow one model more than the other, as short and long runs differ. */
function measure(seed: number, fastMs: number, trueRatio: number) {
  const random = createRandom(seed);
  const first: number[] = [];
  const second: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < 11; round++) {
    const isBusy = random() < 0.5;
    const block = (milliseconds: number, sway: number): number[] =>
      Array.from({ length: 9 }, () => milliseconds * (1 + 0.05 * random()) * (isBusy ? 1 + sway * random() : 1));
    const [one, other] = [block(fastMs * trueRatio, 3 * random()), block(fastMs, 3 * random())];
    first.push(...one);
    second.push(...other);
    ratios.push(median(one) / median(other));
  }
  return { firstMs: median(first), secondMs: median(second), ratio: median(ratios) };
}

suite('times agree with the ratio beside them', () => {
  test('as printed, however busy the machine was', () => {
    let evened = 0;
    for (let seed = 0; seed < 600; seed++) {
      const { firstMs, secondMs, ratio } = measure(
        seed,
        [0.02, 0.7, 12][seed % 3]!,
        [0.6, 0.98, 1.02, 1.6, 4][seed % 5]!,
      );
      const times = pairTimes(firstMs, secondMs, ratio);
      if (times.isEvened) evened++;
      const [before, after] = formatTimePair(times.firstMs, times.secondMs, ' -> ')
        .match(/[\d.]+/g)!
        .map(Number);
      const [printedRatio, printedTimes] = [parseFloat(formatRatio(ratio)), before! / after!];
      const rounding = 0.005 / ratio + (0.5 * 10 ** (times.secondMs < 0.1 || times.firstMs < 0.1 ? -4 : -2) * 2) / Math.min(times.firstMs, times.secondMs); // prettier-ignore
      const said = `${printedRatio}x beside ${before} -> ${after}`;
      assert.ok(Math.abs(printedTimes / printedRatio - 1) <= 0.03 + rounding, said);
      if (printedRatio !== 1) assert.ok((printedTimes - 1) * (printedRatio - 1) >= -rounding, said);
    }
    assert.ok(evened > 100, `${evened} of 600 were to be evened out: the noise is real`);
  });

  test('and are the medians themselves where these agree', () => {
    assert.deepEqual(pairTimes(30, 10, 3.02), { firstMs: 30, secondMs: 10, isEvened: false });
    assert.deepEqual(pairTimes(10, 10.1, 1.001), { firstMs: 10, secondMs: 10.1, isEvened: false });
  });

  test('their middle stays when they are evened out', () => {
    for (const [first, second, ratio] of [
      [7.34, 5.96, 1.6],
      [2.74, 4.19, 1.01],
      [12.51, 12.12, 1.09],
    ] as const) {
      // prettier-ignore
      const { firstMs, secondMs, isEvened } = pairTimes(first, second, ratio);
      assert.ok(isEvened);
      assert.ok(Math.abs(firstMs / secondMs - ratio) < 1e-9);
      assert.ok(Math.abs(firstMs * secondMs - first * second) < 1e-9);
    }
  });
});
