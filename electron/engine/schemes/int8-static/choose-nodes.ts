import { say, type Reason } from '../../../../shared/engine-texts/say.ts';
import { findSelection, type Selection } from '../../1-analyze/find-selection.ts';
import { dataInputs, dataOutputs, opEntry, type OpEntry } from '../../2-plan/op-table.ts';
import { isReadOutside, soleConsumer, type Graph } from '../../graph/graph.ts';
import { storedIntegerBits } from '../../graph/ops/all.ts';
import type { Shapes } from '../../graph/shapes.ts';
import { findTransposedTables } from '../../graph/transposed-constants.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import type { SchemeRequest } from '../scheme.ts';
import { clipBounds, isTableLookup, kernelReason } from './kernel-conditions.ts';

/*
 * Which nodes of a prepared graph become int8, which of them disappear into another's range, and why the others stay float.
 */

export interface NodeChoice {
  readonly graph: Graph;
  /** The op table's entry of every node that has one. */
  readonly entries: ReadonlyMap<NodeProto, OpEntry>;
  readonly int8: ReadonlySet<NodeProto>;
  /** Lookups of rows in a constant table; not in `int8`, for what they hand out is float. */
  readonly lookups: ReadonlySet<NodeProto>;
  /** Clamps that their producer's range does as well: clamp to producer. */
  readonly foldedInto: ReadonlyMap<NodeProto, NodeProto>;
  /** Of every other node, why it stays float. */
  readonly reasons: ReadonlyMap<NodeProto, Reason>;
  /** Weights that are transposes of tables, with the table's name. */
  readonly transposed: ReadonlyMap<string, string>;
  /** Where the model selects by what int8 changes; null where it does not. */
  readonly selection: Selection | null;
  /** What works on what was selected there. */
  readonly behindSelection: ReadonlySet<NodeProto>;
}

interface Draft extends NodeChoice {
  readonly entries: Map<NodeProto, OpEntry>;
  readonly int8: Set<NodeProto>;
  readonly lookups: Set<NodeProto>;
  readonly foldedInto: Map<NodeProto, NodeProto>;
  readonly reasons: Map<NodeProto, Reason>;
  selection: Selection | null;
  behindSelection: ReadonlySet<NodeProto>;
}

/**
 * 1. Every node the op table, the recipe and the kernels' conditions allow is a candidate.
 * 2. Relu and Clip disappear into the range of an int8 producer (asymmetric activations only: the range ends at the clamp).
 * 3. Elementwise and pass-through candidates stay only where their inputs are int8 already and int8 is of use behind them.
 * 4. Tables of weights are looked up in int8 where nothing else needs them in float.
 * 5. What works on a selection that int8 can change stays float, for nothing could be compared behind it.
 */
export function chooseNodes(options: SchemeRequest): NodeChoice {
  const draft = findCandidates(options);
  do {
    // To a fixed point: each removal can take away another node's reason to be int8.
    do foldClamps(draft, options);
    while (dropUseless(draft, options));
    dropSharedTables(draft);
  } while (dropBehindSelection(draft, options));
  return draft;
}

/** True if there was anything to take out. */
function dropBehindSelection(draft: Draft, { shapes, taken }: SchemeRequest): boolean {
  const found = findSelection(draft.graph, shapes, new Set([...draft.int8, ...draft.lookups, ...taken.keys()]));
  draft.behindSelection = found?.behind ?? new Set();
  const isWeighted = (node: NodeProto): boolean =>
    draft.entries.get(node)?.role === 'weighted' && node.input.some((name) => draft.graph.constants.has(name));
  draft.selection =
    found === null
      ? null
      : { node: found.node, tensors: found.tensors, weightedBehind: [...found.behind].filter(isWeighted).length };
  let changed = false;
  for (const node of found?.behind ?? []) {
    if (!draft.int8.delete(node) && !draft.lookups.delete(node)) continue;
    draft.reasons.set(node, say('behindSelection', { node: found!.node }));
    changed = true;
  }
  return changed;
}

function findCandidates(request: SchemeRequest): Draft {
  const { graph, shapes, refusal, isNamed, taken } = request;
  const draft: Draft = {
    graph,
    entries: new Map(),
    int8: new Set(),
    lookups: new Set(),
    foldedInto: new Map(),
    reasons: new Map(),
    transposed: findTransposedTables(graph),
    selection: null,
    behindSelection: new Set(),
  };
  for (const node of graph.nodes) {
    if (taken.has(node)) continue;
    const entry = opEntry(node.domain, node.opType);
    if (entry === null) {
      draft.reasons.set(node, unknownOpReason(node, shapes));
      continue;
    }
    draft.entries.set(node, entry);
    const reason = kernelReason(node, entry, request, isNamed(node)) || refusal(node);
    if (reason !== '') draft.reasons.set(node, reason);
    else if (isTableLookup(node, entry, graph)) draft.lookups.add(node);
    else draft.int8.add(node);
  }
  return draft;
}

