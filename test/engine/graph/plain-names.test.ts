import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { suite, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { usePlainNames } from '../../../electron/engine/graph/plain-names.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { buildModel, floats, inMemory, op } from '../build-model.ts';

const strangeNames = {
  'a quotation mark': 'a"b',
  'a backslash that JSON reads as another character': 'a\\b',
  'a backslash that JSON refuses': 'C:\\models\\1',
  'a line break': 'a\nb',
  'a control character': 'a\u0001b',
  'far too many characters': 'x'.repeat(3000),
};

/** x [2, 3] -> Transpose -> Relu, everything called after the strange name. */
function strangeModel(strange: string): ModelProto {
  const model = buildModel({
    inputs: { [strange]: [2, 3] },
    outputs: 'y',
    nodes: [op('Transpose', 'x', 't'), op('Relu', 't', 'y')],
  });
  const rename = (name: string) => (name === 'x' ? strange : `${strange}${name}`);
  for (const node of model.graph!.node) {
    node.name = rename(node.name);
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  model.graph!.output[0]!.name = rename('y');
  return model;
}

/** If(condition) that runs Transpose or Neg on x [2, 3]; nodes inside are called as given. */
function branches(innerName: string): ModelProto {
  const branch = (opType: string): NodeProto['attribute'][number] =>
    create(AttributeProtoSchema, {
      name: opType === 'Transpose' ? 'then_branch' : 'else_branch',
      type: AttributeType.GRAPH,
      g: create(GraphProtoSchema, {
        name: opType,
        node: [Object.assign(op(opType, 'x', `${opType}_out`), { name: innerName })],
        output: [{ name: `${opType}_out` }],
      }),
    });
  const model = buildModel({
    inputs: { x: [2, 3] },
    outputs: 'z',
    nodes: [
      op('Relu', 'x', 'y'),
      op('If', 'condition', 'picked'),
      op('Transpose', 'y', 'turned', { perm: [1, 0] }),
      op('Add', 'picked turned', 'z'),
    ],
    weights: { condition: { dataType: 'bool', dims: [], data: new Uint8Array([1]) } },
  });
  model.graph!.node[1]!.attribute.push(branch('Transpose'), branch('Neg'));
  return model;
}

const ones = floats([2, 3], new Float32Array(6).fill(1));

suite('plain names', () => {
  for (const [what, strange] of Object.entries(strangeNames)) {
    test(`shapes are found where names have ${what}`, async () => {
      const shapes = await observeShapes(inMemory(strangeModel(strange)), { [strange]: ones });
      assert.deepEqual(shapes.get(`${strange}t`)?.dims, [3, 2]);
      assert.deepEqual(shapes.get(`${strange}y`), { dims: [3, 2], dataType: 'float32' });
    });
  }

  test('functions may be called anything, and so may what is in them', async () => {
    const strange = 'f"\\\n';
    const model = buildModel({ inputs: { x: [2, 3] }, outputs: 'y', nodes: [op(strange, 'x', 'y', {}, 'own')] });
    model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'own', version: 1n });
    model.functions.push(
      create(FunctionProtoSchema, {
        name: strange,
        domain: 'own',
        input: [`${strange}in`],
        output: [`${strange}out`],
        opsetImport: [model.opsetImport[0]!],
        node: [op('Transpose', `${strange}in`, `${strange}out`)],
      }),
    );
    const shapes = await observeShapes(inMemory(model), { x: ones });
    assert.ok(!shapes.has('@0@'));
    assert.equal(model.functions[0]!.name, strange, 'the model itself is as it was');
  });

  for (const [what, innerName] of [
    ['have no name', ''],
    ['are called like one outside', 'relu'],
    ['are called like one outside, strangely', 're"lu'],
  ] as const) {
    test(`nodes in a branch that ${what} do not lend their shapes to those outside`, async () => {
      const model = branches(innerName);
      // The Relu outside is of another shape than the Transpose inside, which ends later.
      model.graph!.node[0]!.name = innerName === '' ? 'Transpose_0' : innerName;
      const shapes = await observeShapes(inMemory(model), { x: ones });
      assert.deepEqual(shapes.get('turned')?.dims, [3, 2]);
      assert.deepEqual(shapes.get('y')?.dims, [2, 3]);
    });
  }

  test('a model of plain names is not touched', () => {
    const model = buildModel({ inputs: { x: [1] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });
    const plain = usePlainNames(model, { inner: true });
    assert.equal(plain.model, model);
    assert.equal(plain.isChanged, false);
  });

  test('names that look like the replacements stay what they are', () => {
    const model = buildModel({
      inputs: { x: [1] },
      outputs: 'y',
      nodes: [op('Relu', 'x', '@0@'), op('Neg', '@0@', 'y')],
    });
    model.graph!.node[1]!.name = 'a"b';
    const plain = usePlainNames(model, { inner: false });
    const name = plain.model.graph!.node[1]!.name;
    assert.doesNotMatch(name, /"/);
    assert.equal(plain.toOriginal(`${name}_nchwc`), 'a"b_nchwc');
    assert.equal(plain.toOriginal('@0@'), '@0@');
    assert.equal(plain.model.graph!.node[0]!.name, '@0@');
  });

  test("errors of ONNX Runtime name the user's nodes", async () => {
    const model = strangeModel('a"b');
    await assert.rejects(
      observeShapes(inMemory(model), { 'a"b': floats([1, 3], [1, 2, 3]) }),
      (error: unknown) => error instanceof AppError && error.message.includes('a"b') && !error.message.includes('@'),
    );
  });
});
