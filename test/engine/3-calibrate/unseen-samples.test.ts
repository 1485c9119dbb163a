/** Models whose outputs are larger on unseen samples than calibration saw: what a clipped range decides, and what it must not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Recipe } from '../../../shared/recipe.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { createRandom } from '../../../electron/engine/tensor/random.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, integers, op, quantize, run, type QuantizeOptions } from '../build-model.ts';

const classes = 6;
const size = 4;
/** One a class, and a last one that is always full: inputs never leave the range that was seen, as those of images do not. */
const channels = classes + 1;
/** Tells classes apart by their channel. */
const evidence = floats(
  [classes, channels, 1, 1],
  Array.from({ length: classes * channels }, (_, index) => {
    const [row, column] = [Math.floor(index / channels), index % channels];
    return column === classes ? 0 : column === row ? 30 : -0.5;
  }),
);

function changed({ dims, data }: Tensor, change: (value: number) => number): Tensor {
  return floats(
    dims,
    [...(data as Float32Array)].map((value) => change(value)),
  );
}

/** A picture of the second-last class that looks nearly as much like the first: in a tie the first index would win. */
function drawSample(random: () => number, strength: number): Feeds {
  const right = classes - 2;
  const values = Array.from({ length: channels * size * size }, (_, index) => {
    const channel = Math.floor(index / (size * size));
    if (channel === classes) return 1;
    const share = channel === right ? 1 : channel === 0 ? 0.93 : 0.3;
    return Math.min(1, strength * share * (0.95 + 0.1 * random()));
  });
  return { x: floats([1, channels, size, size], values) };
}

/** How strongly samples show their class: log-normal, as the largest logits of classifiers are spread. */
function drawSamples(count: number, seed: number): Feeds[] {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => drawSample(random, 0.35 * Math.exp(0.25 * normal())));
}

const calibration = drawSamples(50, 1);
const unseen = drawSamples(200, 2);
const inputs = { x: ['N', channels, size, size] } as const;

const classifier = buildModel({
  inputs,
  outputs: 'y',
  nodes: [
    op('Conv', 'x w', 'c'),
    op('Relu', 'c', 'r'),
    op('GlobalAveragePool', 'r', 'g'),
    op('Reshape', 'g shape', 'y'),
  ],
  weights: { w: evidence, shape: integers([0, -1]) },
});

/** The output's values of every unseen sample. */
async function outputsOf(model: ModelProto): Promise<number[][]> {
  const all = unseen.flatMap(({ x }) => [...(x!.data as Float32Array)]);
  const { y } = await run(model, { x: floats([unseen.length, channels, size, size], all) });
  const values = [...(y!.data as Float32Array)];
  const length = values.length / unseen.length;
  return unseen.map((_, index) => values.slice(index * length, (index + 1) * length));
}

async function firstClasses(model: ModelProto): Promise<number[]> {
  return (await outputsOf(model)).map((scores) => scores.indexOf(Math.max(...scores)));
}

async function wrongShare(model: ModelProto, options: QuantizeOptions): Promise<number> {
  const { model: compressed } = await quantize(model, calibration, options);
  const expected = await firstClasses(model);
  const actual = await firstClasses(compressed);
  return expected.filter((decided, index) => decided !== actual[index]).length / unseen.length;
}

suite('a classifier that ends in Conv, Relu, GlobalAveragePool', () => {
  const recipes: readonly Partial<Recipe>[] = [
    { calibrationMethod: 'minmax' },
    { calibrationMethod: 'percentile', percentile: 99.9 },
    { calibrationMethod: 'entropy' },
    { calibrationMethod: 'mse' },
    { calibrationMethod: 'minmax', perChannel: false },
    { calibrationMethod: 'percentile', symmetricActivations: true },
  ];
  for (const recipe of recipes) {
    test(`keeps the classes of unseen samples with larger scores: ${JSON.stringify(recipe)}`, async () => {
      const wrong = await wrongShare(classifier, { recipe });
      assert.ok(wrong <= 0.01, `${wrong} of unseen samples change class`);
    });
  }

  test('where a range that ends within what was seen makes scores equal, and the first index wins', async () => {
    const recipe = { calibrationMethod: 'percentile', percentile: 99 } as const;
    const cut = await wrongShare(classifier, { recipe, allowForUnseen: false });
    const whole = await wrongShare(classifier, { recipe });
    assert.ok(cut > whole + 0.02, `${cut} against ${whole}`);
  });
});

