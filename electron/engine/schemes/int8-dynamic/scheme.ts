import { say } from '../../../../shared/engine-texts/say.ts';
import { floatPrecision, type Precision } from '../../../../shared/precision.ts';
import { isStoredLookup, type WeightPlan } from '../../2-plan/quantization-plan.ts';
import { operatorOf } from '../../graph/ops/all.ts';
import { attributeFloat, attributeInt } from '../../onnx/attributes.ts';
import { addLookup } from '../int8-static/look-up.ts';
import { planEach, type NodeRule, type Scheme } from '../scheme.ts';
import { planTable } from '../plan-table.ts';
import { dynamicChoices } from './choices.ts';
import { addConvolution, addProduct } from './products.ts';
import { addRecurrent } from './recurrent.ts';

/**
 * Weights in 8 bits, symmetric, with a scale for each output channel; activations are rounded to uint8 in each run, by the range of
 * that run, so nothing is calibrated. Written with the standard's DynamicQuantizeLinear and MatMulInteger, which ONNX Runtime fuses.
 */
export const int8Dynamic: Scheme = {
  name: 'int8-dynamic',
  kernels: {
    MatMul: ['DynamicQuantizeMatMul', 'MatMulIntegerToFloat'],
    Gemm: ['DynamicQuantizeMatMul', 'MatMulIntegerToFloat'],
    Conv: ['ConvInteger'],
    LSTM: ['DynamicQuantizeLSTM'],
  },
  plan: (request) => planEach(request, planNode),
  choices: dynamicChoices,
  emit: (draft, node, planned) => {
    if (isStoredLookup(planned)) {
      addLookup(draft, node, planned);
      return;
    }
    draft.stored.set(node.name, planned.precision);
    draft.rounded.push(...node.output.filter((output) => output !== ''));
    if (node.opType === 'LSTM') addRecurrent(draft, node, planned.weight!);
    else if (node.opType === 'Conv') addConvolution(draft, node, planned.weight!);
    else addProduct(draft, node, planned.weight!);
  },
};

const planNode: NodeRule = (node, request) => {
  const { graph, recipe, weightRange, isNamed } = request;
  if (node.domain !== '' && node.domain !== 'ai.onnx') return say('noDynamicForm');
  const constant = (index: number) => graph.constants.get(node.input[index] ?? '');
  switch (node.opType) {
    case 'Gather':
      return planTable('int8-dynamic', node, request);
    case 'MatMul':
      break;
    case 'Gemm':
      if (attributeInt(node, 'transA', 0) !== 0) return say('transA');
      if (attributeFloat(node, 'alpha', 1) !== 1) return say('factorNotOne', { name: 'alpha' });
      if (attributeFloat(node, 'beta', 1) !== 1) return say('factorNotOne', { name: 'beta' });
      break;
    case 'Conv':
      if (!isNamed(node)) return say('dynamicConvSlow');
      break;
    case 'LSTM':
      if (attributeInt(node, 'layout', 0) !== 0) return say('layoutOne');
      break;
    case 'GRU':
    case 'RNN':
      return say('noDynamicOperator', { op: node.opType });
    default:
      return say('noDynamicForm');
  }
  const weights = node.opType === 'LSTM' ? [constant(1), constant(2)] : [constant(1)];
  if (weights.includes(undefined)) return say('weightComputed');
  if (weights.some((weight) => weight!.dataType !== 1)) return say('weightNotFloat32');
  const input = request.shapes.get(node.input[0] ?? '')?.dataType ?? null;
  if (input !== null && input !== 'float32') return say('inputNotFloat32', { type: input });
  const rank = weights[0]!.dims.length;
  if (node.opType === 'MatMul' && rank !== 2) return say('weightNoMatrix');
  // DynamicQuantizeLSTM and ConvInteger: a direction has its own scales, a convolution one in all.
  const channels = node.opType === 'LSTM' ? 1 : (operatorOf(node)?.channelAxis?.(node, rank) ?? null);
  const axis = recipe.perChannel && node.opType !== 'Conv' ? channels : null;
  const weight: WeightPlan = { tensor: node.input[1]!, axis, range: weightRange };
  const bias = node.opType === 'LSTM' ? '' : (node.input[2] ?? '');
  return { precision: dynamic(axis), weight, bias: bias === '' ? null : bias };
};

function dynamic(axis: number | null): Precision {
  return {
    ...floatPrecision,
    scheme: 'int8-dynamic',
    weights: { type: 'int8', axis, block: null, symmetric: true },
    activations: { type: 'uint8', axis: null, block: null, symmetric: false, when: 'dynamic' },
  };
}
