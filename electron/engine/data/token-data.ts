import type { Feeds } from '../tensor/tensor.ts';
import type { TokenPooling } from './token-pooling.ts';

/** The tokens that samples are made of. */
export interface TokenData {
  /** The input that takes them. */
  readonly input: string;
  /** The output that ranks what comes next, where the model is a causal language model; null otherwise. */
  readonly nextTokenOutput: string | null;
  /** Over all samples. */
  readonly largestId: number;
  readonly tokenizerPath: string;
  /** How vectors of tokens become that of a text; their mean where it is not there. */
  readonly pooling?: TokenPooling;
  /** The ids of a sample without what fills it up, where they start among those that are fed, and how many those are. */
  readonly idsOf: (index: number) => { readonly ids: Int32Array; readonly start: number; readonly fed: number };
  /** Tokens of the longest sample. */
  readonly longest: number;
  /** Any tokens as the model takes them, and where they start among those that are fed. */
  readonly feed: (ids: Int32Array) => Feeds;
  /**
   * The next token as the model takes it behind `past` others, whose states are given by the names of inputs. Null for models without states
   * that grow from token to token.
   */
  readonly step: ((id: number, past: number, states: Feeds) => Feeds) | null;
  readonly startOf: (count: number) => number;
  readonly tokenOf: (id: number) => string;
  /** The text as the file has it; of a document that was cut what the tokens spell. */
  readonly textOf: (index: number) => string;
}
