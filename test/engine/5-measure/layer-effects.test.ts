import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import {
  measureLayerEffects,
  planEffects,
  type LayerEffectsOptions,
} from '../../../electron/engine/5-measure/layer-effects.ts';
import { buildSwitchedModel } from '../../../electron/engine/5-measure/switched-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { sampleSqnrDb } from '../../../electron/engine/metrics/closeness.ts';
import { toNumbers } from '../../../electron/engine/tensor/to-numbers.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, inMemory, noise, op, quantize, run, type Quantized } from '../build-model.ts';

/*
 * What one graph with switches says is held against models that are really built: all compressed, and all but one layer.
 */

const weights = {
  a: noise([8, 3, 3, 3], 1, 0.3),
  b: noise([8, 8, 3, 3], 2, 0.2),
  d: noise([8, 1, 3, 3], 3, 0.4),
  v: noise([8, 5], 4, 0.5),
};
const head = [op('GlobalAveragePool', 'last', 'g'), op('Flatten', 'g', 'f'), op('Gemm', 'f v', 'y')];
const image = { x: [1, 3, 10, 10] };
const same = { pads: [1, 1, 1, 1] };

const chain = buildModel({
  inputs: image,
  outputs: 'y',
  nodes: [
    op('Conv', 'x a', 'c1', same),
    op('Relu', 'c1', 'r1'),
    op('Conv', 'r1 b', 'c2', same),
    op('Relu', 'c2', 'last'),
    ...head,
  ],
  weights,
});
const residual = buildModel({
  inputs: image,
  outputs: 'y',
  nodes: [
    op('Conv', 'x a', 'c1', same),
    op('Relu', 'c1', 'r1'),
    op('Conv', 'r1 d', 'c2', { ...same, group: 8 }),
    op('Add', 'c2 r1', 'sum'),
    op('Relu', 'sum', 'last'),
    ...head,
  ],
  weights,
});
const joined = buildModel({
  inputs: image,
  outputs: 'y z',
  nodes: [
    op('Conv', 'x a', 'c1', same),
    op('Conv', 'x a', 'c2', { pads: [1, 1, 1, 1], strides: [1, 1] }),
    op('Sigmoid', 'c2', 's'),
    op('Concat', 'c1 s', 'both', { axis: 1 }),
    op('MaxPool', 'both', 'z', { kernel_shape: [2, 2], strides: [2, 2] }),
    op('Conv', 's b', 'last', same),
    ...head,
  ],
  weights,
});
const softmax = buildModel({
  inputs: image,
  outputs: 'p',
  nodes: [op('Conv', 'x a', 'c1', same), op('Relu', 'c1', 'last'), ...head, op('Softmax', 'y', 'p')],
  weights,
});

const samples: Feeds[] = Array.from({ length: 12 }, (_, seed) => ({ x: noise([1, 3, 10, 10], 100 + seed) }));
const looked = samples.slice(8);

function effectsOf(
  float: ModelProto,
  made: Quantized,
  worst: readonly string[],
  signal = new AbortController().signal,
  onProgress: (done: number, enough: AbortController) => void = () => undefined,
  floatWith?: LayerEffectsOptions['floatWith'],
) {
  const enough = new AbortController();
  return measureLayerEffects({
    float: inMemory(float),
    compressed: inMemory(made.model),
    pairs: [...made.result.dequantized].map(([before, after]) => ({ before, after })),
    compared: float.graph!.output.map(({ name }) => name),
    shapes: made.shapes,
    worst,
    ...(floatWith === undefined ? {} : { floatWith }),
    calibrationCount: 40,
    samples: { count: looked.length, read: (index) => Promise.resolve(looked[index]!) },
    threads: 1,
    dims: {},
    signal,
    enough: enough.signal,
    onProgress: (done) => onProgress(done, enough),
  });
}