suite('siblings', () => {
  test('a detector with two outputs: scores and boxes both reach beyond what was seen', async () => {
    const detector = buildModel({
      inputs,
      outputs: 'scores boxes',
      nodes: [
        op('Conv', 'x w', 's'),
        op('Conv', 'x v', 'b'),
        op('Transpose', 's', 'scores', { perm: [0, 2, 3, 1] }),
        op('Transpose', 'b', 'boxes', { perm: [0, 2, 3, 1] }),
      ],
      weights: { w: evidence, v: floats([4, channels, 1, 1], Array.from({ length: 4 * channels }, (_, index) => (index % channels === classes ? 0 : (index % 5) - 2))) }, // prettier-ignore
    });
    const { plan, result, statistics } = await quantize(detector, calibration);
    assert.deepEqual(plan.deciding.map(({ group }) => group).sort(), ['b', 's']);
    for (const name of ['s', 'b']) {
      const { scale, zeroPoint } = result.parameters.get(name)!;
      const { min, max } = statistics.get(name)!;
      assert.ok((255 - zeroPoint) * scale > 1.01 * max, `${name} ends at ${(255 - zeroPoint) * scale}, seen ${max}`);
      if (min < 0) assert.ok(-zeroPoint * scale < min, name);
    }
  });

  test('super-resolution: pixels brighter than any that was seen are not cut', async () => {
    const enlarging = buildModel({
      inputs,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('DepthToSpace', 'c', 'y', { blocksize: 2 })],
      weights: {
        w: floats(
          [4, channels, 1, 1],
          Array.from({ length: 4 * channels }, (_, index) => (index % channels === classes ? 0 : 0.1 + 0.01 * index)),
        ),
      },
    });
    const { model } = await quantize(enlarging, calibration, { recipe: { calibrationMethod: 'percentile' } });
    const largest = async (sketch: ModelProto) => (await outputsOf(sketch)).map((pixels) => Math.max(...pixels));
    const [expected, actual] = [await largest(enlarging), await largest(model)];
    const cut = expected.filter((value, index) => actual[index]! < 0.98 * value).length;
    assert.ok(cut / unseen.length <= 0.01, `${cut} of ${unseen.length}`);
  });

  test('branches joined at the output', async () => {
    const joined = buildModel({
      inputs,
      outputs: 'y',
      nodes: [
        op('Conv', 'x w', 'a'),
        op('Conv', 'x half', 'b', { strides: [2, 2] }),
        op('GlobalAveragePool', 'a', 'ap'),
        op('GlobalAveragePool', 'b', 'bp'),
        op('Concat', 'ap bp', 'y', { axis: 1 }),
      ],
      weights: {
        w: evidence,
        half: changed(evidence, (value) => value / 2),
      },
    });
    const { plan } = await quantize(joined, calibration);
    const deciding = new Set(plan.deciding.map(({ group }) => group));
    for (const name of ['a', 'b', 'ap', 'bp']) assert.ok(deciding.has(name), name);
    assert.ok((await wrongShare(joined, { recipe: { calibrationMethod: 'percentile' } })) <= 0.01);
  });

  test('Softmax behind the pooling', async () => {
    const sure = buildModel({
      inputs,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('GlobalAveragePool', 'c', 'g'), op('Flatten', 'g', 'f'), op('Softmax', 'f', 'y', { axis: 1 })], // prettier-ignore
      weights: { w: evidence },
    });
    assert.ok((await wrongShare(sure, { recipe: { calibrationMethod: 'percentile', percentile: 99.9 } })) <= 0.01);
  });

  test('scores that are all negative reach further down, and not above zero', async () => {
    const negative = buildModel({
      inputs,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('GlobalAveragePool', 'c', 'g'), op('Flatten', 'g', 'y')],
      weights: {
        w: changed(evidence, (value) => -Math.abs(value)),
      },
    });
    const { result, statistics, plan, model } = await quantize(negative, calibration);
    for (const { group } of plan.deciding) {
      const { scale, zeroPoint } = result.parameters.get(group)!;
      assert.equal(zeroPoint, 255, group);
      assert.ok(-255 * scale < 1.01 * statistics.get(group)!.min, group);
    }
    const lowest = async (sketch: ModelProto) => (await outputsOf(sketch)).map((scores) => Math.min(...scores));
    const [expected, actual] = [await lowest(negative), await lowest(model)];
    const cut = expected.filter((value, index) => actual[index]! > 0.98 * value).length;
    assert.ok(cut / unseen.length <= 0.01, `${cut} of ${unseen.length}`);
  });

  test('one freak among the calibration samples does not ruin all others', async () => {
    const freak = { x: changed(drawSample(createRandom(9), 0.5)['x']!, (value) => 500 * value) };
    const { result, statistics } = await quantize(classifier, [...calibration, freak]);
    const { highs } = statistics.get('g')!.samples!;
    const ordinary = Math.max(...highs.slice(0, -1));
    assert.ok(highs.at(-1)! > 100 * ordinary);
    const reach = 255 * result.parameters.get('g')!.scale;
    assert.ok(reach > ordinary && reach < 6 * ordinary, `${reach} where all but one stay below ${ordinary}`);
  });
});
