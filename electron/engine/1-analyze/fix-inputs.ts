import { copyMessage } from '../graph/edit.ts';
import type { ModelProto } from '../onnx/proto/onnx_pb.js';

/** The first IR version in which an initializer need not be listed as an input. */
const unlistedIrVersion = 4n;

/**
 * A model whose weights are no inputs: from IR 4 on an initializer that is listed as one may be overridden at run time, which
 * keeps ONNX Runtime from folding it. Shares weights with its source.
 */
export function fixInputs(proto: ModelProto): { readonly proto: ModelProto; readonly fixedCount: number } {
  const graph = proto.graph!;
  const initializers = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
  ]);
  const input = graph.input.filter(({ name }) => !initializers.has(name));
  const irVersion = proto.irVersion < unlistedIrVersion ? unlistedIrVersion : proto.irVersion;
  return {
    proto: copyMessage(proto, { irVersion, graph: copyMessage(graph, { input }) }),
    fixedCount: graph.input.length - input.length,
  };
}
