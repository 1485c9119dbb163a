import { create } from '@bufbuild/protobuf';
import { FunctionProtoSchema } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { op } from '../build-model.ts';
import { body, graphAttribute, value, withBodies } from '../control-flow-model.ts';
import { bias, entry, matrix, model, type Entry } from './entry.ts';
import { dense } from './habits.ts';

/** A layer in a body, and one outside. */
export function bodies(): Entry[] {
  const row = [1, 16];
  const choose = op('If', 'on', 'y');
  choose.attribute.push(
    graphAttribute('then_branch', body('then', [op('Gemm', 'h w b', 't')], [], [value('t', row)])),
    graphAttribute('else_branch', body('else', [op('Gemm', 'h v b', 'e')], [], [value('e', row)])),
  );
  const scan = op('Scan', 'start x', 'last all', { num_scan_inputs: 1 });
  const step = [op('Gemm', 'state w', 'mixed'), op('Add', 'mixed item', 'next'), op('Identity', 'next', 'out')];
  scan.attribute.push(
    graphAttribute('body', body('step', step, [value('state', row), value('item', row)], [value('next', row), value('out', row)])),
  );
  const called = model({ ...dense(), nodes: [op('Gemm', 'x w b', 'h'), op('Silu', 'h', 'r', {}, 'local'), op('Gemm', 'r v', 'y')] });
  called.opsetImport.push({ ...called.opsetImport[0]!, domain: 'local', version: 1n });
  called.functions.push(
    create(FunctionProtoSchema, {
      name: 'Silu', domain: 'local', input: ['a'], output: ['c'], opsetImport: [called.opsetImport[0]!],
      node: [op('Sigmoid', 'a', 'b'), op('Mul', 'a b', 'c')],
    }),
  );
  const dense1 = model({ ...dense(), nodes: [op('Dense', 'x w b', 'h', {}, 'local'), op('Relu', 'h', 'r'), op('Dense', 'r v d', 'y', {}, 'local')], weights: { ...dense().weights!, d: bias(8) } });
  dense1.opsetImport.push({ ...dense1.opsetImport[0]!, domain: 'local', version: 1n });
  dense1.functions.push(
    create(FunctionProtoSchema, {
      name: 'Dense', domain: 'local', input: ['a', 'm', 'n'], output: ['c'], opsetImport: [dense1.opsetImport[0]!],
      node: [op('MatMul', 'a m', 'p'), op('Add', 'p n', 'c')],
    }),
  );
  return [
    { name: 'a Loop and an If', model: withBodies() },
    entry('layers in the branches of an If', {
      inputs: { x: row, on: [] },
      types: { on: 'bool' },
      outputs: 'y',
      nodes: [op('Gemm', 'x u', 'h'), choose],
      weights: { u: matrix(16, 16), w: matrix(16, 16), v: matrix(16, 16), b: bias(16) },
    }),
    entry('a layer in the step of a Scan', {
      inputs: { x: [5, ...row] },
      outputs: 'y all',
      nodes: [op('ReduceMean', 'x', 'start', { axes: [0], keepdims: 0 }), scan, op('Gemm', 'last u', 'y')],
      weights: { u: matrix(16, 8), w: matrix(16, 16) },
    }),
    { name: 'a function that the model brings along', model: called },
    { name: 'layers that are functions', model: dense1 },
  ];
} // prettier-ignore
