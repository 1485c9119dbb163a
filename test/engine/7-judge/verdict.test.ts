import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { adviceOf } from '../../../shared/advice.ts';
import type { Accuracy, DataFacts, Gate, Latency, Layer } from '../../../shared/run.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { buildLedger } from '../../../electron/engine/7-judge/ledger.ts';
import {
  accuracyDropOf,
  checkGates,
  judgeVerdict,
  type AccuracyDrop,
} from '../../../electron/engine/7-judge/verdict.ts';
import { assertClose } from '../build-model.ts';
import { makeAccuracy, makeData, makeLatency, makeLayer, unlabelled } from './judge-fixture.ts';

interface Facts {
  readonly latency?: Partial<Latency>;
  readonly accuracy?: Partial<Accuracy>;
  readonly data?: Partial<DataFacts>;
  readonly sizeBytes?: { readonly before: number; readonly after: number };
  readonly gates?: readonly Gate[];
  readonly layers?: readonly Layer[];
}

function verdictOf({ latency, accuracy, data, sizeBytes = { before: 4000, after: 1000 }, gates = [], layers }: Facts) {
  const inventory = { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 };
  const measured = makeLatency(latency);
  const ledger = buildLedger({ inventory: { before: inventory, after: inventory }, sizeBytes, layers: [], latency: measured }); // prettier-ignore
  return judgeVerdict(ledger, measured, makeAccuracy(accuracy), makeData(data), gates, [], undefined, layers);
}

const makeSpeed = (ratio: number) => makeLatency({ speedup: { ratio, ci95: [0.97 * ratio, 1.03 * ratio] } });

const dropOf = (points: number): AccuracyDrop => ({ points, low: points - 0.05, high: points + 0.05, count: 500 });

