import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkDrops, judgeGates, withGoal } from '../../../electron/engine/7-judge/drop-gates.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { agreementRowOf, type MetricRow } from '../../../shared/metric-row.ts';
import { agreement, outputCosine, outputSqnr, top1 } from '../../../shared/class-metrics.ts';
import { buildLedger } from '../../../electron/engine/7-judge/ledger.ts';
import { makeAccuracy, makeData, makeLatency } from './judge-fixture.ts';

const row = (changes: Partial<MetricRow>): MetricRow => ({
  ...top1,
  before: 0.8,
  after: 0.79,
  beforeCi95: null,
  afterCi95: null,
  difference: -0.01,
  ci95: [-0.012, -0.008],
  test: null,
  count: 500,
  classes: [],
  ...changes,
});
const accuracy = makeAccuracy({
  metrics: [
    row({}),
    row({
      metric: 'mae',
      unit: '',
      higherIsBetter: false,
      before: 2,
      after: 2.02,
      difference: 0.02,
      ci95: [0.01, 0.03],
    }),
    row({ metric: 'psnr', unit: 'dB', before: 30, after: 29.6, difference: -0.4, ci95: [-0.5, -0.3] }),
    agreementRowOf(agreement, 0.97, 500),
    agreementRowOf(outputSqnr, 25, 500),
    agreementRowOf(outputCosine, 0.999, 500),
  ],
});
const check = (metric: string, limit: number, data = makeData()) => checkDrops({ [metric]: limit }, accuracy, data)[0]!;

suite('gates on figures of the task', () => {
  for (const [metric, within, beyond, message] of [
    ['top1', 1, 0.99, 'Loss of top1 1 points, at most 0.99 points required: NOT met.'],
    ['mae', 0.02, 0.019, 'Loss of mae 0.02, at most 0.019 required: NOT met.'],
    ['psnr', 0.4, 0.3, 'Loss of psnr 0.4 dB, at most 0.3 dB required: NOT met.'],
    ['agreement', 3, 2.9, 'Loss of agreement 3 points, at most 2.9 points required: NOT met.'],
    ['cosine', 0.001, 0.0009, 'Loss of cosine 0.001, at most 0.0009 required: NOT met.'],
  ] as const) {
    test(`${metric}: in its own unit, worse being a loss whichever way it runs`, () => {
      assert.equal(check(metric, within).met, true, 'what equals the limit is within it');
      const failed = check(metric, beyond);
      assert.deepEqual([failed.name, failed.metric, failed.met, failed.message], ['maxDrop', metric, false, message]);
    });
  }

  test('what cannot be checked is not met, and says why', () => {
    assert.match(check('meanIoU', 1).message, /no such metric; it has top1, mae, psnr, agreement, sqnrDb, cosine/);
    assert.match(check('sqnrDb', 1).message, /no value that means no loss/);
    assert.match(check('top1', 1, makeData({ random: true })).message, /random noise/);
    for (const metric of ['meanIoU', 'sqnrDb'])
      assert.deepEqual([check(metric, 1).met, check(metric, 1).actual], [false, null]);
  });

  test('take the place of the tolerance where they are on the figure that the run is judged by', () => {
    const own = makeAccuracy({ metrics: accuracy.metrics.filter(({ metric }) => metric === 'mae') });
    const latency = makeLatency();
    const inventory = { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 };
    const ledger = buildLedger({
      inventory: { before: inventory, after: inventory },
      sizeBytes: { before: 4000, after: 1000 },
      layers: [],
      latency,
    });
    const decide = (limit: number | null) => {
      const gates = limit === null ? [] : checkDrops({ mae: limit }, own, makeData());
      return decisionOf({ ledger, gates, data: makeData(), latency, accuracy: own, diagnostics: [] }).task;
    };
    assert.deepEqual([decide(null).state, decide(null).limit], ['unproven', 1], '0.5 to 1.5 % of 2, at most 1 %');
    assert.deepEqual([decide(0.04).state, decide(0.04).limit], ['good', 2], '0.04 are 2 % of it');
    assert.equal(decide(0.005).state, 'bad');
  });
});

suite('the largest size of a recipe', () => {
  const gates = { maxAccuracyDrop: null, maxDrops: {}, minSpeedup: null, maxSizeRatio: null };

  test('is a gate on the file, and the smaller of two limits counts', () => {
    assert.equal(withGoal(gates, { maxSize: '250 kB' }, 1_000_000).maxSizeRatio, 0.25);
    assert.equal(withGoal({ ...gates, maxSizeRatio: 0.2 }, { maxSize: '250 kB' }, 1_000_000).maxSizeRatio, 0.2);
    assert.equal(withGoal(gates, { maxSize: '' }, 1_000_000), gates);
  });

  test('is not met by a byte more', () => {
    const limits = withGoal(gates, { maxSize: '1 MB' }, 3_000_000);
    const facts = { accuracy, data: makeData({}), latency: makeLatency() };
    const [met] = judgeGates(limits, { ...facts, sizeRatio: 1_000_000 / 3_000_000 });
    const [missed] = judgeGates(limits, { ...facts, sizeRatio: 1_000_001 / 3_000_000 });
    assert.deepEqual([met!.met, missed!.met], [true, false]);
    assert.equal(met!.message, 'Size after / before 0.333, at most 0.3333 required: met.');
  });
});
