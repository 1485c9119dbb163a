import type { ModelProto } from '../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, noise, op } from './build-model.ts';

/** A block of a transformer that normalizes first, three channels of each normalization sixty times as loud as the others. */
function build(): ModelProto {
  const width = 32;
  const outliers = (row: number): number => (row % 11 === 3 ? 60 : 1);
  const scaled = (tensor: Tensor, by: (place: number) => number): Tensor =>
    floats(
      tensor.dims,
      (tensor.data as Float32Array).map((value, place) => value * by(place)),
    );
  const matrix = (seed: number, columns: number): Tensor =>
    scaled(noise([width, columns], seed, 0.2), (place) => 1 / outliers(Math.floor(place / columns)));
  const vector = (seed: number, around: number): Tensor =>
    floats(
      [width],
      (noise([width], seed, 0.1).data as Float32Array).map((value, place) => (value + around) * outliers(place)),
    );
  return buildModel({
    inputs: { x: [1, 6, width] },
    outputs: 'y',
    nodes: [
      op('LayerNormalization', 'x g1 b1', 'n'),
      op('MatMul', 'n wq', 'q'),
      op('MatMul', 'n wk', 'k'),
      op('MatMul', 'n wv', 'v'),
      op('Transpose', 'k', 'kt', { perm: [0, 2, 1] }),
      op('MatMul', 'q kt', 'scores'),
      op('Softmax', 'scores', 'p', { axis: -1 }),
      op('MatMul', 'p v', 'a'),
      op('MatMul', 'a wo', 'o'),
      op('Add', 'x o', 'r'),
      op('LayerNormalization', 'r g2 b2', 'm'),
      op('MatMul', 'm w1', 'h'),
      op('Sigmoid', 'h', 'open'),
      op('Mul', 'h open', 'silu'),
      op('MatMul', 'silu w2', 'down'),
      op('Add', 'r down', 'y'),
    ],
    weights: {
      g1: vector(41, 1),
      b1: vector(42, 0),
      g2: vector(43, 1),
      b2: vector(44, 0),
      wq: matrix(45, width),
      wk: matrix(46, width),
      wv: matrix(47, width),
      wo: noise([width, width], 48, 0.2),
      w1: matrix(49, 64),
      w2: noise([64, width], 50, 0.15),
    },
  });
}

export const loudBlock = build();
export const loudBlockSamples = [1, 2, 3, 4].map((seed): Feeds => ({ x: noise([1, 6, 32], 100 + seed) }));