suite('the verdict is two lines', () => {
  test('smaller, faster, as accurate', () => {
    assert.deepEqual(verdictOf({}), [
      '4.00x smaller, 3.00x faster (30.00 -> 10.00 ms, 1 thread; 95 % CI of the ratio 2.90-3.10), top-1 80.0 % -> 79.6 % (-0.4 points, n=500).',
      'Not proven. 500 samples do not show a loss of accuracy; the change is between -1.6 and +0.8 points (95 %).',
    ]);
  });

  test('a loss that the samples are too few to prove, but that noise of this size makes', () => {
    assert.equal(
      verdictOf({ accuracy: { expectedDifference: -0.012 } })[1],
      'Not proven. Expect about -1.2 points of accuracy, the average effect of score changes of this size. 500 samples can only say between -1.6 and +0.8 points (95 %).',
    );
  });

  test('slower than the original', () => {
    const [first, second] = verdictOf({ latency: { speedup: { ratio: 0.8, ci95: [0.78, 0.82] } } });
    assert.match(first, / 0\.80x as fast /);
    assert.equal(second, 'Do not ship. It is slower than the original on this CPU: use it only if size matters most.');
  });

  suite('what of the speed-up is that of folding', () => {
    const part = (ratio: number, half = 0.05 * ratio): { ratio: number; ci95: [number, number] } => ({
      ratio,
      ci95: [ratio - half, ratio + half],
    });
    const side = makeLatency().before;
    const given = (folding: number, compression: number): Facts => ({
      layers: [makeLayer({ quantized: true, activationBits: 8 })],
      latency: {
        prepared: { ...side, medianMs: 30 / folding },
        speedup: part(folding * compression),
        speedupParts: { folding: part(folding), compression: part(compression) },
      },
    });

    test('is told apart from what compression adds, by its name, whichever way each goes', () => {
      const speed = (folding: number, compression: number): string =>
        /; (folding.*?)\), top-1/.exec(verdictOf(given(folding, compression))[0])![1]!;
      assert.equal(speed(2.5, 1.4), 'folding alone gives 2.50x, adding int8 gives 1.40x');
      assert.equal(speed(2.5, 0.8), 'folding alone gives 2.50x, adding int8 slows it down to 0.80x');
      assert.equal(speed(2.5, 1.01), 'folding alone gives 2.50x, adding int8 makes no measurable difference (1.01x)');
      assert.equal(speed(1.01, 2), 'folding alone makes no measurable difference (1.01x), adding int8 gives 2.00x');
      assert.equal(speed(0.8, 2), 'folding alone slows it down to 0.80x, adding int8 gives 2.00x');
    });

    test('keeps the one direction of the headline', () => {
      assert.match(verdictOf(given(2.5, 1.4))[0], /3\.50x faster \(30\.00 -> 8\.57 ms/);
    });

    test('where it is all of it, int8 is not worth it for speed', () => {
      assert.match(
        verdictOf(given(2.5, 0.8))[1],
        /^Do not ship\. It is slower than the prepared float model: .*--keep-prepared/,
      );
      assert.match(verdictOf(given(1.1, 0.8))[1], /^Do not ship\. It is slower than the original/);
      assert.match(verdictOf(given(2.5, 1.4))[1], /^Not proven\. 500 samples do not show a loss of accuracy/);
    });

    test('is not spoken of where nothing was folded', () => {
      assert.doesNotMatch(verdictOf({})[0], /folding/);
    });
  });

  test('a speed that was measured while others took the processor', () => {
    const [first] = verdictOf({ latency: { processorShare: 0.45 } });
    assert.match(first, /2\.90-3\.10, on a busy machine: measure again\)/);
    assert.doesNotMatch(verdictOf({ latency: { processorShare: null } })[0], /busy/, 'not measured');
  });

  test('medians that contradict the ratio are evened out to it, in the sentence and in the ledger', () => {
    const side = makeLatency().before;
    const latency = makeLatency({
      before: { ...side, medianMs: 7.34 },
      after: { ...side, medianMs: 5.96 },
      speedup: { ratio: 1.6, ci95: [1.5, 1.7] },
    });
    assert.match(verdictOf({ latency })[0], /1\.60x faster \(about 8\.37 -> 5\.23 ms, 1 thread; 95 %/);
    const inventory = { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 };
    const ledger = buildLedger({ inventory: { before: inventory, after: inventory }, sizeBytes: { before: 1, after: 1 }, layers: [], latency }); // prettier-ignore
    const { before, after, ratio, basis } = ledger.find(({ claim }) => claim === 'latencyMedianMs')!;
    assertClose([before / after], [ratio], 1e-9);
    assert.match(basis, /medians of all runs, 7\.34 and 5\.96 ms, contradict the ratio of the pairs/);
  });

  test('no difference in speed that could be told', () => {
    const [first] = verdictOf({ latency: { threads: 4, speedup: { ratio: 1.01, ci95: [0.98, 1.04] } } });
    assert.match(first, /as fast as before \(30\.00 -> 29\.70 ms, 4 threads; no measurable difference\)/);
  });

  test('nor is a model called as fast as before beside times that differ', () => {
    assert.match(
      verdictOf({ latency: { speedup: { ratio: 0.79, ci95: [0.6, 1.1] } } })[0],
      /no measurable difference in speed \(30\.00 -> 37\.97 ms, 1 thread; 95 % CI of the ratio 0\.60-1\.10\)/,
    );
  });

  test('a loss of accuracy that is real', () => {
    const [first, second] = verdictOf({
      accuracy: {
        after: { value: 0.75, ci95: [0.71, 0.79] },
        difference: { value: -0.05, ci95: [-0.07, -0.03] },
        mcnemar: { onlyBefore: 30, onlyAfter: 5, pValue: 0.0000234 },
      },
    });
    assert.match(first, /80\.0 % -> 75\.0 % \(-5\.0 points, n=500\)/);
    assert.equal(
      second,
      'Do not ship. The loss of accuracy is real (McNemar p = 0.000023). Decide whether the gain is worth it.',
    );
  });

  test('a gain in accuracy is not called a loss, however sure', () => {
    const [first, second] = verdictOf({
      accuracy: {
        difference: { value: 0.02, ci95: [0.01, 0.03] },
        mcnemar: { onlyBefore: 1, onlyAfter: 11, pValue: 0.006 },
      },
    });
    assert.match(first, /\+2\.0 points/);
    assert.match(second, /^[^.]+\. 500 samples do not show a loss/);
  });

  test('random data decide nothing', () => {
    const [first, second] = verdictOf({ data: { random: true, labelled: false }, accuracy: unlabelled });
    assert.match(first, /accuracy unknown because the data was random noise/);
    assert.equal(second, 'Do not ship. Calibrate and evaluate on real data first.');
  });

  test('outputs that are far from the original’s', () => {
    const agreement = { top1: 0.6, sqnrDb: 4.8, cosine: 0.8, count: 500, decisions: 500, samples: null };
    assert.equal(
      verdictOf({ data: { labelled: false }, accuracy: { ...unlabelled, agreement } })[1],
      "Do not ship. Its outputs differ from the original's by 57.5 % of their size. Calibrate on more data, or use the recipe int8-static.",
    );
  });

  test('unlabelled data give agreement, which is not accuracy', () => {
    const [first, second] = verdictOf({ data: { labelled: false }, accuracy: unlabelled });
    assert.match(first, /same first class on 98\.0 % of 500 unlabelled samples \(agreement, not accuracy\)/);
    assert.equal(
      second,
      'Not proven. It ranks another class first on 2.0 % (95 % 1.1 % to 3.6 %) of the samples. Check it on labelled data before shipping: agreement with the original is not accuracy.',
    );
  });

  test('other first classes than chance explains are told not to be shipped, and fewer are told', () => {
    const adviceOn = (top1: number, count: number) => {
      const agreement = { top1, sqnrDb: 25, cosine: 0.99, count, decisions: count, samples: null };
      return verdictOf({ data: { labelled: false }, accuracy: { ...unlabelled, count, agreement } })[1];
    };
    assert.match(
      adviceOn(0, 8),
      /^Do not ship\. It ranks another class first than the original on 100\.0 % \(95 % 67\.6 %/,
    );
    assert.match(adviceOn(0.57, 100), /^Do not ship\. .* on 43\.0 % \(95 % 33\.7 % to 52\.8 %\)/);
    assert.match(adviceOn(0.625, 8), /^Do not ship\. .* on 37\.5 %/);
    assert.match(
      adviceOn(0.875, 8),
      /^Not proven\. It ranks another class first on 12\.5 % .* Check it on labelled data/,
    );
    assert.match(adviceOn(1, 8), /^Not proven\. Check it on labelled data/);
  });

  test('shares of positions are not called shares of samples, in older documents either', () => {
    for (const decisions of [8192, null]) {
      const agreement = { top1: 0.941, sqnrDb: 25, cosine: 0.99, count: 8, decisions, samples: null };
      const [first] = verdictOf({ data: { labelled: false }, accuracy: { ...unlabelled, count: 8, agreement } });
      assert.match(first, /same first class at 94\.1 % of the positions in 8 unlabelled samples/);
    }
  });

  test('a closed loop is one sentence more', () => {
    const loop = { states: [{ output: 'hn', input: 'h' }], steps: 200, worstTenthSqnrDb: 20 };
    const firstOf = (sqnrDb: number | null, decisionShare: number | null) =>
      verdictOf({ accuracy: { closedLoop: { ...loop, sqnrDb, decisionShare } } })[0];
    assert.match(firstOf(31, 0.99), /\. In a closed loop over 200 steps: 31\.0 dB, 99\.0 % of decisions alike\.$/);
    assert.match(firstOf(31, null), /\. In a closed loop over 200 steps: 31\.0 dB\.$/);
    assert.match(firstOf(null, null), /\. In a closed loop over 200 steps: identical\.$/);
  });

  suite('a closed loop decides where it is worse than single steps', () => {
    const states = [{ output: 'hn', input: 'h' }];
    const adviceIn = (
      { steps, sqnrDb, decisionShare }: { steps: number; sqnrDb: number | null; decisionShare: number | null },
      changes: { readonly accuracy?: Partial<Accuracy>; readonly codes?: readonly string[]; ratio?: number } = {},
    ) =>
      adviceOf({
        ledger: [],
        gates: [],
        data: makeData(),
        latency: makeSpeed(changes.ratio ?? 3),
        accuracy: makeAccuracy({
          closedLoop: { states, steps, sqnrDb, worstTenthSqnrDb: 0, decisionShare },
          ...changes.accuracy,
        }),
        diagnostics: (changes.codes ?? []).map((code) => ({ code })),
      });

    test('outputs that come to be far off are not shipped, labels or none, fast or slow', () => {
      const far = { kind: 'farOffInLoop', steps: 200, share: 10 ** (-6 / 20) };
      const loop = { steps: 200, sqnrDb: 6, decisionShare: null };
      assert.deepEqual(adviceIn(loop), far);
      assert.deepEqual(adviceIn(loop, { accuracy: unlabelled }), far);
      assert.deepEqual(adviceIn(loop, { ratio: 0.5 }), far);
    });

    test('nor are decisions that come to differ more than near-ties do, where enough steps tell', () => {
      const loop = { steps: 200, sqnrDb: 14, decisionShare: 0.75 };
      const [low, high] = wilsonInterval(50, 200);
      assert.deepEqual(adviceIn(loop), { kind: 'disagreesInLoop', steps: 200, share: 0.25, low, high });
      assert.equal(adviceIn({ ...loop, steps: 8 }).kind, 'noVisibleLoss', 'two of eight are too few to tell');
      assert.equal(adviceIn({ ...loop, decisionShare: 0.95 }).kind, 'noVisibleLoss');
    });

    test('errors that add up are told before "no loss", after a loss that is real', () => {
      const loop = { steps: 200, sqnrDb: 25, decisionShare: 0.99 };
      const codes = ['closed-loop-worse'];
      assert.deepEqual(adviceIn(loop, { codes }), { kind: 'worseInLoop', steps: 200 });
      assert.deepEqual(adviceIn(loop, { codes, accuracy: unlabelled }), { kind: 'worseInLoop', steps: 200 });
      assert.equal(adviceIn(loop).kind, 'noVisibleLoss');
      const lost = { mcnemar: { onlyBefore: 30, onlyAfter: 3, pValue: 1e-6 } };
      assert.equal(adviceIn(loop, { codes, accuracy: lost }).kind, 'realLoss');
    });

    test('identical outputs decide nothing', () => {
      assert.equal(adviceIn({ steps: 200, sqnrDb: null, decisionShare: 1 }).kind, 'noVisibleLoss');
    });

    test('in words', () => {
      const secondOf = (sqnrDb: number, decisionShare: number | null) =>
        verdictOf({ accuracy: { closedLoop: { states, steps: 200, sqnrDb, worstTenthSqnrDb: 0, decisionShare } } })[1];
      assert.match(
        secondOf(6, null),
        /^Do not ship\. After 200 steps, .* differ from the original's by 50\.1 % of their size/,
      );
      assert.match(secondOf(20, 0.5), /^Do not ship\. Over 200 steps, .* decides differently .* in 50\.0 % \(95 %/);
    });
  });

  test('one huge sample that is close hides no others', () => {
    const judge = (meanSqnrDb: number, worstTenthSqnrDb: number) => {
      const samples = { meanSqnrDb, worstTenthSqnrDb };
      const agreement = { top1: null, sqnrDb: 45, cosine: 1, count: 12, decisions: null, samples };
      return verdictOf({ data: { labelled: false }, accuracy: { ...unlabelled, count: 12, agreement } });
    };
    const [first, second] = judge(5, 0);
    assert.match(first, /SQNR 5\.0 dB per sample, worst tenth 0\.0 dB, against the original on 12 samples/);
    assert.match(second, /^Do not ship\. Its outputs differ from the original's by 56\.2 %/);
    assert.match(judge(35, 2)[1], /^Do not ship\. In the worst tenth of the samples, .* 79\.4 %/);
    assert.match(judge(60, 60)[0], /SQNR ≥ 60 dB per sample/, 'the cap is said');
  });

  test('larger than the original', () => {
    assert.match(verdictOf({ sizeBytes: { before: 1000, after: 1250 } })[0], /^1\.25x larger/);
  });

  test('a gate that is not met comes before everything else', () => {
    const gates = checkGates(
      { maxAccuracyDrop: 0.1, minSpeedup: 2, maxSizeRatio: null },
      { accuracyDrop: dropOf(0.4), latency: makeSpeed(3), sizeRatio: 0.25 },
    );
    const [, second] = verdictOf({ gates, data: { random: true } });
    assert.equal(
      second,
      'Do not ship. Not accepted: Loss of top-1 accuracy 0.40 points, at most 0.1 points required: NOT met.',
    );
  });

  test('gates that are met are mentioned', () => {
    const gates = checkGates(
      { maxAccuracyDrop: 1, minSpeedup: 2, maxSizeRatio: 0.3 },
      { accuracyDrop: dropOf(0.4), latency: makeSpeed(3), sizeRatio: 0.25 },
    );
    assert.ok(gates.every(({ met }) => met));
    assert.match(verdictOf({ gates })[1], /All limits met\. 500 samples do not show a loss/);
  });
});

suite('gates', () => {
  const none = { maxAccuracyDrop: null, minSpeedup: null, maxSizeRatio: null };
  const facts = { accuracyDrop: dropOf(0.5), latency: makeSpeed(2), sizeRatio: 0.25 };
  const metOf = (gates: Partial<typeof none | Record<keyof typeof none, number | null>>, changes: { readonly accuracyDrop?: AccuracyDrop } = {}) =>
    checkGates({ ...none, ...gates }, { ...facts, ...changes }).map(({ met }) => met); // prettier-ignore

  test('none asked for, none checked', () => assert.deepEqual(metOf({}), []));

  test('a limit that is just reached is met', () => {
    assert.deepEqual(metOf({ maxAccuracyDrop: 0.5, minSpeedup: 2, maxSizeRatio: 0.25 }), [true, true, true]);
    // 2 of 400 samples lost: 0.5 points up to rounding.
    assert.deepEqual(metOf({ maxAccuracyDrop: 0.5 }, { accuracyDrop: dropOf(100 * (0.8 - 0.795)) }), [true]);
  });

  test('a limit that is passed is not', () => {
    assert.deepEqual(metOf({ maxAccuracyDrop: 0.4, minSpeedup: 2.1, maxSizeRatio: 0.24 }), [false, false, false]);
  });

  test('a gain in accuracy is no drop', () => {
    assert.deepEqual(metOf({ maxAccuracyDrop: 0 }, { accuracyDrop: dropOf(-0.3) }), [true]);
  });

  test('on a busy machine only the least that can be behind the ratio counts', () => {
    const shared: Pick<Latency, 'speedup' | 'processorShare'> = {
      speedup: { ratio: 5.57, ci95: [4.1, 8.18] },
      processorShare: 0.4,
    };
    const judged = (minSpeedup: number) => checkGates({ ...none, minSpeedup }, { ...facts, latency: shared })[0]!;
    assert.ok(Math.abs(judged(3).actual! - 1.64) < 1e-9);
    assert.deepEqual([judged(1.6).met, judged(3).met], [true, false]);
    assert.match(
      judged(3).message,
      /^Speed-up 1\.64x, at least 3x required: NOT met \(measured 5\.57x.*40\.0 %.*again/,
    );
    // The same figures on a quiet machine are what they are.
    const [quiet] = checkGates({ ...none, minSpeedup: 3 }, { ...facts, latency: { ...shared, processorShare: 0.99 } });
    assert.equal(quiet!.message, 'Speed-up 5.57x, at least 3x required: met.');
  });

  test('samples that are too few to tell on which side of the limit the loss is', () => {
    const drop: AccuracyDrop = { points: 1.2, low: -0.9, high: 3.4, count: 250 };
    const messageOf = (limit: number) =>
      checkGates({ ...none, maxAccuracyDrop: limit }, { ...facts, accuracyDrop: drop })[0]!.message;
    const few = ' (250 samples can only say between -0.9 and 3.4 points, 95 %: too few to be sure)';
    assert.equal(messageOf(1), `Loss of top-1 accuracy 1.20 points, at most 1 points required: NOT met${few}.`);
    assert.equal(messageOf(2), `Loss of top-1 accuracy 1.20 points, at most 2 points required: met${few}.`);
    assert.equal(messageOf(3.5), 'Loss of top-1 accuracy 1.20 points, at most 3.5 points required: met.');
    assert.equal(messageOf(-1), 'Loss of top-1 accuracy 1.20 points, at most -1 points required: NOT met.');
  });

  test('what cannot be checked is not met', () => {
    const [gate] = checkGates({ ...none, maxAccuracyDrop: 5 }, { ...facts, accuracyDrop: null });
    assert.deepEqual([gate!.met, gate!.actual], [false, null]);
    assert.match(gate!.message, /cannot be checked because accuracy was not measured on real, labelled data/);
  });
});

suite('accuracyDropOf', () => {
  test('is the loss in percentage points', () => {
    const { points, low, high, count } = accuracyDropOf(makeAccuracy(), makeData())!;
    assertClose([points, low, high, count], [0.4, -0.8, 1.6, 500], 1e-9);
  });

  test('is unknown without labels, and on noise', () => {
    assert.equal(accuracyDropOf(makeAccuracy(unlabelled), makeData()), null);
    assert.equal(accuracyDropOf(makeAccuracy(), makeData({ random: true })), null);
  });
});
