const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];

/** The outputs of a model that finds answers in texts: how probable each token is as the first and as the last of one. */
export interface AnswerOutputs {
  readonly start: string;
  readonly end: string;
}

/** By their names, both of one value a token. */
export function findAnswerOutputs(
  outputs: readonly { readonly name: string; readonly dataType: string; readonly dims: readonly (number | string)[] }[],
): AnswerOutputs | null {
  const ofTokens = outputs.filter(({ dataType, dims }) => floatTypes.includes(dataType) && dims.length === 2);
  const named = (pattern: RegExp): string | undefined => ofTokens.find(({ name }) => pattern.test(name))?.name;
  const [start, end] = [named(/^start_(?:logits|scores?|probs?)/i), named(/^end_(?:logits|scores?|probs?)/i)];
  return start === undefined || end === undefined ? null : { start, end };
}

/** Where an answer may stand: the text, and the characters of it that each token that is fed covers. */
export interface AnswerPlaces {
  readonly text: string;
  /** First character and the one behind the last of each token; -1 for tokens that are not of the text. */
  readonly spans: Int32Array;
  /** The token that stands for no answer; null where every question has one. */
  readonly none: number | null;
}
