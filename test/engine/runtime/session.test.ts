import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { dataTypes } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, noise, op } from '../build-model.ts';

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

test('threads of a session leave the processor when a run is over, unless it is alone', async () => {
  const dims = [256, 256];
  const nodes = [op('MatMul', 'x w', 'y')];
  const model = buildModel({ inputs: { x: dims }, outputs: 'y', nodes, weights: { w: noise(dims, 1) } });
  const x = { dims, dataType: 'float32', data: noise(dims, 2).data as Float32Array } as const;
  /** Processor time / elapsed time between runs. */
  const busyBetweenRuns = async (isAlone: boolean): Promise<number> => {
    const session = await openSession(encodeModel(model), { threads: 2, isAlone });
    let [busyMs, elapsedMs] = [0, 0];
    for (let run = 0; run < 20; run++) {
      await session.run({ x });
      const [started, used] = [performance.now(), process.cpuUsage()];
      await sleep(20);
      const { user, system } = process.cpuUsage(used);
      busyMs += (user + system) / 1000;
      elapsedMs += performance.now() - started;
    }
    await session.release();
    return busyMs / elapsedMs;
  };
  const share = await busyBetweenRuns(false);
  assert.ok(share < 0.25, `${share}`);
  // A thread that waits for the next run spins, where there is a core for it.
  if (availableParallelism() > 1) assert.ok((await busyBetweenRuns(true)) > 2 * share);
});
