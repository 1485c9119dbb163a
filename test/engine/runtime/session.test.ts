import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/data/float16.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { dataTypes } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, op } from '../build-model.ts';

test('halves go in and come out as their bits', async () => {
  const model = buildModel({ inputs: { x: [4] }, outputs: 'y', nodes: [op('Neg', 'x', 'y')] });
  const { type } = model.graph!.input[0]!;
  assert.equal(type?.value.case, 'tensorType');
  type.value.value.elemType = dataTypes.float16.number;
  const session = await openSession(encodeModel(model), { threads: 1 });
  const values = [0.5, -1.25, 65504, 0];
  const { y } = await session.run({
    x: { dataType: 'float16', dims: [4], data: Uint16Array.from(values, toFloat16Bits) },
  });
  assert.equal(y!.dataType, 'float16');
  assert.deepEqual(
    Array.from(y!.data as Uint16Array, fromFloat16Bits),
    values.map((value) => -value),
  );
  await session.release();
});
