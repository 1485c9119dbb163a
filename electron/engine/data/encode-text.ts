import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** A text as a model takes it. */
export interface Encoded {
  readonly ids: Int32Array;
  /** 0 for the first text and what stands around it, 1 for the second. */
  readonly kinds: Uint8Array;
  /** Where the tokens of the second text stand, and how many they are; not there without one. */
  readonly second?: { readonly start: number; readonly count: number };
}

/** Which of two texts loses tokens where both are too long: the longer one, or the second alone. */
export type Cut = 'longest' | 'second';

export type EncodeText = (text: string, pair: string | null, most: number | null, cuts?: Cut) => Encoded;
export type EncodeWords = (
  words: readonly string[],
  most: number | null,
) => Encoded & { readonly firstPieces: Int32Array };

/** What of the library is used. */
export interface LibraryTokenizer {
  readonly post_processor: {
    readonly post_process: (
      first: readonly string[],
      second: readonly string[] | null,
      addSpecialTokens: boolean,
    ) => { readonly tokens: readonly string[]; readonly token_type_ids?: readonly number[] };
  } | null;
  readonly model: { readonly vocab: readonly string[]; readonly unk_token_id?: number };
  readonly tokenize: (text: string) => readonly string[];
  readonly token_to_id: (token: string) => number | undefined;
  readonly id_to_token: (id: number) => string | undefined;
  readonly decode: (ids: readonly number[], options: { readonly clean_up_tokenization_spaces: boolean }) => string;
}

type Tokens = readonly string[];

/** Takes tokens off the longer of two texts until both fit, as transformers does ("longest_first"). */
function cut(first: Tokens, second: Tokens | null, room: number, fromLeft: boolean, cuts: Cut) {
  let [own, other] = [first.length, second?.length ?? 0];
  while (own + other > room && own + other > 0) {
    if (cuts === 'second' ? other === 0 : own >= other) own--;
    else other--;
  }
  const keep = (tokens: Tokens, count: number): string[] =>
    fromLeft ? tokens.slice(tokens.length - count) : tokens.slice(0, count);
  return [keep(first, own), second === null ? null : keep(second, other)] as const;
}

/** What goes around texts: those of the template, and which of two texts a token belongs to. */
function addAround({ post_processor: processor }: LibraryTokenizer, first: Tokens, second: Tokens | null) {
  if (processor === null)
    return { tokens: [...first, ...(second ?? [])], kinds: [...first.map(() => 0), ...(second ?? []).map(() => 1)] };
  const { tokens, token_type_ids: kinds } = processor.post_process(first, second, true);
  return { tokens, kinds: kinds ?? tokens.map(() => 0) };
}

const findIds =
  (tokenizer: LibraryTokenizer, path: string) =>
  (token: string): number => {
    const id = tokenizer.token_to_id(token) ?? tokenizer.model.unk_token_id;
    if (id !== undefined && Number.isInteger(id) && id >= 0 && id < 2 ** 31) return id;
    throw new AppError('data-malformed', tell('tokenUnknown', { path, token }));
  };

export function encode(tokenizer: LibraryTokenizer, path: string, cutsLeft: boolean): EncodeText {
  const idOf = findIds(tokenizer, path);
  return (text, pair, most, cuts = 'longest') => {
    let [first, second]: readonly [Tokens, Tokens | null] = [
      tokenizer.tokenize(text),
      pair === null ? null : tokenizer.tokenize(pair),
    ];
    let added = addAround(tokenizer, first, second);
    if (most !== null && added.tokens.length > most) {
      const room = most - (added.tokens.length - first.length - (second?.length ?? 0));
      [first, second] = cut(first, second, Math.max(0, room), cutsLeft, cuts);
      added = addAround(tokenizer, first, second);
    }
    const encoded = { ids: Int32Array.from(added.tokens, idOf), kinds: Uint8Array.from(added.kinds) };
    if (second === null) return encoded;
    return { ...encoded, second: { start: findLast(added.tokens, second), count: second.length } };
  };
}

/** Where a part of a list stands in it, the last time. */
function findLast(tokens: Tokens, part: Tokens): number {
  let start = tokens.length - part.length;
  while (start > 0 && !part.every((token, at) => tokens[start + at] === token)) start--;
  return Math.max(0, start);
}

/** Words one by one, as Python's tokenizers do where texts are split already: each stands alone, a space before it. */
export function encodeWords(tokenizer: LibraryTokenizer, path: string, addsSpace: boolean): EncodeWords {
  const idOf = findIds(tokenizer, path);
  return (words, most) => {
    const pieces: string[] = [];
    const firsts: number[] = [];
    for (const word of words) {
      const own = tokenizer.tokenize(addsSpace ? ` ${word}` : word);
      firsts.push(own.length === 0 ? -1 : pieces.length);
      for (const piece of own) pieces.push(piece);
    }
    let [kept, added] = [pieces, addAround(tokenizer, pieces, null)];
    if (most !== null && added.tokens.length > most) {
      kept = pieces.slice(0, Math.max(0, most - (added.tokens.length - pieces.length)));
      added = addAround(tokenizer, kept, null);
    }
    const start = findLast(added.tokens, kept);
    return {
      ids: Int32Array.from(added.tokens, idOf),
      kinds: Uint8Array.from(added.kinds),
      firstPieces: Int32Array.from(firsts, (at) => (at < 0 || at >= kept.length ? -1 : start + at)),
    };
  };
}
