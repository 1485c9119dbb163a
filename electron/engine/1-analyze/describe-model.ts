import type { ModelFacts } from '../../../shared/run.ts';
import { opsetVersion } from '../graph/graph.ts';
import { externalFiles, hashModel, type OnnxModel } from '../onnx/read-model.ts';
import type { ValueInfo } from '../runtime/session.ts';

function describeValues(values: readonly ValueInfo[]): ModelFacts['inputs'] {
  return values.map(({ name, dataType, dims }) => ({ name, dataType, dims: [...dims] }));
}

/** Identity and signature of a model file for documents. */
export async function describeModel(
  model: OnnxModel,
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): Promise<ModelFacts> {
  return {
    path: model.path,
    sha256: await hashModel(model.path, externalFiles(model.proto, model.folder)),
    sizeBytes: model.sizeBytes,
    opset: opsetVersion(model.proto),
    inputs: describeValues(inputs),
    outputs: describeValues(outputs),
    producer: [model.proto.producerName, model.proto.producerVersion].filter((part) => part !== '').join(' '),
  };
}
