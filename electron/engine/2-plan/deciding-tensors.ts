import type { Graph } from '../graph/graph.ts';
import { isStandardOp, subgraphsOf } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { clipBounds } from '../schemes/int8-static/kernel-conditions.ts';
import { dataInputs, opEntry } from './op-table.ts';
import { laysSideBySide, readsShape } from '../graph/ops/layouts.ts';
import { makesNewValues } from '../graph/ops/normalization.ts';

/*
 * Which tensors decide what a model says: its outputs, and what is only pooled, moved, joined or bent on the way to them. A layer
 * with weights makes something new of many values, of which a clipped one is a small part; in front of an output nothing
 * makes up for it, and of two clipped values none is larger any more.
 */

function handsOn(node: NodeProto): boolean {
  if (!isStandardOp(node) || subgraphsOf(node).length > 0) return false;
  if (makesNewValues(node) || readsShape(node)) return false;
  return opEntry(node.domain, node.opType)?.role !== 'weighted';
}

/**
 * Traced from the outputs backwards. Of a sum or product of several tensors those decide that nothing else reads: a residual
 * stream, which layers read as well, goes on through the whole model.
 * @param outputs tensors that the model's user, or what is compared, reads.
 */
export function findDecidingTensors(graph: Graph, outputs: Iterable<string>): Set<string> {
  const deciding = new Set(outputs);
  const decides = (node: NodeProto): boolean => handsOn(node) && node.output.some((name) => deciding.has(name));
  for (const node of graph.nodes.toReversed()) {
    if (!decides(node)) continue;
    const entry = opEntry(node.domain, node.opType);
    const read = entry === null ? node.input.filter((name) => name !== '') : dataInputs(node, entry);
    const inputs = [...new Set(read)].filter((name) => !graph.constants.has(name));
    const isAlone = inputs.length === 1 || laysSideBySide(node);
    const isReadElsewhere = (name: string): boolean =>
      graph.capturedNames.has(name) || !graph.consumers.get(name)!.every(decides);
    for (const input of inputs) if (isAlone || !isReadElsewhere(input)) deciding.add(input);
  }
  return deciding;
}

/** Where the values of a tensor end by what makes it, which its range then does in its place; null for no end. */
export interface Ends {
  readonly lowest: number | null;
  readonly highest: number | null;
}

export function findEnds(tensor: string, graph: Graph): Ends {
  let low = -Infinity;
  let high = Infinity;
  for (let node = graph.producers.get(tensor); node !== undefined; node = graph.producers.get(node.input[0]!)) {
    if (opEntry(node.domain, node.opType)?.role !== 'activation') break;
    const bounds = clipBounds(node, graph);
    if (bounds === null) break;
    [low, high] = [Math.max(low, bounds.low), Math.min(high, bounds.high)];
  }
  const finite = (end: number): number | null => (Number.isFinite(end) ? end : null);
  return { lowest: finite(low), highest: finite(high) };
}
