import type { ValueInfo } from '../runtime/session.ts';
import type { TextInputs } from './text-feeds.ts';
import type { TextTokenizer } from './tokenizer.ts';

const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];
/** Vocabularies are filled up to round numbers, and tokenizers know tokens that a model does not. */
const leastOverlap = 0.9;
const mostSurplus = 4096;

/**
 * The output of a causal language model: scores of each token of the vocabulary at each place. Null where there is none, and where the
 * tokenizer has a token for gaps: such a model sees what comes after, and its scores are of no next token.
 */
export function findNextTokenOutput(
  outputs: readonly ValueInfo[],
  { ids }: TextInputs,
  { fillsGaps, vocabularySize }: TextTokenizer,
): string | null {
  if (fillsGaps) return null;
  const ranksTokens = ({ name, dataType, dims }: ValueInfo): boolean => {
    if (!floatTypes.includes(dataType) || dims.length !== ids.dims.length + 1) return false;
    const last = dims.at(-1)!;
    if (typeof last !== 'number') return /^(lm_)?logits(:\d+)?$/i.test(name);
    return last >= leastOverlap * vocabularySize && last <= vocabularySize + mostSurplus;
  };
  return outputs.find(ranksTokens)?.name ?? null;
}
