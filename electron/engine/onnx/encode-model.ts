import { create, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { isExternal } from './external-data.ts';
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from './proto/onnx_pb.js';
import type { GraphProto, ModelProto, TensorProto } from './proto/onnx_pb.js';
import { tensorByteLength } from './tensor-proto.ts';
import { dataFieldOf, rawDataField } from './typed-views.ts';

/** Protobuf messages end here: lengths are signed 32-bit integers in every official implementation. */
export const protobufLimitBytes = 2 ** 31 - 1;

/**
 * A piece of an encoded model: bytes, or a tensor whose external data belongs in its place. Raw data is a view of the
 * model's own memory, so that encoding costs no second copy of the weights.
 */
export type EncodedChunk = Uint8Array | { readonly external: TensorProto; readonly sizeBytes: number };

/** Weights below this are copied along with what is around them. */
const viewThresholdBytes = 1024;

const graphField = ModelProtoSchema.field.graph.number;
const initializerField = GraphProtoSchema.field.initializer.number;
const externalFields: readonly number[] = [
  TensorProtoSchema.field.externalData.number,
  TensorProtoSchema.field.dataLocation.number,
];

function chunkBytes(chunk: EncodedChunk): number {
  return chunk instanceof Uint8Array ? chunk.byteLength : chunk.sizeBytes;
}

export function encodedBytes(chunks: readonly EncodedChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunkBytes(chunk), 0);
}

/** Tag and length of a length-delimited field (protobuf encoding, wire type 2). */
function lengthPrefix(fieldNumber: number, lengthBytes: number): Uint8Array {
  const bytes = [(fieldNumber << 3) | 2];
  let rest = lengthBytes;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/**
 * The fields of a message whose numbers `accepts`, encoded by the protobuf runtime. Since it writes fields in the order
 * of their numbers and unknown ones last, the parts of a message put together are the whole message.
 */
function encodePart<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
  accepts: (fieldNumber: number) => boolean,
  withUnknownFields: boolean,
): Uint8Array {
  const part = create(schema);
  const target = part as Record<string, unknown>;
  for (const field of schema.fields) {
    // Explicit presence: an unset field's default is on the prototype, and must stay unset.
    if (accepts(field.number) && Object.hasOwn(message, field.localName)) {
      target[field.localName] = (message as Record<string, unknown>)[field.localName];
    }
  }
  if (withUnknownFields && message.$unknown !== undefined) part.$unknown = message.$unknown;
  return toBinary(schema, part);
}

function encodeTensor(tensor: TensorProto, inlineExternal: boolean): EncodedChunk[] {
  const inlined = inlineExternal && isExternal(tensor);
  if (!inlined && tensor.rawData.byteLength < viewThresholdBytes) return [toBinary(TensorProtoSchema, tensor)];
  const sizeBytes = inlined ? tensorByteLength(tensor) : tensor.rawData.byteLength;
  const dataField = inlined ? rawDataField : dataFieldOf(tensor);
  const isOther = (number: number): boolean => number !== rawDataField && !(inlined && externalFields.includes(number));
  return [
    encodePart(TensorProtoSchema, tensor, (number) => number < dataField && isOther(number), false),
    lengthPrefix(dataField, sizeBytes),
    inlined ? { external: tensor, sizeBytes } : tensor.rawData,
    encodePart(TensorProtoSchema, tensor, (number) => number > dataField && isOther(number), true),
  ];
}

function encodeGraph(graph: GraphProto, inlineExternal: boolean): EncodedChunk[] {
  const chunks: EncodedChunk[] = [encodePart(GraphProtoSchema, graph, (number) => number < initializerField, false)];
  for (const tensor of graph.initializer) {
    const encoded = encodeTensor(tensor, inlineExternal);
    chunks.push(lengthPrefix(initializerField, encodedBytes(encoded)), ...encoded);
  }
  chunks.push(encodePart(GraphProtoSchema, graph, (number) => number > initializerField, true));
  return chunks;
}

/**
 * A model as pieces which, written one after another, are its .onnx file: fields in the order of their numbers, unknown
 * fields kept.
 * @param inlineExternal puts the data of the main graph's external initializers into the file.
 */
export function encodeChunks(proto: ModelProto, inlineExternal: boolean): EncodedChunk[] {
  try {
    if (proto.graph === undefined) return [toBinary(ModelProtoSchema, proto)];
    const graph = encodeGraph(proto.graph, inlineExternal);
    return [
      encodePart(ModelProtoSchema, proto, (number) => number < graphField, false),
      lengthPrefix(graphField, encodedBytes(graph)),
      ...graph,
      encodePart(ModelProtoSchema, proto, (number) => number > graphField, true),
    ];
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('internal', tell('modelNotEncoded', { reason }), { cause: error });
  }
}

/** Pieces as one array. They must not hold external data. */
function joinChunks(chunks: readonly EncodedChunk[]): Uint8Array {
  const bytes = allocate(encodedBytes(chunks), tell('memoryOfModel'));
  let offset = 0;
  for (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new AppError('internal', tell('externalNotJoined'));
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * A model as the bytes of an .onnx file. External tensors stay external.
 * @throws AppError `model-unsupported` above 2 GiB.
 */
export function encodeModel(proto: ModelProto): Uint8Array {
  const chunks = encodeChunks(proto, false);
  checkProtobufLimit(encodedBytes(chunks));
  return joinChunks(chunks);
}

/** @throws AppError `model-unsupported` above 2 GiB. */
export function checkProtobufLimit(sizeBytes: number): void {
  if (sizeBytes <= protobufLimitBytes) return;
  throw new AppError('model-unsupported', tell('modelTooLargeForOneFile', { size: (sizeBytes / 1e9).toFixed(1) }));
}
