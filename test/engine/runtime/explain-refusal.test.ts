import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { retellError } from '../../../shared/engine-texts.ts';
import { readTold } from '../../../shared/engine-texts/tell.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { explainRefusal } from '../../../electron/engine/runtime/explain-refusal.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, integers, noise, op, type Sketch } from '../build-model.ts';

const row = { x: [1, 4] };

function withImport(model: ModelProto, domain: string): ModelProto {
  model.opsetImport.push({ ...model.opsetImport[0]!, domain, version: 1n });
  return model;
}

/** A model of numbers that are no float32: its declared types are changed. */
function ofType(sketch: Sketch, elemType: number): ModelProto {
  const model = buildModel(sketch);
  for (const { type } of [...model.graph!.input, ...model.graph!.output]) {
    if (type?.value.case === 'tensorType') type.value.value.elemType = elemType;
  }
  return model;
}

/** What ONNX Runtime's refusal of a model is told as, and whether it is whole in Chinese. */
async function refusalOf(model: ModelProto): Promise<string> {
  let refusal: AppError | null = null;
  await assert.rejects(openSession(encodeModel(model), { threads: 1 }), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'model-unsupported');
    refusal = error;
    return true;
  });
  const { message } = refusal!;
  const chinese = retellError(refusal!, 'zh-CN').replaceAll(/“[^”]*”|（[^（]*）|`[^`]*`/g, '');
  assert.doesNotMatch(chinese, /[a-z]{2,} [a-z]{2,}/, message);
  return message;
}

suite('what ONNX Runtime refuses is told with the operator, its node and what to do', () => {
  const wide: Tensor = { dataType: 'float64', dims: [4, 3, 3, 3], data: new Float64Array(108).fill(0.1) };
  const cases: Readonly<Record<string, readonly [() => ModelProto, RegExp]>> = {
    'an operator of somebody’s own': [
      () => withImport(buildModel({ inputs: row, outputs: 'y', nodes: [op('DeformConv2d', 'x', 'y', {}, 'mmcv')] }), 'mmcv'), // prettier-ignore
      /: it has the operator DeformConv2d of the domain "mmcv", which .* does not know\. Export the model in standard operators/,
    ],
    'an operator that does not exist': [
      () => buildModel({ inputs: row, outputs: 'y', nodes: [op('Foo', 'x', 'y')] }),
      /: node "y" uses the operator Foo, which opset 17 of ai\.onnx does not have\. Export/,
    ],
    'an opset of the future': [
      () => buildModel({ opset: 99, inputs: row, outputs: 'y', nodes: [op('Relu', 'x', 'y')] }),
      /: it uses opset 99 of ai\.onnx, and ONNX Runtime .* knows opsets up to \d+\. Export it with an older one\./,
    ],
    'a file format of the future': [
      () => Object.assign(buildModel({ inputs: row, outputs: 'y', nodes: [op('Relu', 'x', 'y')] }), { irVersion: 99n }),
      /: it has IR version 99, and ONNX Runtime .* knows versions up to (\d+)\..* set model\.ir_version = \1 and save/,
    ],
    'a data type without a kernel': [
      () => ofType({ inputs: { x: [1, 3, 8, 8] }, outputs: 'y', nodes: [op('Conv', 'x w', 'y')], weights: { w: wide } }, 11), // prettier-ignore
      /CPU provider has no Conv for the data type at node "y"\. Export the model in float32\./,
    ],
    'a data type that the operator does not take': [
      () => ofType({ inputs: { x: [1, 4] }, outputs: 'y', nodes: [op('Softmax', 'x', 'y')] }, 6),
      /: Softmax node "y" takes no int32, the type of its input "x"\. Export the model in float32\./,
    ],
    'two data types where one is wanted': [
      () => buildModel({ inputs: row, outputs: 'y', nodes: [op('Add', 'x i', 'y')], weights: { i: integers([1, 2, 3, 4]) } }), // prettier-ignore
      /: Add node "y" gets float and int64, but both must be of one type\. Export/,
    ],
    'an attribute of another opset': [
      () => buildModel({ inputs: row, outputs: 'y', nodes: [op('Relu', 'x', 'y', { consumed_inputs: [0] })] }),
      /: Relu node "y" has the attribute "consumed_inputs", which this operator does not have/,
    ],
    'shapes that do not fit': [
      () => buildModel({ inputs: row, outputs: 'y', nodes: [op('MatMul', 'x w', 'y')], weights: { w: noise([5, 4], 1) } }), // prettier-ignore
      /: the shapes at MatMul node "y" do not fit: .+ Export the model again/,
    ],
  };
  for (const [name, [make, expected]] of Object.entries(cases)) {
    test(name, async () => assert.match(await refusalOf(make()), expected));
  }

  test('a run that fails names its node, without the C++ around it', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Reshape', 'x s', 'y')],
      weights: { s: integers([3, 3]) },
    });
    const session = await openSession(encodeModel(model), { threads: 1 });
    try {
      await assert.rejects(session.run({ x: floats([1, 4], [1, 2, 3, 4]) }), (error: Error) => {
        assert.match(error.message, /cannot run the model: Reshape node "y" failed: .*\{1,4\}.*\{3,3\}.* Check that the model takes the sizes \(--dim\)/); // prettier-ignore
        assert.doesNotMatch(error.message, /onnxruntime::|\.cc:/);
        return true;
      });
    } finally {
      await session.release();
    }
  });

  test('what is not known is told as it came, short, with a way to try it', () => {
    const told = readTold(explainRefusal(new Error(`Something new ${'x'.repeat(100_000)}`)), 'en');
    assert.match(told, /^Something new x+…x+\. Try it with onnxruntime\.InferenceSession in Python/);
    assert.ok(told.length < 1000);
  });

  test('hostile messages take no time', () => {
    const started = performance.now();
    for (const piece of ['("a", b, ', 'Node (', "Name:'", 'onnxruntime::a((((', 'Opset 1 is under development ']) {
      explainRefusal(new Error(piece.repeat(100_000)));
    }
    assert.ok(performance.now() - started < 2000);
  });
});
