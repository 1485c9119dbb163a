/** Names that every JavaScript object already has, at every place where a stranger's file may use them. */
import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { runDocumentSchema } from '../../shared/run.ts';
import { countMacs } from '../../electron/engine/1-analyze/macs.ts';
import { declaredShapes, observeShapes, resolveDims } from '../../electron/engine/1-analyze/observe-shapes.ts';
import { opEntry } from '../../electron/engine/2-plan/op-table.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { inspectModel } from '../../electron/engine/inspect.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { FunctionProtoSchema } from '../../electron/engine/onnx/proto/onnx_pb.js';
import { decodeModel } from '../../electron/engine/onnx/read-model.ts';
import { encodeZip, makeFolder, makeRequest } from './data/fixtures.ts';
import { buildModel, floats, inMemory, noise, op, run } from './build-model.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';

const inherited = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];

for (const name of inherited) {
  suite(`what is called ${name}`, () => {
    test('may be a dimension, of size 1 where nothing is said', async (context) => {
      const input = { name: 'x', dataType: 'float32', dims: [name, 3] } as const;
      assert.deepEqual(resolveDims(input, {}), { dims: [1, 3], defaulted: [name] });
      assert.deepEqual(resolveDims(input, { [name]: 4 }).dims, [4, 3]);
      const model = buildModel({ inputs: { x: [name, 3] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });
      assert.deepEqual(declaredShapes(model.graph!, {}).get('x')?.dims, [1, 3]);
      const path = join(await makeFolder(context), 'model.onnx');
      await writeFile(path, encodeModel(model));
      const inspection = await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
      assert.deepEqual(inspection.dims, { [name]: 1 });
      assert.deepEqual(inspection.layers[0]!.outputShape, [1, 3]);
      assert.ok(inspection.diagnostics.some(({ code }) => code === 'dimension-defaulted'));
    });

    test('may be input, tensor, node and output', async () => {
      const feeds = { [name]: floats([1, 2], [-1, 2]) };
      const model = buildModel({
        inputs: { [name]: [1, 2] },
        outputs: `y ${name}_out`,
        nodes: [op('Relu', name, 'valueOf_inner'), op('Neg', 'valueOf_inner', 'y'), op('Abs', name, `${name}_out`)],
      });
      for (const node of model.graph!.node) if (node.opType === 'Relu') node.name = name;
      // Of two nodes, one hands out what an object inherits.
      model.graph!.node[2]!.output = ['propertyIsEnumerable'];
      model.graph!.output[1]!.name = 'propertyIsEnumerable';
      const outputs = await run(model, feeds);
      assert.deepEqual([...outputs['y']!.data], [-0, -2]);
      assert.deepEqual([...outputs['propertyIsEnumerable']!.data], [1, 2]);
      const shapes = await observeShapes(inMemory(model), feeds);
      assert.deepEqual(shapes.get('valueOf_inner')?.dims, [1, 2]);
    });

    test('may be an operator of a function, and is none that the tables know', async () => {
      assert.equal(opEntry('', name), null);
      assert.equal(countMacs(op(name, 'x', 'y'), new Map()), 0);
      const model = buildModel({ inputs: { x: [1, 2] }, outputs: 'y', nodes: [op(name, 'x', 'y', {}, 'own')] });
      model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'own', version: 1n });
      const opsetImport = [model.opsetImport[0]!];
      const node = [op('Relu', 'a', 'b')];
      model.functions.push(
        create(FunctionProtoSchema, { name, domain: 'own', input: ['a'], output: ['b'], opsetImport, node }),
      );
      assert.deepEqual([...(await run(decodeModel(encodeModel(model)), { x: noise([1, 2], 1) }))['y']!.dims], [1, 2]);
    });

    test('may be an array of data', async (context) => {
      const path = join(await makeFolder(context), 'data.npz');
      const array = { dataType: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
      await writeFile(path, encodeZip([[`${name}.npy`, encodeNpy(array)]]));
      const inputs = [{ name, dataType: 'float32', dims: ['N', 2] } as const];
      const dataset = await openDataset(makeRequest({ path }), inputs, { seed: 0, dims: {} });
      context.after(() => dataset.close());
      assert.deepEqual(await dataset.read(1), { [name]: { ...array, dims: [1, 2], data: Float32Array.of(3, 4) } });
    });
  });
}

test('the tables of a run document keep such names', () => {
  const { stageDurationsMs } = runDocumentSchema.shape;
  const table = Object.fromEntries(inherited.map((name, index) => [name, index + 1]));
  assert.deepEqual(stageDurationsMs.parse(table), table);
});

for (const [what, change] of [
  ['an input', { inputs: { ['__proto__']: [1, 2] }, from: '__proto__', to: 'y' }],
  ['an output', { inputs: { x: [1, 2] }, from: 'x', to: '__proto__' }],
  ['a dimension', { inputs: { x: ['__proto__', 2] }, from: 'x', to: 'y' }],
] as const) {
  test(`the one name that no object can hold is refused for ${what}, with what to do`, () => {
    const model = buildModel({
      inputs: change.inputs,
      outputs: change.to,
      nodes: [op('Relu', change.from, change.to)],
    });
    assert.throws(() => decodeModel(encodeModel(model)), {
      code: 'model-unsupported',
      message: /Give it another name/,
    });
  });
}
