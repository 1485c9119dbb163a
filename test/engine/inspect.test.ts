import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectModel } from '../../electron/engine/inspect.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema } from '../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../electron/engine/onnx/tensor-proto.ts';
import { buildModel, noise, op } from './build-model.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

const folder = temporaryFolder();

test('weights in Constant nodes count at the layers that read them, and are listed apart from these', async () => {
  const stored = op('Constant', '', 'w');
  const t = makeTensor('', noise([8, 3, 3, 3], 1));
  stored.attribute.push(create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t }));
  const model = buildModel({
    inputs: { x: ['N', 3, 8, 8] },
    outputs: 'y',
    nodes: [stored, op('Conv', 'x w', 'c'), op('Relu', 'c', 'y')],
  });
  const path = join(folder, 'constants.onnx');
  await writeFile(path, encodeModel(model));
  const inspection = await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
  assert.deepEqual(
    inspection.layers.map(({ name, parameters, quantizable }) => [name, parameters, quantizable]),
    [
      ['c', 216, true],
      ['y', 0, true],
    ],
  );
  assert.deepEqual(inspection.constants, [{ name: 'w', shape: [8, 3, 3, 3], bytes: 864, usedBy: ['c'] }]);
  const { nodes, quantizableNodes, parameters } = inspection.totals;
  assert.deepEqual([nodes, quantizableNodes, parameters], [3, 2, 216]);
});
