import { say } from '../../../../shared/engine-texts/say.ts';
import { isStoredLookup } from '../../2-plan/quantization-plan.ts';
import { nameSome, type Choice } from '../choice.ts';

/**
 * Tables that rows are looked up in may take 8 bits beside weights of fewer: what they look up goes through all that follows, and they
 * cost no time in either form. A table that a layer multiplies by is stored once as long as both are packed.
 */
export const tables: Choice = {
  name: 'tables',
  stage: 'ranges',
  most: 1,
  isOpen: ({ plan }) => plan.nodes.some((node) => isStoredLookup(node) && node.precision.weights?.block != null),
  rounds: () => [
    ({ variant, plan, planOf }) => {
      const own = plan.nodes
        .filter((node) => isStoredLookup(node) && node.precision.weights?.block != null)
        .filter(({ weight }) => weight!.sharedWith === undefined)
        .map(({ node }) => node);
      const overrides = [...variant.overrides, { scheme: 'int8-weights' as const, nodes: own, opTypes: [] }];
      const planned = planOf({ ...variant, overrides }).nodes.filter(({ node }) => own.includes(node));
      // The recipe's own overrides go before.
      const isPossible = own.length > 0 && planned.every(({ precision }) => precision.scheme === 'int8-weights');
      return isPossible ? [{ name: say('tablesInBytes'), note: nameSome(own), change: { overrides } }] : [];
    },
  ],
  judgedBy: { by: 'exchange', curesRuin: true },
};

/**
 * Rounded inputs are what makes products with packed weights fast, so they are exact only where rounding them makes half of the
 * noise, as it does where a few values of an activation tower over the rest, or where that is as fast.
 */
export const exactInputs: Choice = {
  name: 'inputs',
  stage: 'ranges',
  most: 2,
  // Of DequantizeLinear, ONNX Runtime makes products that round.
  isOpen: ({ plan }) =>
    plan.weightsForm === 'matmulnbits' &&
    plan.nodes.some(({ precision }) => precision.weights?.type === 'uint4' && precision.activations !== null),
  base: { name: say('inputsRoundedChoice'), change: { exactInputs: false } },
  rounds: () => [() => [{ name: say('inputsExact'), change: { exactInputs: true } }]],
  judgedBy: { by: 'exchange', curesRuin: true },
};
