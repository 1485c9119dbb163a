import { floatPrecision } from '../../../../shared/precision.ts';
import { lookupAxis, isLookup, type WeightPlan } from '../../2-plan/quantization-plan.ts';
import { opEntry } from '../../2-plan/op-table.ts';
import { dequantizeStoredWeight } from '../../4-quantize/dequantize-weights.ts';
import { protectFloatLayer } from '../../4-quantize/protect-float.ts';
import { copyMessage } from '../../graph/edit.ts';
import { isReadOutside } from '../../graph/graph.ts';
import { operatorOf } from '../../graph/ops/all.ts';
import { isTableLookup } from '../int8-static/kernel-conditions.ts';
import { addLookup } from '../int8-static/look-up.ts';
import { planEach, type NodeRule, type Scheme } from '../scheme.ts';

/**
 * Weights stored in 8 bits, symmetric, with a scale for each output channel; what is computed is float. ONNX Runtime makes floats of
 * them when it loads the model, so the file is smaller and nothing is faster. Rows that are looked up are converted alone.
 */
export const int8Weights: Scheme = {
  name: 'int8-weights',
  kernels: {},
  plan: (request) => planEach(request, planWeight),
  emit: (draft, node, planned) => {
    if (isLookup(planned)) {
      addLookup(draft, node, planned);
      return;
    }
    draft.stored.set(node.name, planned.precision);
    const weight = dequantizeStoredWeight(draft, planned.weight!);
    const { input } = protectFloatLayer(draft, node);
    draft.nodes.push(copyMessage(node, { input: [input[0]!, weight, ...input.slice(2)] }));
    draft.rounded.push(node.output[0]!);
  },
};

const planWeight: NodeRule = (node, { graph, recipe }) => {
  const entry = opEntry(node.domain, node.opType);
  if (entry === null) return `it has no weights that ${int8Weights.name} knows of`;
  const isTable = isTableLookup(node, entry, graph);
  const weightInput = isTable ? entry.tableInput : entry.weightInput;
  if (weightInput === undefined) return 'it has no weights';
  const tensor = node.input[weightInput] ?? '';
  const constant = graph.constants.get(tensor);
  if (constant === undefined) return 'its weight is computed at run time';
  if (constant.dataType !== 1) return 'its weight is not float32';
  if (constant.dims.length < 2) return 'its weight is a vector';
  const rank = constant.dims.length;
  const others = (graph.consumers.get(tensor) ?? []).some((user) => user.opType !== node.opType);
  if (isTable && (others || isReadOutside(tensor, graph))) {
    return 'other nodes need its table in float, so a second one in int8 would only add to the size';
  }
  const channelAxis = isTable
    ? rank === 2
      ? 1 - lookupAxis(node)
      : rank - 1
    : (operatorOf(node)?.channelAxis?.(node, rank) ?? null);
  const axis = recipe.perChannel ? channelAxis : null;
  const weight: WeightPlan = { tensor, axis, range: 'int8' };
  const weights = { type: 'int8', axis, block: null, symmetric: true } as const;
  return {
    precision: { ...floatPrecision, scheme: 'int8-weights', weights, expandsAtLoad: !isTable },
    weight,
    bias: null,
  };
};
