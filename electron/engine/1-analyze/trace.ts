import type { Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { isCast } from '../graph/ops/conversions.ts';
import { isReshape } from '../graph/ops/layouts.ts';
import { isGemm, isMatMul } from '../graph/ops/linear-layers.ts';

/**
 * Which node of the prepared graph does the work of each of the user's nodes. Folding keeps tensor names: a folded group
 * hands out the tensor its last member used to hand out.
 * - same name and type: the node itself; so is the Gemm that a MatMul became together with the Add behind it;
 * - its output is made by another prepared node (BatchNorm folded into Conv): that one, or the layer that a Reshape or a Cast
 *   put in while preparing serves;
 * - otherwise the first node downstream whose output survived (MatMul fused with the Add behind it);
 * - null: folded into a constant or removed.
 */
export function traceLayers(original: Graph, prepared: Graph): Map<string, NodeProto | null> {
  const byName = new Map(prepared.nodes.map((node) => [node.name, node]));
  const userNames = new Set(original.nodes.map(({ name }) => name));
  const served = (node: NodeProto): NodeProto => {
    const behind = prepared.producers.get(node.input[0] ?? '');
    if (behind === undefined || userNames.has(node.name)) return node;
    // A float16 output is cast from what its layer makes in float32.
    if (isCast(node)) return served(behind);
    return isReshape(node) && isGemm(behind) ? behind : node;
  };
  const survivors = new Set(byName.keys());
  const trace = (node: NodeProto, depth: number): NodeProto | null => {
    const same = byName.get(node.name);
    if (same !== undefined && (same.opType === node.opType || (isGemm(same) && isMatMul(node)))) {
      return same;
    }
    for (const output of node.output) {
      const producer = prepared.producers.get(output);
      if (producer !== undefined) return served(producer);
    }
    // A constant now: nothing runs for it.
    if (node.output.every((output) => output === '' || prepared.constants.has(output))) return null;
    if (depth > 8) return null;
    for (const output of node.output) {
      for (const user of original.consumers.get(output) ?? []) {
        // Downstream neighbours that run as themselves did not swallow this node.
        if (survivors.has(user.name) && byName.get(user.name)?.input.includes(output) === true) continue;
        const found = trace(user, depth + 1);
        if (found !== null) return found;
      }
    }
    return null;
  };
  return new Map(original.nodes.map((node) => [node.name, trace(node, 0)]));
}
