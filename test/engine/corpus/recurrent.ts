import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { AttributeValue, Dims } from '../build-model.ts';
import { integers, noise, op } from '../build-model.ts';
import { entry, matrix, weight, type Entry } from './entry.ts';

const [steps, inputs, hidden] = [5, 12, 8];
const gatesOf = { LSTM: 4, GRU: 3, RNN: 1 } as const;

interface Form {
  readonly names?: string;
  readonly outputs?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly directions?: number;
  /** Batch first. */
  readonly isBatchFirst?: boolean;
  readonly activations?: readonly string[];
}

function layer(opType: keyof typeof gatesOf, name: string, form: Form = {}, more: Pick<Entry, 'refusal'> = {}): Entry {
  const { names = 'x w r b', outputs = 'y', attributes = {}, directions = 1, isBatchFirst = false } = form;
  const gates = gatesOf[opType] * hidden;
  const shape: Dims = isBatchFirst ? [1, steps, inputs] : [steps, 1, inputs];
  const state: Dims = isBatchFirst ? [1, directions, hidden] : [directions, 1, hidden];
  const fed = names.split(' ');
  const node = op(opType, names, outputs, { hidden_size: hidden, ...attributes });
  if (form.activations !== undefined) {
    const strings = form.activations.map((text) => Buffer.from(text));
    node.attribute.push(create(AttributeProtoSchema, { name: 'activations', type: AttributeType.STRINGS, strings }));
  }
  return entry(`${opType} ${name}`, {
    opset: 14,
    inputs: {
      x: shape,
      ...(fed.includes('h') ? { h: state } : {}),
      ...(fed.includes('c') ? { c: state } : {}),
    },
    outputs: outputs.split(' ').filter((output) => output !== '_').join(' '),
    nodes: [node],
    weights: {
      w: weight([directions, gates, inputs], inputs),
      r: weight([directions, gates, hidden], hidden),
      b: noise([directions, 2 * gates], 5, 0.1),
      p: noise([directions, 3 * hidden], 6, 0.3),
      lengths: { dataType: 'int32', dims: [1], data: Int32Array.of(4) },
    },
  }, more); // prettier-ignore
}

const reverse = { direction: 'reverse' };
const both = { direction: 'bidirectional' };

export function recurrent(): Entry[] {
  return [
    layer('LSTM', 'forward'),
    layer('LSTM', 'without bias', { names: 'x w r' }),
    layer('LSTM', 'reverse', { attributes: reverse }),
    layer('LSTM', 'in both directions', { attributes: both, directions: 2 }),
    layer('LSTM', 'from states to states', { names: 'x w r b _ h c', outputs: 'y hn cn' }),
    layer('LSTM', 'with lengths', { names: 'x w r b lengths' }),
    layer('LSTM', 'with peepholes', { names: 'x w r b _ _ _ p' }),
    layer('LSTM', 'batch first', { attributes: { layout: 1 }, isBatchFirst: true }, { refusal: /layout/ }),
    layer('LSTM', 'with the usual layout written out', { attributes: { layout: 0 } }),
    layer('GRU', 'with the usual layout written out', { attributes: { layout: 0 } }),
    layer('LSTM', 'in both directions, layout written out', { attributes: { ...both, layout: 0 }, directions: 2 }),
    layer('LSTM', 'last state alone', { outputs: '_ hn' }),
    layer('LSTM', 'of other activations', { activations: ['Sigmoid', 'Relu', 'Tanh'] }),
    layer('LSTM', 'with a clip', { attributes: { clip: { float: 2 } } }),
    layer('LSTM', 'with input and forget coupled', { attributes: { input_forget: 1 } }),
    layer('GRU', 'forward'),
    layer('GRU', 'as PyTorch exports it', { attributes: { linear_before_reset: 1 } }),
    layer('GRU', 'in both directions', { attributes: both, directions: 2 }),
    layer('GRU', 'from state to state', { names: 'x w r b _ h', outputs: 'y hn' }),
    layer('RNN', 'forward'),
    layer('RNN', 'reverse, ReLU', { attributes: reverse, activations: ['Relu'] }),
    entry('two LSTM layers and a head', {
      opset: 14,
      inputs: { x: [steps, 1, inputs] },
      outputs: 'y',
      nodes: [
        op('LSTM', 'x w r', 'l', { hidden_size: hidden }), op('Squeeze', 'l one', 's'), op('LSTM', 's v q', 'm', { hidden_size: hidden }),
        op('Squeeze', 'm one', 't'), op('MatMul', 't u', 'y'),
      ],
      weights: {
        w: weight([1, 32, inputs], inputs), r: weight([1, 32, hidden], hidden), v: weight([1, 32, hidden], hidden),
        q: weight([1, 32, hidden], hidden), u: matrix(hidden, 4), one: integers([1]),
      },
    }), // prettier-ignore
    entry('a convolution, a GRU and a dense layer', {
      opset: 14,
      inputs: { x: [1, 6, 10] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x k', 'f', { pads: [1, 1] }), op('Relu', 'f', 'g'), op('Transpose', 'g', 't', { perm: [2, 0, 1] }),
        op('GRU', 't w r', 'l', { hidden_size: hidden, linear_before_reset: 1 }), op('Squeeze', 'l one', 's'), op('MatMul', 's u', 'y'),
      ],
      weights: {
        k: weight([12, 6, 3]), w: weight([1, 24, 12], 12), r: weight([1, 24, hidden], hidden), u: matrix(hidden, 4), one: integers([1]),
      },
    }), // prettier-ignore
  ];
}
