import { create } from '@bufbuild/protobuf';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as DataLocation,
  type ModelProto,
  type TensorProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { tensorBytes } from '../../../electron/engine/onnx/tensor-proto.ts';
import { tensorsOf } from '../../../electron/engine/onnx/tensors-of.ts';

/**
 * Writes a model as exporters do, its tensors in files of their own.
 * @param place the file, relative to the model's folder, of a tensor; null leaves it in the model.
 */
export function spreadWeights(
  model: ModelProto,
  path: string,
  place: (tensor: TensorProto, sizeBytes: number) => string | null,
): void {
  const files = new Map<string, Buffer[]>();
  for (const tensor of tensorsOf(model)) {
    const bytes = Buffer.from(tensorBytes(tensor, ''));
    const location = place(tensor, bytes.byteLength);
    if (location === null) continue;
    const parts = files.get(location) ?? [];
    files.set(location, parts);
    const offset = parts.reduce((sum, part) => sum + part.byteLength, 0);
    parts.push(bytes, Buffer.alloc(16, 0x5a));
    tensor.rawData = new Uint8Array(0);
    for (const field of ['floatData', 'int64Data', 'int32Data', 'doubleData'] as const) tensor[field] = [];
    tensor.dataLocation = DataLocation.EXTERNAL;
    tensor.externalData = Object.entries({ location, offset: `${offset}`, length: `${bytes.byteLength}` }).map(
      ([key, value]) => create(StringStringEntryProtoSchema, { key, value }),
    );
  }
  for (const [location, parts] of files) {
    mkdirSync(dirname(join(dirname(path), location)), { recursive: true });
    writeFileSync(join(dirname(path), location), Buffer.concat(parts));
  }
  writeFileSync(path, encodeModel(model));
}
