import type { diffStates } from '../model-diff.ts';

/*
 * The network as a picture needs it: what computes, what feeds what, and what became of each node from one model to the other.
 * Conversions between floats and integers are no nodes here but belong to the edge they stand on.
 */

export type NodeState = (typeof diffStates)[number];

export interface NetworkNode {
  /** Inputs and outputs of the model are drawn, too. */
  readonly kind: 'operator' | 'input' | 'output';
  /** As the run document names its layers; of inserted nodes, the second model's own name. */
  readonly name: string;
  readonly opType: string;
  /** Modules that hold it, the outermost first, ready to be shown. */
  readonly path: readonly string[];
  readonly state: NodeState;
  /** Where a folded one went. */
  readonly into: string | null;
  /** What is another now: "weights 1: float32 -> int8". */
  readonly changes: readonly string[];
  /** Of the constants it reads, on each side. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface NetworkEdge {
  /** Indices of `Network.nodes`. */
  readonly from: number;
  readonly to: number;
  readonly inBefore: boolean;
  readonly inAfter: boolean;
  /** The type that the second model stores the value in on its way; null where it stays as it is. */
  readonly storedAs: string | null;
}

export interface Network {
  readonly nodes: readonly NetworkNode[];
  readonly edges: readonly NetworkEdge[];
  /** What was left out of a network too large to be drawn. */
  readonly cut: { readonly nodes: number; readonly edges: number };
}

/** A network, and which of the models it was made of was there. */
export interface RunNetwork extends Network {
  /** Models that could not be read any more: then the other stands for both. */
  readonly missing: readonly { readonly model: 'original' | 'compressed'; readonly why: 'gone' | 'changed' }[];
}

export const mostNetworkNodes = 20_000;
export const mostNetworkEdges = 60_000;
/** Longer names name no layer of a run any more. */
export const longestNodeName = 2000;

export function isInBefore({ state }: NetworkNode): boolean {
  return state !== 'inserted';
}

export function isInAfter({ state }: NetworkNode): boolean {
  return state !== 'folded' && state !== 'removed';
}
