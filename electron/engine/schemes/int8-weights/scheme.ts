import { say } from '../../../../shared/engine-texts/say.ts';
import { floatPrecision, type Precision } from '../../../../shared/precision.ts';
import { opEntry } from '../../2-plan/op-table.ts';
import { isStoredLookup } from '../../2-plan/quantization-plan.ts';
import { widenStoredWeight } from '../../4-quantize/dequantize-weights.ts';
import { protectFloatLayer } from '../../4-quantize/protect-float.ts';
import { copyMessage } from '../../graph/edit.ts';
import { operatorOf } from '../../graph/ops/all.ts';
import { storedChoices } from './choices.ts';
import { addLookup } from '../int8-static/look-up.ts';
import { planTable } from '../plan-table.ts';
import { planEach, type NodeRule, type Scheme } from '../scheme.ts';

/**
 * Weights stored in 8 bits, symmetric, with a scale for each output channel; what is computed is float. ONNX Runtime makes floats of
 * them when it loads the model, so the file is smaller and nothing is faster. Rows that are looked up are converted alone.
 */
export const int8Weights: Scheme = {
  name: 'int8-weights',
  kernels: {},
  plan: (request) => planEach(request, planWeight),
  choices: storedChoices,
  emit: (draft, node, planned) => {
    if (isStoredLookup(planned)) {
      addLookup(draft, node, planned);
      return;
    }
    draft.stored.set(node.name, planned.precision);
    const weight = widenStoredWeight(draft, planned.weight!);
    const { input } = protectFloatLayer(draft, node);
    draft.nodes.push(copyMessage(node, { input: [input[0]!, weight, ...input.slice(2)] }));
    draft.rounded.push(node.output[0]!);
  },
};

const planWeight: NodeRule = (node, request) => {
  const { graph, recipe } = request;
  if (node.opType === 'Gather') return planTable('int8-weights', node, request);
  const weightInput = opEntry(node.domain, node.opType)?.weightInput;
  if (weightInput === undefined) return say('noWeights');
  const tensor = node.input[weightInput] ?? '';
  const constant = graph.constants.get(tensor);
  if (constant === undefined) return say('weightComputed');
  if (constant.dataType !== 1) return say('weightNotFloat32');
  const rank = constant.dims.length;
  if (rank < 2) return say('weightVector');
  const axis = recipe.perChannel ? (operatorOf(node)?.channelAxis?.(node, rank) ?? null) : null;
  const weights = { type: 'int8', axis, block: null, symmetric: true } as const;
  const precision: Precision = { ...floatPrecision, scheme: 'int8-weights', weights, expandsAtLoad: true };
  return { precision, weight: { tensor, axis, range: 'int8' }, bias: null };
};
