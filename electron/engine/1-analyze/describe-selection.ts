import { say } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { Selection } from './find-selection.ts';

const shownTensors = 4;

/** What a user has to know of a model that selects inside, before and after it is compressed. */
export function describeSelection({ node, tensors, weightedBehind }: Selection): Diagnostic {
  const shown = tensors.slice(0, shownTensors).join(', ') + (tensors.length > shownTensors ? ', ...' : '');
  return {
    severity: 'warning',
    code: 'compared-before-selection',
    message:
      tensors.length === 0
        ? say('selectedWithoutTensor', { node })
        : say('comparedBeforeSelection', { node, tensors: shown, count: weightedBehind }),
    node: null,
  };
}
