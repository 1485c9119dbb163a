import type { PreparedFacts } from '../../../shared/run.ts';
import type { PreparedModel } from '../1-analyze/prepare.ts';
import { isConstantNode } from '../onnx/initializers.ts';
import { externalFiles, hashModel, readModel } from '../onnx/read-model.ts';
import type { GraphProto } from '../onnx/proto/onnx_pb.js';
import { writeModel } from '../onnx/write-model.ts';
import { stampPrepared, type ModelOrigin } from '../6-search/stamp-model.ts';

function countNodes(graph: GraphProto): number {
  return graph.node.filter((node) => !isConstantNode(node)).length;
}

/**
 * What is told of the float model as prepared, which is kept as a file where one is wanted.
 * @param timedPath where it was written to be timed.
 * @throws AppError `disk-full`, `write-failed`.
 */
export async function keepPrepared(
  { original, prepared, isChanged }: PreparedModel,
  timedPath: string | null,
  keptPath: string | null,
  origin: Pick<ModelOrigin, 'vernierVersion' | 'originalSha256'>,
): Promise<PreparedFacts> {
  if (keptPath !== null)
    await writeModel(stampPrepared(prepared.proto, origin), keptPath, {
      externalData: 'auto',
      sourceFolder: prepared.folder,
    });
  const path = keptPath ?? timedPath;
  const written = path === null ? original : await readModel(path);
  return {
    changed: isChanged,
    sizeBytes: written.sizeBytes,
    nodesBefore: countNodes(original.proto.graph!),
    nodesAfter: countNodes(prepared.proto.graph!),
    path: keptPath,
    sha256: keptPath === null ? null : await hashModel(keptPath, externalFiles(written.proto, written.folder)),
  };
}
