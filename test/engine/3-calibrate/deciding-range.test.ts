import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseDecidingRange } from '../../../electron/engine/3-calibrate/deciding-range.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

const free = { lowest: null, highest: null };
const random = createRandom(3);
const around = (middle: number, count = 50): number[] =>
  Array.from({ length: count }, () => middle + random() + random() + random() - 1.5);
const zeros = (count = 50): number[] => new Array<number>(count).fill(0);

suite('the range of a tensor that decides', () => {
  test('reaches beyond what was seen, and stays at zero where nothing is below', () => {
    const highs = around(20);
    const { low, high } = chooseDecidingRange({ lows: zeros(), highs }, free);
    assert.equal(low, 0);
    assert.ok(high >= Math.max(...highs) && high < 23, `${high}`);
  });

  test('reaches further at either end of scores with both signs', () => {
    const [lows, highs] = [around(-30), around(12)];
    const { low, high } = chooseDecidingRange({ lows, highs }, free);
    assert.ok(low <= Math.min(...lows) && low > -33 && high >= Math.max(...highs) && high < 15, `${low} ${high}`);
  });

  test('of log-probabilities, which are never positive, grows downwards only', () => {
    const { low, high } = chooseDecidingRange({ lows: around(-25), highs: around(-3) }, free);
    assert.ok(high < 0 && low < -25);
  });

  test('ends where a clamp ends it, for folded clamps are done by the range', () => {
    const { low, high } = chooseDecidingRange({ lows: around(-0.2), highs: around(5) }, { lowest: -1, highest: 6 });
    assert.deepEqual([low, high], [-1, 6]);
  });

  test('ends at a value that several samples reach exactly', () => {
    const highs = [...around(0.5, 48), 2.5, 2.5];
    assert.equal(chooseDecidingRange({ lows: zeros(), highs }, free).high, 2.5);
  });

  test('grows by half of itself at most, however little is known', () => {
    assert.equal(chooseDecidingRange({ lows: zeros(3), highs: [0.1, 5, 40] }, free).high, 60);
  });

  test('is what was seen where there are one or two samples', () => {
    assert.deepEqual(chooseDecidingRange({ lows: [-1], highs: [3] }, free), { low: -1, high: 3 });
    assert.deepEqual(chooseDecidingRange({ lows: [-1, -2], highs: [3, 4] }, free), { low: -2, high: 4 });
  });

  test('holds a sample of three times the others, but is not ruined by one of a hundred times', () => {
    const highs = around(20, 49);
    assert.ok(chooseDecidingRange({ lows: zeros(), highs: [...highs, 60] }, free).high >= 60);
    const { high } = chooseDecidingRange({ lows: zeros(), highs: [...highs, 2000] }, free);
    assert.ok(high > 80 && high < 92, `${high}`);
    // Among ten samples one stands for a tenth of all.
    assert.ok(chooseDecidingRange({ lows: zeros(10), highs: [...highs.slice(0, 9), 2000] }, free).high >= 2000);
  });

  test('a sample of which even the largest value is far down says nothing about the upper end', () => {
    const [lows, highs] = [around(-30), around(12)];
    const without = chooseDecidingRange({ lows, highs }, free);
    const { high } = chooseDecidingRange({ lows: [...lows, -31], highs: [...highs, -29] }, free);
    assert.ok(high < without.high + 1.5, `${high} instead of ${without.high}`);
  });

  test('a freak at one end that is small beside the other end is held', () => {
    const { high } = chooseDecidingRange({ lows: around(-100), highs: [...around(2, 49), 40] }, free);
    assert.ok(high >= 40);
  });
});
