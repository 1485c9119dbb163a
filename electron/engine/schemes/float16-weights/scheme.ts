import { say } from '../../../../shared/engine-texts/say.ts';
import { floatPrecision, type Precision } from '../../../../shared/precision.ts';
import { opEntry } from '../../2-plan/op-table.ts';
import { isStoredLookup, type WeightPlan } from '../../2-plan/quantization-plan.ts';
import { addInitializer, constantDims, constantValues, type GraphDraft } from '../../4-quantize/graph-draft.ts';
import { protectFloatLayer } from '../../4-quantize/protect-float.ts';
import { copyMessage, makeNode } from '../../graph/edit.ts';
import { intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';
import type { Weights } from '../../onnx/weights.ts';
import { toFloat16Bits } from '../../tensor/float16.ts';
import { dataTypes } from '../../tensor/tensor.ts';
import { isTableLookup } from '../int8-static/kernel-conditions.ts';
import { planEach, type NodeRule, type Scheme } from '../scheme.ts';

/**
 * Weights stored as half floats (IEEE 754 binary16); what is computed is float32. ONNX Runtime widens them when it loads the model, so
 * the file is half as large and nothing is faster: its CPU has no kernels for half floats that most layers need. Rows that are
 * looked up are widened alone.
 */
export const float16Weights: Scheme = {
  name: 'float16-weights',
  kernels: {},
  plan: (request) => planEach(request, planWeight),
  choices: [],
  emit: (draft, node, planned) => {
    draft.stored.set(node.name, planned.precision);
    draft.rounded.push(node.output[0]!);
    const half = storeHalf(draft, planned.weight!);
    if (isStoredLookup(planned)) {
      const rows = draft.newName(`${node.output[0]!}_half`);
      draft.nodes.push(copyMessage(node, { input: [half, ...node.input.slice(1)], output: [rows] }));
      draft.nodes.push(widen(draft, rows, node.output[0]!));
      return;
    }
    const weight = draft.dequantizedWeights.get(half) ?? draft.newName(`${planned.weight!.tensor}_wide`);
    if (!draft.dequantizedWeights.has(half)) draft.nodes.push(widen(draft, half, weight));
    draft.dequantizedWeights.set(half, weight);
    const { input } = protectFloatLayer(draft, node);
    draft.nodes.push(copyMessage(node, { input: [input[0]!, weight, ...input.slice(2)] }));
  },
};

/** Values of at least this magnitude round to infinity. */
const overflow = 65_520;

const planWeight: NodeRule = (node, { graph }) => {
  const entry = opEntry(node.domain, node.opType);
  const isTable = entry !== null && isTableLookup(node, entry, graph);
  const weightInput = isTable ? entry.tableInput : entry?.weightInput;
  if (weightInput === undefined) return say('noWeights');
  const tensor = node.input[weightInput] ?? '';
  const constant = graph.constants.get(tensor);
  if (constant === undefined) return say('weightComputed');
  if (constant.dataType !== dataTypes.float32.number) return say('weightNotFloat32');
  if (constant.dims.length < 2) return say('weightVector');
  if (largestMagnitude(constant, graph.weights) >= overflow) return say('beyondFloat16');
  const weights = { type: 'float16', axis: null, block: null, symmetric: true } as const;
  const precision: Precision = { ...floatPrecision, scheme: 'float16-weights', weights, expandsAtLoad: !isTable };
  return { precision, weight: { tensor, axis: null, range: 'int8' }, bias: null };
};

/** A search plans again and again, and a weight stays what it is. */
const magnitudes = new WeakMap<TensorProto, number>();

function largestMagnitude(weight: TensorProto, weights: Weights): number {
  const known = magnitudes.get(weight);
  if (known !== undefined) return known;
  let largest = 0;
  for (const value of weights.floats(weight)) largest = Math.max(largest, Math.abs(value));
  magnitudes.set(weight, largest);
  return largest;
}

function widen(draft: GraphDraft, half: string, output: string): NodeProto {
  return makeNode(
    'Cast',
    draft.newName(`${half}_Cast`),
    [half],
    [output],
    [intAttribute('to', dataTypes.float32.number)],
  );
}

/** @returns the name of the weight as half floats, stored once for all nodes that read it. */
function storeHalf(draft: GraphDraft, { tensor }: WeightPlan): string {
  const key = `${tensor}|float16`;
  const known = draft.storedWeights.get(key);
  if (known !== undefined) return known.integers;
  const data = Uint16Array.from(constantValues(draft, tensor), toFloat16Bits);
  const integers = addInitializer(draft, `${tensor}_half`, {
    dataType: 'float16',
    dims: constantDims(draft, tensor),
    data,
  });
  draft.storedWeights.set(key, { integers, scale: '', zeroPoint: '' });
  return integers;
}