/** The same figure of two models that are there. */
async function closenessOf(float: ModelProto, compressed: ModelProto): Promise<number> {
  let sum = 0;
  for (const feeds of looked) {
    const [expected, actual] = [await run(float, feeds), await run(compressed, feeds)];
    const pairs = Object.keys(expected).map((name): [ArrayLike<number>, ArrayLike<number>] => [
      toNumbers(expected[name]!),
      toNumbers(actual[name]!),
    ]);
    sum += sampleSqnrDb(pairs);
  }
  return sum / looked.length;
}

suite('what each layer costs the output', () => {
  for (const [name, float, layers] of [
    ['a chain', chain, { r1: 'c1', last: 'c2', y: 'y' }],
    ['a sum of two branches', residual, { r1: 'c1', c2: 'c2' }],
    ['joined branches and two outputs', joined, { c1: 'c1', last: 'last' }],
  ] as const) {
    test(`in ${name}, as models say that are really built`, async () => {
      const made = await quantize(float, samples);
      const effects = (await effectsOf(float, made, Object.keys(layers)))!;
      assert.equal(effects.samples, looked.length);
      const whole = await closenessOf(float, made.model);
      assert.ok(Math.abs(effects.whole.sqnrDb - whole) < 0.5, `${effects.whole.sqnrDb} and ${whole}`);
      for (const [tensor, node] of Object.entries(layers)) {
        const { only, without } = effects.layers.get(tensor)!;
        const built = await quantize(float, samples, { recipe: { excludeNodes: [node] } });
        const expected = await closenessOf(float, built.model);
        assert.ok(Math.abs(without.sqnrDb - expected) < 1.5, `without ${node}: ${without.sqnrDb}, built ${expected}`);
        // Errors of single layers may cancel a little.
        assert.ok(only.sqnrDb > effects.whole.sqnrDb - 1, `${only.sqnrDb} for one, ${effects.whole.sqnrDb} for all`);
        assert.ok(only.ci95![0] < only.sqnrDb && only.sqnrDb < only.ci95![1]);
      }
    });
  }

  test('probabilities are compared as the scores they are made of, and what has no switch is left out', async () => {
    const made = await quantize(softmax, samples);
    const effects = (await effectsOf(softmax, made, ['last', 'no-such-tensor', 'x']))!;
    // What hands out float comes first.
    assert.deepEqual([...effects.layers.keys()], ['y', 'last']);
    const scores = buildModel({
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x a', 'c1', same), op('Relu', 'c1', 'last'), ...head],
      weights,
    });
    const alike = (await effectsOf(scores, await quantize(scores, samples), ['last']))!;
    const difference = effects.layers.get('last')!.only.sqnrDb - alike.layers.get('last')!.only.sqnrDb;
    assert.ok(Math.abs(difference) < 2, `${difference} dB apart`);
  });

  test('a last layer that hands out float has a switch, and what both models have alike has none', async () => {
    const relu = buildModel({
      inputs: image,
      outputs: 'p',
      nodes: [op('Conv', 'x a', 'c1', same), op('Relu', 'c1', 'last'), ...head, op('Sigmoid', 'y', 'p')],
      weights,
    });
    for (const float of [softmax, relu, chain]) {
      const made = await quantize(float, samples);
      const { tensors, ends } = buildSwitchedModel(
        inMemory(float),
        inMemory(made.model),
        [...made.result.dequantized].map(([before, after]) => ({ before, after })),
        float.graph!.output.map(({ name }) => name),
      )!;
      const handsOutFloat = !made.result.dequantized.has('y');
      assert.deepEqual(ends, handsOutFloat ? ['y'] : [], 'the Gemm');
      assert.ok(tensors.includes('y'));
    }
    const made = await quantize(softmax, samples);
    const effects = (await effectsOf(softmax, made, ['last']))!;
    const { only } = effects.layers.get('y')!;
    assert.ok(only.sqnrDb < 60 && only.sqnrDb > effects.whole.sqnrDb, `${only.sqnrDb}`);
  });

  test('of a model with layers in float, what float layers read is not rounded', async () => {
    for (const [float, node] of [
      [residual, 'c1'],
      [joined, 'c2'],
      [chain, 'c1'],
    ] as const) {
      const built = await quantize(float, samples, { recipe: { excludeNodes: [node] } });
      const { whole } = (await effectsOf(float, built, [...built.result.dequantized.keys()]))!;
      const real = await closenessOf(float, built.model);
      assert.ok(Math.abs(whole.sqnrDb - real) < 0.5, `${node}: ${whole.sqnrDb}, in fact ${real}`);
    }
  });

  test('what would be in float with a layer is in float without it', async () => {
    const made = await quantize(residual, samples);
    const floatWith = () => ({ nodes: ['sum'], tensors: ['r1', 'last'] });
    const alone = (await effectsOf(residual, made, ['r1']))!.layers.get('r1')!;
    const both = (await effectsOf(residual, made, ['r1'], undefined, undefined, floatWith))!.layers.get('r1')!;
    assert.deepEqual([alone.alsoFloat, both.alsoFloat], [[], ['sum']]);
    const built = await quantize(residual, samples, { recipe: { excludeNodes: ['c1', 'sum'] } });
    const expected = await closenessOf(residual, built.model);
    assert.ok(Math.abs(both.without.sqnrDb - expected) < 0.7, `${both.without.sqnrDb}, built ${expected}`);
  });

  test('of outputs that are numbers of classes there is nothing to tell', async () => {
    const classes = buildModel({
      inputs: image,
      outputs: 'k',
      nodes: [
        op('Conv', 'x a', 'c1', same),
        op('Relu', 'c1', 'last'),
        ...head,
        op('ArgMax', 'y', 'k', { axis: 1, keepdims: 0 }),
      ],
      weights,
    });
    const made = await quantize(classes, samples);
    assert.equal(await effectsOf(classes, made, ['last']), null);
  });

  test('stops between two runs', async () => {
    const made = await quantize(chain, samples);
    await assert.rejects(effectsOf(chain, made, ['r1'], AbortSignal.abort()), CancelledError);
    assert.equal(await effectsOf(chain, made, []), null, 'nothing to look at');
  });

  test('told that it is enough ends with whole samples, or with the layers of the first', async () => {
    const made = await quantize(chain, samples);
    const tensors = ['y', 'r1', 'last'];
    for (const [after, layers, count] of [
      [1, 1, 1],
      [2, 2, 1],
      [3, 3, 1],
      [5, 3, 1],
      [6, 3, 2],
    ] as const) {
      const stop = (done: number, enough: AbortController) => done === after && enough.abort();
      const effects = (await effectsOf(chain, made, tensors, undefined, stop))!;
      assert.deepEqual([...effects.layers.keys()], tensors.slice(0, layers), `after ${after}`);
      assert.deepEqual([effects.samples, effects.isStopped], [count, true], `after ${after}`);
      assert.ok(Number.isFinite(effects.whole.sqnrDb));
    }
    const whole = (await effectsOf(chain, made, tensors))!;
    assert.deepEqual([whole.samples, whole.isStopped], [looked.length, false]);
  });

  test('costs no more runs than twice the calibration samples', () => {
    for (const [layers, calibration, count] of [
      [5, 100, 50],
      [53, 100, 8],
      [1300, 100, 60],
      [10, 8, 60],
      [3, 1, 1],
      [0, 100, 10],
    ] as const) {
      const plan = planEffects(layers, calibration, count);
      const only = plan.layers.slice(0, plan.first).reduce((sum, one) => sum + one, 0);
      const runs = plan.layers.reduce((sum, one) => sum + one + 2, only);
      assert.ok(runs <= 2 * calibration, JSON.stringify(plan));
      assert.ok(plan.layers.length <= count && (plan.layers[0] ?? 0) <= layers);
    }
    const { first, layers } = planEffects(20, 100, 50);
    assert.deepEqual([first, layers.slice(0, 6)], [3, [20, 20, 20, 10, 6, 6]], 'those that promise most go on');
    assert.deepEqual(planEffects(0, 100, 10), { first: 0, layers: [] });
  });
});
