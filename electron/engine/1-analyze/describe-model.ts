import type { ModelFacts } from '../../../shared/run.ts';
import { opsetVersion } from '../graph/graph.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { ValueInfo } from '../runtime/session.ts';

function describeValues(values: readonly ValueInfo[]): ModelFacts['inputs'] {
  return values.map(({ name, dataType, dims, anyShape }) => ({
    name,
    dataType,
    dims: [...dims],
    anyShape: anyShape === true,
  }));
}

/** Identity and signature of a model file for documents. */
export function describeModel(
  model: OnnxModel,
  sha256: string,
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): ModelFacts {
  return {
    path: model.path,
    sha256,
    sizeBytes: model.sizeBytes,
    opset: opsetVersion(model.proto),
    inputs: describeValues(inputs),
    outputs: describeValues(outputs),
    producer: [model.proto.producerName, model.proto.producerVersion].filter((part) => part !== '').join(' '),
  };
}
