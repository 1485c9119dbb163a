import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { shareConstants } from '../../../electron/engine/graph/share-constants.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, noise, op, run } from '../build-model.ts';

/** y = x w, then times 2 or 3, by the sign of the sum of x; either branch has a weight of its own, called `w` in both. */
function branching(weights: readonly [Tensor, Tensor]): ModelProto {
  const branch = (prefix: string, weight: Tensor, factor: number): GraphProto =>
    buildModel({
      inputs: {},
      outputs: `${prefix}_y`,
      nodes: [op('MatMul', `x ${prefix}_w`, `${prefix}_h`), op('Mul', `${prefix}_h ${prefix}_f`, `${prefix}_y`)],
      weights: { [`${prefix}_w`]: weight, [`${prefix}_f`]: floats([], [factor]) },
    }).graph!;
  const choice = op('If', 'positive', 'y');
  choice.attribute.push(
    create(AttributeProtoSchema, {
      name: 'then_branch',
      type: AttributeType.GRAPH,
      g: branch('then', weights[0], 2),
    }),
    create(AttributeProtoSchema, {
      name: 'else_branch',
      type: AttributeType.GRAPH,
      g: branch('else', weights[1], 3),
    }),
  );
  return buildModel({
    inputs: { x: [1, 16] },
    outputs: 'y',
    nodes: [op('ReduceSum', 'x', 's', { keepdims: 0 }), op('Greater', 's zero', 'positive'), choice],
    weights: { zero: floats([], [0]) },
  });
}

suite('shareConstants', () => {
  const weight = noise([16, 20], 1);
  const positive = { x: noise([1, 16], 2) };
  const negative = {
    x: floats(
      [1, 16],
      Array.from({ length: 16 }, () => -1),
    ),
  };

  test('keeps equal weights of two branches once, and every number as it was', async () => {
    const model = branching([weight, noise([16, 20], 1)]);
    const before = [await run(model, positive), await run(model, negative)];
    const sizeBefore = encodeModel(model).byteLength;
    shareConstants(model.graph!);
    assert.ok(sizeBefore - encodeModel(model).byteLength > 4 * 16 * 20 - 200);
    assert.deepEqual([await run(model, positive), await run(model, negative)], before);
  });

  test('leaves weights that differ in a single value', () => {
    const other = noise([16, 20], 1);
    other.data[319] = 0;
    const model = branching([weight, other]);
    const before = encodeModel(model);
    shareConstants(model.graph!);
    assert.deepEqual(encodeModel(model), before);
  });
});
