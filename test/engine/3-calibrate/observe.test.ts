import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { groupIntoBatches, readBatch } from '../../../electron/engine/data/batch.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, observe, op, run } from '../build-model.ts';

/** x (N x 4) -> doubled -> y = doubled + 1. */
function doubling(batch: number | string = 'N') {
  return buildModel({
    inputs: { x: [batch, 4] },
    outputs: 'y',
    nodes: [op('Mul', 'x two', 'doubled'), op('Add', 'doubled one', 'y')],
    weights: { two: floats([], [2]), one: floats([], [1]) },
  });
}

const sample = (...values: readonly number[]): Feeds => ({ x: floats([values.length / 4, 4], values) });

const modes = ['extremes', 'histogram'] as const;

for (const statistics of modes) {
  suite(`observeTensors, ${statistics}`, () => {
    test('sees inputs, inner tensors and outputs', async () => {
      const seen = await observe(doubling(), [sample(-1, 0, 0.5, 3), sample(1, 1, 1, -5)], ['x', 'doubled', 'y'], {
        statistics,
      });
      const extremes = Object.fromEntries([...seen].map(([name, { min, max, count }]) => [name, [min, max, count]]));
      assert.deepEqual(extremes, { x: [-5, 3, 8], doubled: [-10, 6, 8], y: [-9, 7, 8] });
    });

    test('tells ranges while it looks, and never one narrower than before', async () => {
      const told: [string, number, number][] = [];
      await observe(doubling(), [sample(-1, 0, 0.5, 3), sample(0, 0, 0, 1), sample(1, 1, 1, -5)], ['doubled'], {
        statistics,
        onRange: (tensor, min, max) => told.push([tensor, min, max]),
      });
      assert.deepEqual(told[0], ['doubled', -2, 6]);
      for (const [index, [, min, max]] of told.entries()) {
        assert.ok(index === 0 || (min <= told[index - 1]![1] && max >= told[index - 1]![2]));
      }
    });

    test('uses every sample: the extremes may be in any of an odd number', async () => {
      for (const [position, value] of [
        [0, 100],
        [3, -100],
        [6, 100],
      ] as const) {
        const samples = Array.from({ length: 7 }, (_, index) => sample(1, 2, 3, index === position ? value : 4));
        const seen = (await observe(doubling(), samples, ['doubled'], { statistics })).get('doubled')!;
        assert.equal(seen.count, 28);
        assert.deepEqual([seen.min, seen.max], value > 0 ? [2, 200] : [-200, 8]);
      }
    });

    test('uses every sample of a model with batch 2 when there are 5', async () => {
      const rows = [1, 2, 3, 4, 50];
      const dataset: Dataset = {
        path: null,
        kind: 'arrays',
        count: rows.length,
        labels: null,
        notes: [],
        fixedBatchSize: 2,
        readings: [],
        sha256: null,
        sampleSha256: (index) => Promise.resolve(String(index)),
        read: (index) => Promise.resolve(sample(0, 0, 0, rows[index]!)),
        readExpectedOutputs: null,
        close: () => Promise.resolve(),
      };
      const batches = groupIntoBatches([...rows.keys()], 2);
      const samples = await Promise.all(batches.map(async (batch) => (await readBatch(dataset, batch, 2)).feeds));
      assert.deepEqual(samples.map(({ x }) => x!.dims), [[2, 4], [2, 4], [2, 4]]); // prettier-ignore
      const seen = (await observe(doubling(2), samples, ['doubled'], { statistics })).get('doubled')!;
      assert.deepEqual([seen.min, seen.max, seen.count], [0, 100, 24]);
    });

    test('names the tensors that hold NaN', async () => {
      // ONNX Runtime's ReduceMin and ReduceMax skip NaN: the extremes alone would look healthy.
      await assert.rejects(
        observe(doubling(), [sample(1, 2, 3, 4), sample(1, NaN, 3, 4)], ['doubled'], { statistics }),
        (error) => {
          assert.ok(error instanceof AppError);
          assert.equal(error.code, 'calibration-failed');
          assert.match(error.message, /"doubled" \(Mul "[^"]+"\)/, 'the tensor and its layer');
          return true;
        },
      );
    });

    test('names the tensors that hold infinities, of either sign and of both', async () => {
      for (const values of [
        [1, Infinity, 0, 0],
        [-Infinity, 1, 0, 0],
        [Infinity, -Infinity, 0, 0],
      ]) {
        await assert.rejects(
          observe(doubling(), [sample(...values)], ['y'], { statistics }),
          (error) => error instanceof AppError && error.code === 'calibration-failed' && error.message.includes('"y"'),
        );
      }
    });

    test('tells an infinity that arises inside from the finite tensors before it', async () => {
      const model = buildModel({
        inputs: { x: ['N', 4] },
        outputs: 'y',
        nodes: [op('Abs', 'x', 'magnitude'), op('Log', 'magnitude', 'y')],
      });
      await assert.rejects(observe(model, [sample(1, 2, 3, 0)], ['x', 'magnitude', 'y'], { statistics }), (error) => {
        assert.ok(error instanceof AppError);
        assert.deepEqual(error.details, { tensors: ['"y"'] });
        return true;
      });
    });

    test('leaves the model as it was', async () => {
      const model = doubling();
      const before = encodeModel(model);
      await observe(model, [sample(1, 2, 3, 4)], ['x', 'doubled', 'y'], { statistics });
      assert.deepEqual(encodeModel(model), before);
      assert.deepEqual(Object.keys(await run(model, sample(1, 2, 3, 4))), ['y']);
    });

    test('stops between samples when cancelled', async () => {
      const controller = new AbortController();
      const done: number[] = [];
      const samples = Array.from({ length: 10 }, () => sample(1, 2, 3, 4));
      await assert.rejects(
        observe(doubling(), samples, ['doubled'], {
          statistics,
          signal: controller.signal,
          onSample: (count) => {
            done.push(count);
            if (count === 3) controller.abort();
          },
        }),
        CancelledError,
      );
      assert.deepEqual(done, [1, 2, 3]);
    });

    test('reports progress once a sample', async () => {
      const progress: string[] = [];
      const samples = [sample(1, 2, 3, 4), sample(1, 2, 3, 4), sample(1, 2, 3, 4)];
      await observe(doubling(), samples, ['doubled'], {
        statistics,
        onSample: (done, total) => progress.push(`${done}/${total}`),
      });
      assert.deepEqual(progress, ['1/3', '2/3', '3/3']);
    });
  });
}

test('only histograms keep a distribution', async () => {
  const samples = [sample(0, 0, 1, 2), sample(-1, 0, 0, 1)];
  const extremes = await observe(doubling(), samples, ['doubled'], { statistics: 'extremes' });
  assert.equal(extremes.get('doubled')!.histogram, null);
  const histograms = await observe(doubling(), samples, ['doubled'], { statistics: 'histogram' });
  const { histogram } = histograms.get('doubled')!;
  assert.equal(
    histogram!.counts.reduce((sum, count) => sum + count, 0),
    8,
  );
});

test('statistics per channel are taken over batch, space and samples', async () => {
  const model = buildModel({ inputs: { x: ['N', 2, 1, 2] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });
  // Two samples a run, channels of two values each.
  const samples = [{ x: floats([2, 2, 1, 2], [1, 3, -1, -7, 5, 7, 0, 0]) }, { x: floats([1, 2, 1, 2], [0, 2, -4, 0]) }];
  const seen = await observe(model, samples, ['x', 'y'], {
    statistics: 'histogram',
    channelAxes: new Map([
      ['x', 1],
      ['y', 1],
    ]),
  });
  assert.deepEqual([...seen.get('x')!.channels!.means], [3, -2]);
  assert.deepEqual([...seen.get('x')!.channels!.maxAbs], [7, 7]);
  assert.deepEqual([...seen.get('y')!.channels!.means], [3, 0]);
  assert.deepEqual([...seen.get('y')!.channels!.maxAbs], [7, 0]);
});

test('large finite values are not taken for infinities', async () => {
  // Attention masks are filled with the lowest float32; their sum overflows, they do not.
  const model = buildModel({
    inputs: { x: ['N', 4] },
    outputs: 'y',
    nodes: [op('Identity', 'x', 'm'), op('Neg', 'm', 'y')],
  });
  const lowest = -3.4028234663852886e38;
  for (const statistics of modes) {
    const seen = await observe(model, [sample(lowest, lowest, 0, 1)], ['y'], { statistics });
    assert.deepEqual([seen.get('y')!.min, seen.get('y')!.max], [-1, -lowest], statistics);
  }
});

test('told that it is enough, they are of the samples so far, one at least', async () => {
  const samples = [1, 2, 3, 4, 5].map((value) => sample(value, 0, 0, -value));
  for (const statistics of modes) {
    for (const after of [0, 1, 3, 5]) {
      const enough = new AbortController();
      if (after === 0) enough.abort();
      const stopped: number[] = [];
      const seen = await observe(doubling(), samples, ['x', 'doubled'], {
        statistics,
        enough: enough.signal,
        onStopped: (count) => stopped.push(count),
        onSample: (done) => done === after && enough.abort(),
      });
      const count = Math.max(1, after);
      assert.deepEqual([seen.get('x')!.max, seen.get('doubled')!.min], [count, -2 * count], `${statistics} ${after}`);
      assert.deepEqual(stopped, after === 5 ? [] : [count], 'nothing to tell where all were seen');
    }
  }
});
