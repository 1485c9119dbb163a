import { say } from '../../../../shared/engine-texts/say.ts';
import type { Choice } from '../choice.ts';

/**
 * Rounded inputs are what makes products with packed weights fast, so they are exact only where rounding them makes half of the
 * noise, as it does where a few values of an activation tower over the rest, or where that is as fast.
 */
export const exactInputs: Choice = {
  name: 'inputs',
  stage: 'ranges',
  most: 2,
  isOpen: ({ plan }) =>
    plan.nodes.some(({ precision }) => precision.weights?.type === 'uint4' && precision.activations !== null),
  base: { name: say('inputsRoundedChoice'), change: { exactInputs: false } },
  rounds: () => [() => [{ name: say('inputsExact'), change: { exactInputs: true } }]],
  judgedBy: { by: 'exchange', curesRuin: true },
};
