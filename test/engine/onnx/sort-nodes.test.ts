import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { decodeModel } from '../../../electron/engine/onnx/read-model.ts';
import { sortNodes } from '../../../electron/engine/onnx/sort-nodes.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { buildModel, floats, noise, op, run } from '../build-model.ts';

const names = (nodes: readonly NodeProto[]) => nodes.map(({ name }) => name).join(' ');
const feeds = { x: floats([3], [1, -2, 3]) };

function body(nodes: readonly NodeProto[], output: string): GraphProto {
  return create(GraphProtoSchema, {
    name: output,
    node: [...nodes],
    output: [create(ValueInfoProtoSchema, { name: output })],
  });
}

/** If on a stored condition: `then` is taken. */
function conditional(then: GraphProto, otherwise: GraphProto): NodeProto {
  const node = op('If', 'yes', 'y');
  for (const [name, g] of [['then_branch', then], ['else_branch', otherwise]] as const) {
    node.attribute.push(create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g }));
  } // prettier-ignore
  return node;
}

function withIf(nodes: readonly NodeProto[]): ModelProto {
  const yes = { dataType: 'bool' as const, dims: [], data: Uint8Array.of(1) };
  return buildModel({ inputs: { x: [3] }, outputs: 'y', nodes, weights: { yes } });
}

suite('nodes out of order', () => {
  test('are put behind those that make what they use; the others keep their order', () => {
    const nodes = [op('Add', 'a b', 'y'), op('Neg', 'x', 'n'), op('Relu', 'x', 'a'), op('Abs', 'n', 'b'), op('Exp', 'x', 'e')]; // prettier-ignore
    const model = buildModel({ inputs: { x: [3] }, outputs: 'y e', nodes });
    assert.equal(sortNodes(model), true);
    assert.equal(names(model.graph!.node), 'a n b y e');
    assert.equal(sortNodes(model), false, 'what is in order is left alone');
  });

  test('a graph that is in order keeps it, whatever else would do', () => {
    const nodes = [op('Exp', 'x', 'e'), op('Neg', 'x', 'n'), op('Abs', 'n', 'y')];
    const model = buildModel({ inputs: { x: [3] }, outputs: 'y e', nodes });
    assert.equal(sortNodes(model), false);
    assert.equal(names(model.graph!.node), 'e n y');
  });

  test('in the bodies of If', async () => {
    const then = body([op('Neg', 'r', 'then'), op('Relu', 'x', 'r')], 'then');
    const otherwise = body([op('Abs', 'x', 'else')], 'else');
    const model = decodeModel(encodeModel(withIf([conditional(then, otherwise)])));
    assert.deepEqual((await run(model, feeds))['y']!.data, Float32Array.of(-1, -0, -3));
  });

  test('before a node whose body reads what is made later', async () => {
    const then = body([op('Neg', 'late', 'then')], 'then');
    const otherwise = body([op('Abs', 'x', 'else')], 'else');
    const model = decodeModel(encodeModel(withIf([conditional(then, otherwise), op('Relu', 'x', 'late')])));
    assert.equal(names(model.graph!.node), 'late y');
    assert.deepEqual((await run(model, feeds))['y']!.data, Float32Array.of(-1, -0, -3));
  });

  test('before a node whose body hands out what is made later, and does nothing else', () => {
    const model = withIf([conditional(body([], 'late'), body([], 'x')), op('Relu', 'x', 'late')]);
    sortNodes(model);
    assert.equal(names(model.graph!.node), 'late y');
  });

  test('a name that a body makes for itself is none of the outer graph', () => {
    const then = body([op('Relu', 'x', 'own'), op('Neg', 'own', 'then')], 'then');
    const model = withIf([conditional(then, body([], 'x')), op('Abs', 'y', 'own')]);
    assert.equal(sortNodes(model), false);
  });

  test('in functions of the model', async () => {
    const model = buildModel({ inputs: { x: [3] }, outputs: 'y', nodes: [op('Twice', 'x', 'y', {}, 'local')] });
    model.opsetImport.push({ ...model.opsetImport[0]!, domain: 'local', version: 1n });
    model.functions.push(
      create(FunctionProtoSchema, {
        name: 'Twice',
        domain: 'local',
        input: ['p'],
        output: ['q'],
        node: [op('Add', 'r r', 'q'), op('Relu', 'p', 'r')],
        opsetImport: [{ domain: '', version: 17n }],
      }),
    );
    const sorted = decodeModel(encodeModel(model));
    assert.equal(names(sorted.functions[0]!.node), 'r q');
    assert.deepEqual((await run(sorted, feeds))['y']!.data, Float32Array.of(2, 0, 6));
  });

  test('a chain of twenty thousand, backwards', () => {
    const count = 20_000;
    const nodes = Array.from({ length: count }, (_, index) =>
      op('Neg', index === 0 ? 'x' : `v${index - 1}`, `v${index}`),
    );
    const model = buildModel({ inputs: { x: [3] }, outputs: `v${count - 1}`, nodes: nodes.reverse() });
    assert.equal(sortNodes(model), true);
    assert.equal(model.graph!.node[0]!.name, 'v0');
    assert.equal(model.graph!.node.at(-1)!.name, `v${count - 1}`);
  });
});

suite('a circle is refused, and its nodes are named', () => {
  const cases: [string, ModelProto, RegExp][] = [
    [
      'in the graph',
      buildModel({ inputs: { x: [3] }, outputs: 'y', nodes: [op('Add', 'x c', 'a'), op('Neg', 'a', 'b'), op('Abs', 'b', 'c'), op('Relu', 'c', 'y')] }), // prettier-ignore
      /of the graph .*: Neg node "b", Abs node "c", Add node "a"\./,
    ],
    [
      'of one node',
      buildModel({ inputs: { x: [3] }, outputs: 'y', nodes: [op('Add', 'x y', 'y')] }),
      /: Add node "y"\./,
    ],
    [
      'in a body',
      withIf([conditional(body([op('Neg', 'r', 'then'), op('Relu', 'then', 'r')], 'then'), body([], 'x'))]),
      /of a subgraph of If node "y" .*"then".*"r"|of a subgraph of If node "y" .*"r".*"then"/,
    ],
    [
      'through a body',
      withIf([conditional(body([op('Neg', 'late', 'then')], 'then'), body([], 'x')), op('Relu', 'y', 'late')]),
      /Relu node "late", If node "y"|If node "y", Relu node "late"/,
    ],
  ];
  for (const [name, model, pattern] of cases) {
    test(name, () => {
      assert.throws(() => decodeModel(encodeModel(model)), { code: 'model-malformed', message: pattern });
    });
  }

  test('values that weights give are no circle', () => {
    const model = buildModel({ inputs: { x: [3] }, outputs: 'y', nodes: [op('Add', 'x w', 'y')] });
    model.graph!.initializer.push(makeTensor('w', noise([3], 1)));
    assert.equal(sortNodes(model), false);
  });
});
