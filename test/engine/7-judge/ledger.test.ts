import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { claimNames, ledgerRowSchema, type ClaimName } from '../../../shared/run.ts';
import { buildLedger, claimDefinitions } from '../../../electron/engine/7-judge/ledger.ts';
import { makeLatency, makeLayer } from './judge-fixture.ts';

/** 950 MACs in int8, 50 in float: the article's "95 % of MACs are 8-bit". */
const layers = [
  makeLayer({ macs: 950, weightBits: 8, activationBits: 8, quantized: true }),
  makeLayer({ macs: 50 }),
  makeLayer({ opType: 'Relu' }),
];

const ledger = buildLedger({
  inventory: {
    before: { parameters: 1000, fp32EquivalentParameters: 1000, weightBytes: 4000, quantizationBytes: 0 },
    after: { parameters: 1000, fp32EquivalentParameters: 250, weightBytes: 1000, quantizationBytes: 40 },
  },
  sizeBytes: { before: 4100, after: 1200 },
  layers,
  latency: makeLatency(),
});

const row = (claim: ClaimName) => {
  const found = ledger.find((entry) => entry.claim === claim);
  assert.ok(found);
  return found;
};

suite('buildLedger', () => {
  test('has every claim once, each with its definition, unit and basis', () => {
    assert.deepEqual(
      ledger.map(({ claim }) => claim),
      [...claimNames],
    );
    for (const entry of ledger) {
      assert.deepEqual(ledgerRowSchema.parse(entry), entry);
      assert.equal(entry.definition, claimDefinitions[entry.claim]);
      assert.match(entry.basis, /^(computed|measured)/);
    }
  });

  test('ratios are before / after', () => {
    const ratios = Object.fromEntries(ledger.map(({ claim, ratio }) => [claim, ratio]));
    assert.deepEqual(ratios, {
      parameters: 1,
      fp32EquivalentParameters: 4,
      storedBytes: 4100 / 1200,
      macs: 1,
      bops: (1000 * 32 * 32) / (950 * 8 * 8 + 50 * 32 * 32),
      weightedCompute: 1000 / (950 / 4 + 50),
      latencyMedianMs: 3,
      peakMemoryBytes: 3,
    });
  });

  test('has the float model as prepared between both, where it is another one', () => {
    const inventory = { parameters: 900, fp32EquivalentParameters: 900, weightBytes: 3600, quantizationBytes: 0 };
    const side = makeLatency().before;
    const rows = buildLedger({
      inventory: {
        before: { ...inventory, parameters: 1000, fp32EquivalentParameters: 1000 },
        after: { ...inventory, fp32EquivalentParameters: 225 },
      },
      sizeBytes: { before: 4100, after: 1200 },
      prepared: { inventory, sizeBytes: 3700 },
      layers,
      latency: makeLatency({
        prepared: { ...side, medianMs: 15, peakMemoryBytes: 250e6, count: 300 },
        speedupParts: { folding: { ratio: 2, ci95: [1.9, 2.1] }, compression: { ratio: 1.5, ci95: [1.4, 1.6] } },
      }),
    });
    assert.deepEqual(Object.fromEntries(rows.map(({ claim, prepared }) => [claim, prepared])), {
      parameters: 900,
      fp32EquivalentParameters: 900,
      storedBytes: 3700,
      macs: null,
      bops: null,
      weightedCompute: null,
      latencyMedianMs: 15,
      peakMemoryBytes: 250e6,
    });
    assert.match(rows.find(({ claim }) => claim === 'latencyMedianMs')!.basis, /200, 300 and 200 interleaved/);
    assert.ok(ledger.every(({ prepared }) => prepared === null));
  });

  test('weighted compute is the article’s 3.5x when 95 % of the MACs are 8-bit', () => {
    assert.equal(row('weightedCompute').after, (950 * 8) / 32 + 50);
    assert.ok(Math.abs(row('weightedCompute').ratio - 3.478) < 0.001);
  });

  test('bit operations are MACs x weight bits x activation bits', () => {
    assert.equal(row('bops').before, 1000 * 1024);
    assert.equal(row('bops').after, 950 * 64 + 50 * 1024);
    const mixed = buildLedger({
      inventory: {
        before: { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 },
        after: { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 },
      },
      sizeBytes: { before: 1, after: 1 },
      layers: [makeLayer({ macs: 10, weightBits: 8, activationBits: 32 })],
      latency: makeLatency(),
    });
    assert.equal(mixed.find(({ claim }) => claim === 'bops')!.after, 10 * 8 * 32);
    assert.equal(mixed.find(({ claim }) => claim === 'weightedCompute')!.after, 10, 'the wider of the two counts');
  });

  test('latency carries its interval and conditions; computed claims have no interval', () => {
    assert.deepEqual(row('latencyMedianMs').ratioCi95, [2.9, 3.1]);
    assert.match(
      row('latencyMedianMs').basis,
      /200 and 200 interleaved inferences, batch 1, 1 thread, fresh processes/,
    );
    assert.equal(row('macs').ratioCi95, null);
  });

  test('the ratio of latencies is the measured one, not that of the medians', () => {
    const [latency] = buildLedger({
      inventory: {
        before: { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 },
        after: { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 },
      },
      sizeBytes: { before: 1, after: 1 },
      layers: [],
      latency: {
        ...makeLatency({ speedup: { ratio: 2.8, ci95: [2.7, 2.9] } }),
        after: { ...makeLatency().after, medianMs: 10.5 },
      },
    }).filter(({ claim }) => claim === 'latencyMedianMs');
    assert.deepEqual([latency!.before, latency!.after, latency!.ratio], [30, 10.5, 2.8]);
  });

  test('nothing is divided by zero: a model without MACs keeps ratio 1', () => {
    const empty = buildLedger({
      inventory: {
        before: { parameters: 0, fp32EquivalentParameters: 0, weightBytes: 0, quantizationBytes: 0 },
        after: { parameters: 0, fp32EquivalentParameters: 0, weightBytes: 0, quantizationBytes: 0 },
      },
      sizeBytes: { before: 100, after: 100 },
      layers: [],
      latency: makeLatency(),
    });
    assert.ok(empty.every(({ ratio }) => Number.isFinite(ratio)));
    assert.equal(empty.find(({ claim }) => claim === 'macs')!.ratio, 1);
  });
});

test('definitions say that quantization changes neither parameters nor MACs', () => {
  assert.match(claimDefinitions.parameters, /Quantization does not change it/);
  assert.match(claimDefinitions.macs, /1 MAC = 2 FLOPs.*Quantization does not change it/);
  assert.match(claimDefinitions.fp32EquivalentParameters, /4x fewer parameters/);
});
