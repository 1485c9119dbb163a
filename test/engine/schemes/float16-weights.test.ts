import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { describePrecision } from '../../../shared/precision.ts';
import {
  buildModel,
  countFusedOps,
  countOps,
  floats,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
} from '../build-model.ts';

const recipe = { scheme: 'float16-weights' } as const;

suite('float16-weights', () => {
  test('rounds to the nearest half, which ONNX Runtime widens when it loads the model', async () => {
    const model = buildModel({
      inputs: { x: ['N', 2] },
      outputs: 'y z',
      nodes: [op('MatMul', 'x w', 'y'), op('MatMul', 'x w', 'z')],
      // 1 + 2^-11 lies between two halves and goes to the even one; 2^-25 is half the smallest and goes to 0.
      weights: { w: floats([2, 2], [1 + 2 ** -11, 1 + 2 ** -10, 2 ** -25, 65_504]) },
    });
    const samples: Feeds[] = [{ x: floats([1, 2], [1, 1]) }];
    const quantized = await quantize(model, samples, { recipe });
    const { y } = await run(quantized.model, samples[0]!);
    assert.deepEqual([...(y!.data as Float32Array)], [1, Math.fround(1 + 2 ** -10 + 65_504)]);
    assert.equal(describePrecision(nodePlan(quantized.plan, 'y').precision), 'wf16 stored');
    assert.deepEqual(countOps(quantized.model), { Cast: 1, MatMul: 2 });
    assert.equal((await countFusedOps(quantized.model))['Cast'], undefined);
  });

  test('leaves what half floats cannot hold, and says so', async () => {
    const model = buildModel({
      inputs: { x: ['N', 2] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h v', 'y')],
      weights: { w: floats([2, 2], [1, 2, 3, 65_520]), v: noise([2, 2], 1) },
    });
    const { plan } = await quantize(model, [{ x: floats([1, 2], [1, 1]) }], { recipe });
    assert.equal(nodePlan(plan, 'h').reason, 'its weight has values that float16 cannot hold');
    assert.equal(nodePlan(plan, 'y').reason, '');
  });

  test('looks rows up in half floats, and goes together with int8-static', async () => {
    const model = buildModel({
      inputs: { x: ['N', 3] },
      outputs: 'y',
      nodes: [
        op('Cast', 'x', 'ids', { to: 7 }),
        op('Gather', 'table ids', 'e'),
        op('MatMul', 'e w', 'h'),
        op('Relu', 'h', 'r'),
        op('MatMul', 'r v', 'y'),
      ],
      weights: { table: noise([64, 16], 1), w: noise([16, 8], 2, 0.3), v: noise([8, 4], 3, 0.3) },
    });
    const samples = [1, 2, 3].map((seed): Feeds => ({ x: floats([2, 3], [seed, 7, 9, 3, 60, seed * 5]) }));
    const whole = await quantize(model, samples, { recipe });
    assert.ok((await measureSqnrDb(model, whole.model, samples)) > 60);
    assert.equal(whole.model.graph!.initializer.find(({ name }) => name.startsWith('table'))!.dataType, 10);
    const mixed = await quantize(model, samples, {
      weightRange: 'int8-pairs',
      recipe: { overrides: [{ scheme: 'float16-weights', nodes: ['e', 'y'], opTypes: [] }] },
    });
    const precisions = ['e', 'h', 'y'].map((name) => describePrecision(nodePlan(mixed.plan, name).precision));
    assert.deepEqual(precisions, ['wf16', 'w8 a8', 'wf16 stored']);
    assert.ok((await measureSqnrDb(model, mixed.model, samples)) > 30);
  });
});
