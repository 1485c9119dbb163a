import { isStoredLookup } from '../../2-plan/quantization-plan.ts';
import type { Scheme } from '../scheme.ts';
import { addInt8Node, addIntegerNode, runsOnIntegers } from './emit.ts';
import { addLookup } from './look-up.ts';
import { staticChoices } from './choices.ts';
import { planStatic } from './plan.ts';

/** Weights and activations in 8 bits, with ranges that calibration finds: QuantizeLinear and DequantizeLinear around each layer. */
export const int8Static: Scheme = {
  name: 'int8-static',
  kernels: {
    Conv: ['QLinearConv'],
    Gemm: ['QGemm'],
    MatMul: ['QLinearMatMul', 'MatMulIntegerToFloat', 'MatMulInteger', 'DynamicQuantizeMatMul'],
  },
  plan: planStatic,
  choices: staticChoices,
  emit: (draft, node, planned) => {
    // A clamp that was folded is done by the range its values are stored in.
    if (planned.foldedInto !== null) draft.stored.set(node.name, planned.precision);
    else if (isStoredLookup(planned)) addLookup(draft, node, planned);
    else if (runsOnIntegers(draft, node)) addIntegerNode(draft, node, planned);
    else addInt8Node(draft, node, planned);
  },
};
