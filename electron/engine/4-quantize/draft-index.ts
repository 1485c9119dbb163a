import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import type { GraphDraft } from './graph-draft.ts';

/** What a draft holds, by name. Drafts only grow, so each entry is looked at once, however often is asked. */
interface DraftIndex {
  nodeCount: number;
  tensorCount: number;
  readonly producers: Map<string, NodeProto>;
  readonly tensors: Map<string, TensorProto>;
}

const indexes = new WeakMap<GraphDraft, DraftIndex>();

function indexOf(draft: GraphDraft): DraftIndex {
  const index = indexes.get(draft) ?? { nodeCount: 0, tensorCount: 0, producers: new Map(), tensors: new Map() };
  indexes.set(draft, index);
  for (; index.nodeCount < draft.nodes.length; index.nodeCount++) {
    const node = draft.nodes[index.nodeCount]!;
    for (const output of node.output) index.producers.set(output, node);
  }
  for (; index.tensorCount < draft.initializers.length; index.tensorCount++) {
    const tensor = draft.initializers[index.tensorCount]!;
    index.tensors.set(tensor.name, tensor);
  }
  return index;
}

/** The node of the new graph that makes a tensor. */
export function producerIn(draft: GraphDraft, tensor: string): NodeProto | undefined {
  return indexOf(draft).producers.get(tensor);
}

/** A tensor that is stored in the new graph. */
export function initializerIn(draft: GraphDraft, name: string): TensorProto | undefined {
  return indexOf(draft).tensors.get(name);
}