function unknownOpReason(node: NodeProto, shapes: Shapes): Reason {
  const bits = storedIntegerBits(node);
  if (bits !== null) return say('alreadyInteger', { bits });
  const outputType = shapes.get(node.output[0] ?? '')?.dataType ?? 'float32';
  const name = `${node.domain === '' ? '' : `${node.domain}.`}${node.opType}`;
  return outputType === 'float32' ? say('unknownOperator', { name }) : say('outputNotFloat32', { type: outputType });
}

function foldClamps(draft: Draft, options: SchemeRequest): void {
  const { graph, entries, int8, foldedInto } = draft;
  foldedInto.clear();
  for (const node of graph.nodes) {
    if (entries.get(node)?.role !== 'activation' || !int8.has(node) || clampReason(node, draft, options) !== '')
      continue;
    foldedInto.set(node, graph.producers.get(node.input[0]!)!);
  }
}

/**
 * Why a clamp cannot be folded into the layer before it; empty when it can. Int8 activations keep zero in the middle, so a
 * symmetric range would not clamp at zero.
 */
function clampReason(node: NodeProto, { graph, entries, int8 }: NodeChoice, { recipe }: SchemeRequest): Reason {
  if (recipe.symmetricActivations) return say('symmetricClamp');
  const producer = graph.producers.get(node.input[0]!);
  const role = producer === undefined ? undefined : entries.get(producer)?.role;
  if (producer === undefined || !int8.has(producer) || (role !== 'weighted' && role !== 'elementwise')) {
    return say('noRangeToFoldInto');
  }
  if (soleConsumer(node.input[0]!, graph) !== node) return say('neededUnclamped');
  const bounds = clipBounds(node, graph);
  if (bounds === null) return say('boundsComputed');
  if (bounds.low > 0 || bounds.high < 0) return say('boundsWithoutZero');
  return '';
}

/** Takes out nodes that int8 does no good, one pass over all; true if there were any. */
function dropUseless(draft: Draft, options: SchemeRequest): boolean {
  let changed = false;
  for (const node of draft.int8) {
    const reason = uselessReason(node, draft, options);
    if (reason === '') continue;
    draft.int8.delete(node);
    draft.reasons.set(node, reason);
    changed = true;
  }
  return changed;
}

function uselessReason(node: NodeProto, choice: NodeChoice, options: SchemeRequest): Reason {
  const entry = choice.entries.get(node)!;
  const fromInt8 = (tensor: string) => isFromInt8(tensor, choice);
  const feedsInt8 = () => dataOutputs(node, entry).some((tensor) => isForInt8(tensor, choice));
  switch (entry.role) {
    case 'activation':
      return clampReason(node, choice, options);
    case 'elementwise': {
      const inputs = dataInputs(node, entry).filter((tensor) => !choice.graph.constants.has(tensor));
      const ready = node.opType === 'Concat' ? inputs.some(fromInt8) : inputs.every(fromInt8);
      if (inputs.length === 0 || !ready) return say('inputsFloat');
      // Shrinking ops pay in any case: fewer values are left to convert back.
      const shrinks = node.opType === 'GlobalAveragePool' || node.opType === 'AveragePool';
      return shrinks || feedsInt8() ? '' : say('exactInFloat');
    }
    case 'pass-through':
      if (!fromInt8(node.input[0]!)) return say('movesFloat');
      return node.opType === 'MaxPool' || feedsInt8() ? '' : say('nothingBehind');
    case 'weighted': {
      const isProduct = node.opType === 'MatMul' && !choice.graph.constants.has(node.input[1]!);
      return isProduct && !node.input.every(fromInt8) ? say('operandsFloat') : '';
    }
    case 'float-only':
      return '';
  }
}

/** What is looked up is converted to float at once, so lookups neither need nor give int8 neighbours. */
function dropSharedTables({ graph, entries, int8, lookups, reasons, transposed }: Draft): void {
  const isFree = (user: NodeProto): boolean => lookups.has(user) || int8.has(user);
  for (const node of lookups) {
    const table = node.input[entries.get(node)!.tableInput!]!;
    const copies = [...transposed].filter(([, of]) => of === table).map(([copy]) => copy);
    const isFreeOf = (name: string): boolean => graph.consumers.get(name)!.every(isFree) && !isReadOutside(name, graph);
    if ([table, ...copies].every(isFreeOf)) continue;
    reasons.set(node, say('tableSharedInt8'));
    lookups.delete(node);
  }
}

/** True if the tensor comes out of an int8 node, directly or through a folded clamp. */
function isFromInt8(tensor: string, { graph, entries, int8, foldedInto }: NodeChoice): boolean {
  const producer = graph.producers.get(tensor);
  if (producer === undefined) return false;
  if (foldedInto.has(producer)) return true;
  const entry = entries.get(producer);
  return (
    entry !== undefined &&
    int8.has(producer) &&
    entry.role !== 'activation' &&
    dataOutputs(producer, entry).includes(tensor)
  );
}

/** True if some int8 node reads the tensor, directly or through a clamp folded into its producer. */
export function isForInt8(tensor: string, choice: NodeChoice): boolean {
  const { graph, entries, int8, foldedInto } = choice;
  return (graph.consumers.get(tensor) ?? []).some((user) =>
    foldedInto.has(user)
      ? isForInt8(user.output[0]!, choice)
      : int8.has(user) && entries.get(user)!.role !== 'activation',
  );
}
