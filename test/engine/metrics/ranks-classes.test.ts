import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { canRankClasses } from '../../../electron/engine/metrics/ranks-classes.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { buildModel, inMemory, noise, op, type Sketch } from '../build-model.ts';

/** Whether the first output of a model ranks classes, by what ONNX Runtime says of its shapes. */
async function ranks(sketch: Sketch, labelled = false): Promise<boolean> {
  const model = buildModel(sketch);
  const session = await openSession(encodeModel(model), { threads: 1 });
  const { inputs, outputs } = session;
  await session.release();
  const feeds = Object.entries(sketch.inputs).map(([name, dims]) => [name, noise(dims as number[], 7)] as const);
  const shapes = await observeShapes(inMemory(model), Object.fromEntries(feeds));
  return canRankClasses({ graph: indexGraph(inMemory(model)), shapes, inputs, labelled }, outputs[0]!);
}

const image = { x: [1, 3, 16, 16] };
const same = { pads: [1, 1, 1, 1] };
const conv = (out: number, into = 3) => noise([out, into, 3, 3], 1, 0.2);

suite('rank nothing', () => {
  const cases: Readonly<Record<string, Sketch>> = {
    'an embedding of length 1': {
      inputs: image,
      outputs: 'y',
      nodes: [op('GlobalAveragePool', 'x', 'g'), op('Flatten', 'g', 'f'), op('Gemm', 'f w', 'e'), op('ReduceL2', 'e', 'n', { axes: [1], keepdims: 1 }), op('Div', 'e n', 'y')], // prettier-ignore
      weights: { w: noise([3, 32], 1) },
    },
    'an embedding by its name': {
      inputs: { x: [1, 8] },
      outputs: 'sentence_embedding',
      nodes: [op('Gemm', 'x w', 'sentence_embedding')],
      weights: { w: noise([8, 32], 1) },
    },
    'an embedding that nothing names, of a face': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('Flatten', 'c', 'f'), op('Gemm', 'f v b', 'y')],
      weights: { w: conv(4), v: noise([784, 512], 2, 0.1), b: noise([512], 3) },
    },
    'an embedding that nothing names, of a sentence': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([8, 384], 1) },
    },
    'an embedding that nothing names, by a convolution of one pixel': {
      inputs: image,
      outputs: 'y',
      nodes: [op('GlobalAveragePool', 'x', 'g'), op('Conv', 'g w', 'y')],
      weights: { w: noise([128, 3, 1, 1], 1) },
    },
    'averaged features': {
      inputs: image,
      outputs: 'y',
      nodes: [
        op('Conv', 'x w', 'c', same),
        op('Relu', 'c', 'r'),
        op('GlobalAveragePool', 'r', 'g'),
        op('Flatten', 'g', 'y'),
      ],
      weights: { w: conv(32) },
    },
    'super-resolution by shuffled pixels': {
      inputs: { y: [1, 1, 8, 8] },
      outputs: 'z',
      nodes: [op('Conv', 'y w', 'c', same), op('DepthToSpace', 'c', 'z', { blocksize: 2 })],
      weights: { w: conv(4, 1) },
    },
    'super-resolution by a convolution, of colours': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Resize', 'x _ scales', 'u'), op('Conv', 'u w', 'y', same)],
      weights: { w: conv(3), scales: { dataType: 'float32', dims: [4], data: Float32Array.of(1, 1, 2, 2) } },
    },
    'a denoised image, squashed into 0 to 1': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c', same), op('Sigmoid', 'c', 'y')],
      weights: { w: conv(3) },
    },
    'a latent': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'y', { strides: [2, 2], pads: [1, 1, 1, 1] })],
      weights: { w: conv(4) },
    },
    'a waveform': {
      inputs: { x: [1, 1, 64] },
      outputs: 'y',
      nodes: [op('ConvTranspose', 'x w', 'c', { strides: [2] }), op('Squeeze', 'c axes', 'y')],
      weights: { w: noise([1, 1, 4], 1), axes: { dataType: 'int64', dims: [1], data: BigInt64Array.of(1n) } },
    },
    'a mask of the form of what went in': {
      inputs: { x: [1, 1, 33] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'm'), op('Sigmoid', 'm', 'y')],
      weights: { w: noise([33, 33], 1) },
    },
    'an estimate': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'y')],
      weights: { w: noise([8, 1], 1) },
    },
    'hidden states': { inputs: { x: [1, 5, 8] }, outputs: 'y', nodes: [op('MatMul', 'x w', 'm'), op('Tanh', 'm', 'y')], weights: { w: noise([8, 16], 1) } }, // prettier-ignore
  };
  for (const [name, sketch] of Object.entries(cases)) test(name, async () => assert.equal(await ranks(sketch), false));
});

suite('rank classes', () => {
  const cases: Readonly<Record<string, Sketch>> = {
    'a row of scores': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'y')],
      weights: { w: noise([8, 10], 1) },
    },
    'a row of a thousand scores': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'y')],
      weights: { w: noise([8, 1000], 1) },
    },
    'the next word': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([8, 8192], 1) },
    },
    'as many probabilities as layers are wide': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'g'), op('Softmax', 'g', 'y')],
      weights: { w: noise([8, 128], 1) },
    },
    'as many logits as layers are wide, by their name': {
      inputs: { x: [1, 8] },
      outputs: 'logits',
      nodes: [op('Gemm', 'x w', 'logits')],
      weights: { w: noise([8, 128], 1) },
    },
    'one map a class, averaged, as SqueezeNet does': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('GlobalAveragePool', 'r', 'g'), op('Flatten', 'g', 'y')],
      weights: { w: noise([10, 3, 1, 1], 1) },
    },
    'a yes or no': {
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'g'), op('Sigmoid', 'g', 'y')],
      weights: { w: noise([8, 1], 1) },
    },
    'a map of classes as large as the image': {
      inputs: image,
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'y', same)],
      weights: { w: conv(21) },
    },
    'steps that add up to 1': { inputs: { x: [1, 5, 8] }, outputs: 'y', nodes: [op('MatMul', 'x w', 'm'), op('Softmax', 'm', 'y')], weights: { w: noise([8, 11], 1) } }, // prettier-ignore
    'logits by their name': { inputs: { x: [1, 5, 8] }, outputs: 'logits_per_image', nodes: [op('MatMul', 'x w', 'logits_per_image')], weights: { w: noise([8, 11], 1) } }, // prettier-ignore
  };
  for (const [name, sketch] of Object.entries(cases)) test(name, async () => assert.equal(await ranks(sketch), true));

  test('whatever labels were given for, unless it is boxes joined with scores', async () => {
    const row = cases['a row of scores']!;
    assert.equal(await ranks({ ...row, outputs: 'features', nodes: [op('Gemm', 'x w', 'features')] }, true), true);
    const joined: Sketch = {
      inputs: { x: [1, 4, 8], z: [1, 2, 8] },
      outputs: 'y',
      nodes: [op('Concat', 'x z', 'y', { axis: 1 })],
    };
    assert.equal(await ranks(joined, true), false);
  });
});
