import { create } from '@bufbuild/protobuf';
import type { Candidate } from '../../../shared/run.ts';
import { copyMessage } from '../graph/edit.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { TensorProtoSchema } from '../onnx/proto/onnx_pb.js';
import { tensorByteLength } from '../onnx/tensor-proto.ts';
import { describeMethod } from '../schemes/choice.ts';
import type { QuantizedVariant } from './variant.ts';

export function constantBytes({ quantized }: Pick<QuantizedVariant, 'quantized'>): number {
  return quantized.model.graph!.initializer.reduce((sum, tensor) => sum + tensorByteLength(tensor), 0);
}

/** Room for where the model comes from (`stampModel`). */
const stampBytes = 2048;
/** What says how many bytes a constant has, wherever they are. */
const lengthBytes = 8;

/** About how large the file of a variant is going to be, and never less. */
export function fileBytes(variant: Pick<QuantizedVariant, 'quantized'>): number {
  const { model } = variant.quantized;
  const bare = model.graph!.initializer.map(({ name, dims, dataType }) => create(TensorProtoSchema, { name, dims, dataType })); // prettier-ignore
  const described = copyMessage(model, { graph: copyMessage(model.graph!, { initializer: bare }) });
  return encodeModel(described).byteLength + bare.length * lengthBytes + constantBytes(variant) + stampBytes;
}

/** What a candidate is, apart from how close and how fast it is: how each choice is made in it, and bytes of its constants. */
export function describeCandidate({
  variant,
  plan,
  quantized,
}: QuantizedVariant): Required<Pick<Candidate, 'settings' | 'sizeBytes'>> {
  const schemes: Record<string, number> = {};
  for (const { precision } of plan.nodes) schemes[precision.scheme] = (schemes[precision.scheme] ?? 0) + 1;
  const { equalized, smoothing, biasCorrection, weightRange, weightRounding, headroom, exactInputs = false } = variant;
  return {
    settings: {
      weightRange,
      weightRounding,
      equalized,
      smoothing,
      biasCorrection,
      oneSided: describeMethod(variant.oneSided),
      twoSided: describeMethod(variant.twoSided),
      refinedTensors: variant.refined.size,
      headroom,
      exactInputs,
      keptFloat: variant.keepFloat.size,
      schemes,
    },
    sizeBytes: constantBytes({ quantized }),
  };
}
