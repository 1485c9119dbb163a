import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { isUtf8 } from 'node:buffer';
import { getHeapStatistics } from 'node:v8';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { TensorProtoSchema } from './proto/onnx_pb.js';
import { isViewableField, rawDataField, smallestViewBytes, type TypedView } from './typed-views.ts';

/*
 * Why a pass over the bytes before decoding them: the protobuf runtime trusts nested lengths not to overrun their
 * parents, does not compare wire types with the schema, replaces invalid UTF-8 (which would not survive a round trip),
 * and turns two bytes of file into hundreds of bytes of objects. This pass allocates nothing, so a hostile file costs
 * its own length in time and is refused before it costs memory.
 */

// Plain numbers, since a tag may hold anything.
const varint: number = WireType.Varint;
const bit64: number = WireType.Bit64;
const bit32: number = WireType.Bit32;
const lengthDelimited: number = WireType.LengthDelimited;
const startGroup: number = WireType.StartGroup;
const endGroup: number = WireType.EndGroup;

/** Deeper than any ONNX model of 64 nested subgraphs (graph, node, attribute: three messages a level). */
export const deepestMessage = 256;

/** ModelProto.graph.initializer: no other tensor is this close to the top. */
const initializerDepth = 3;

/**
 * What decoding makes of the wire on V8's heap, measured with Node 24 and rounded up: a message with its empty lists
 * (268 to 420 bytes), a view on bytes, an array element of each kind with the slack of a growing array.
 */
const messageCostBytes = 450;
const viewCostBytes = 130;
const floatCostBytes = 30;
const integerCostBytes = 14;
const bigintCostBytes = 40;
const stringCostBytes = 40;
const unknownFieldCostBytes = 180;
/** Longest array that V8 can grow by pushing, with room to spare. */
const mostNumbersPerMessage = 64_000_000;
const mostDecodedBytes = 1_500_000_000;

type FieldPlan =
  | { readonly kind: 'message'; readonly message: DescMessage }
  | { readonly kind: 'string' | 'bytes' }
  | { readonly kind: 'number'; readonly wireType: number; readonly repeated: boolean; readonly costBytes: number };

const plans = new WeakMap<DescMessage, ReadonlyMap<number, FieldPlan>>();

function planField(field: DescField): FieldPlan {
  if (field.message !== undefined && field.fieldKind !== 'map') return { kind: 'message', message: field.message };
  if (field.fieldKind === 'map' || field.scalar === undefined) {
    return {
      kind: 'number',
      wireType: varint,
      repeated: field.fieldKind === 'list',
      costBytes: integerCostBytes,
    };
  }
  const repeated = field.fieldKind === 'list';
  switch (field.scalar) {
    case ScalarType.STRING:
      return { kind: 'string' };
    case ScalarType.BYTES:
      return { kind: 'bytes' };
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return { kind: 'number', wireType: bit64, repeated, costBytes: floatCostBytes };
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return { kind: 'number', wireType: bit32, repeated, costBytes: floatCostBytes };
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
      return { kind: 'number', wireType: varint, repeated, costBytes: bigintCostBytes };
    default:
      return { kind: 'number', wireType: varint, repeated, costBytes: integerCostBytes };
  }
}

function planOf(message: DescMessage): ReadonlyMap<number, FieldPlan> {
  let plan = plans.get(message);
  if (plan === undefined) {
    plan = new Map(message.fields.map((field) => [field.number, planField(field)]));
    plans.set(message, plan);
  }
  return plan;
}

class WireCheck {
  private readonly bytes: Uint8Array;
  private position = 0;
  private costBytes = 0;
  private readonly limitBytes: number;
  private initializers = 0;
  readonly views: TypedView[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    // Decoded models live on V8's heap, whose limit depends on the machine; leave it room for the work itself.
    this.limitBytes = Math.min(mostDecodedBytes, 0.6 * getHeapStatistics().heap_size_limit);
  }

  fail(what: Told): never {
    throw new AppError('model-malformed', tell('wireMalformed', { what, position: this.position }));
  }

  spend(bytes: number): void {
    this.costBytes += bytes;
    if (this.costBytes <= this.limitBytes) return;
    throw new AppError('model-unsupported', tell('decodingTooLarge', { size: Math.round(this.limitBytes / 1e6) }));
  }

  /** Reads a varint as far as 32 bits matter; longer ones are only measured. */
  varint(end: number): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      if (this.position >= end) this.fail(tell('wireEndsInNumber'));
      const byte = this.bytes[this.position++]!;
      // Beyond 2^53 the value is only ever compared with the file's size, so lost low bits do not matter.
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return this.fail(tell('wireNumberTooLong'));
  }

  length(end: number): number {
    const length = this.varint(end);
    if (length > end - this.position) this.fail(tell('wireFieldTooLarge', { size: length }));
    return length;
  }

  skip(fieldNumber: number, wireType: number, end: number, depth: number): void {
    switch (wireType) {
      case varint:
        this.varint(end);
        return;
      case bit64:
      case bit32:
        this.position += wireType === bit64 ? 8 : 4;
        if (this.position > end) this.fail(tell('wireEndsInNumber'));
        return;
      case lengthDelimited: {
        // Not `position += length()`, which would take the position before the length was read.
        const length = this.length(end);
        this.position += length;
        return;
      }
      case startGroup: {
        if (depth >= deepestMessage) this.fail(tell('wireTooDeep'));
        for (;;) {
          const [innerNumber, innerType] = this.tag(end);
          if (innerType === endGroup) {
            if (innerNumber !== fieldNumber) this.fail(tell('wireGroupUnbegun'));
            return;
          }
          this.skip(innerNumber, innerType, end, depth + 1);
        }
      }
      default:
        this.fail(tell('wireGroupUnbegun'));
    }
  }

  tag(end: number): [number, number] {
    const start = this.position;
    const tag = this.varint(end);
    if (tag > 0xffff_ffff || this.position - start > 5 || tag < 8 || tag % 8 > 5) {
      this.position = start;
      this.fail(tell('wireImpossibleField'));
    }
    return [Math.floor(tag / 8), tag % 8];
  }

  packed(wireType: number, length: number): number {
    const end = this.position + length;
    if (wireType !== varint) {
      const size = wireType === bit64 ? 8 : 4;
      if (length % size !== 0) this.fail(tell('wirePackedEndsInNumber'));
      this.position = end;
      return length / size;
    }
    let count = 0;
    let run = 0;
    while (this.position < end) {
      if (this.bytes[this.position++]! < 0x80) {
        count++;
        run = 0;
      } else if (++run > 9) this.fail(tell('wireNumberTooLong'));
    }
    if (run > 0) this.fail(tell('wirePackedEndsInNumber'));
    return count;
  }

  message(schema: DescMessage, end: number, depth: number): void {
    if (depth > deepestMessage) this.fail(tell('wireTooDeep'));
    this.spend(messageCostBytes);
    const plan = planOf(schema);
    const isInitializer = depth === initializerDepth && schema.typeName === TensorProtoSchema.typeName;
    const initializerIndex = isInitializer ? this.initializers++ : -1;
    let view: TypedView | null = null;
    let deferredCostBytes = 0;
    let deferredNumbers = 0;
    let dataFields = 0;
    let numbers = 0;
    while (this.position < end) {
      const tagPosition = this.position;
      const [fieldNumber, wireType] = this.tag(end);
      const field = plan.get(fieldNumber);
      if (field === undefined) {
        this.spend(unknownFieldCostBytes);
        this.skip(fieldNumber, wireType, end, depth);
        continue;
      }
      const isTagOneByte = this.position === tagPosition + 1;
      if (isInitializer && (isViewableField(fieldNumber) || fieldNumber === rawDataField)) dataFields++;
      if (field.kind === 'number') {
        if (field.repeated && wireType === lengthDelimited) {
          const length = this.length(end);
          const count = this.packed(field.wireType, length);
          if (isInitializer && isViewableField(fieldNumber) && isTagOneByte && length >= smallestViewBytes) {
            view = { initializerIndex, tagPosition, fieldNumber };
            deferredCostBytes += count * field.costBytes;
            deferredNumbers += count;
            continue;
          }
          this.spend(count * field.costBytes);
          numbers += count;
        } else {
          if (wireType !== field.wireType) this.wrongType(schema, fieldNumber);
          this.skip(fieldNumber, wireType, end, depth);
          this.spend(field.costBytes);
          numbers += 1;
        }
        if (numbers > mostNumbersPerMessage) {
          this.spend(Infinity);
        }
        continue;
      }
      if (wireType !== lengthDelimited) this.wrongType(schema, fieldNumber);
      const length = this.length(end);
      const fieldEnd = this.position + length;
      if (field.kind === 'message') {
        this.message(field.message, fieldEnd, depth + 1);
      } else if (field.kind === 'bytes') {
        this.spend(viewCostBytes);
        this.position = fieldEnd;
      } else {
        this.spend(2 * length + stringCostBytes);
        if (!isUtf8(this.bytes.subarray(this.position, fieldEnd))) {
          this.fail(tell('wireTextNotUtf8', { field: `${schema.name}.${fieldNumber}` }));
        }
        this.position = fieldEnd;
      }
    }
    // Protobuf may split a list over several fields, of which raw_data would keep only the last.
    if (view !== null && dataFields === 1) this.views.push(view);
    else if (deferredNumbers > mostNumbersPerMessage) this.spend(Infinity);
    else this.spend(deferredCostBytes);
  }

  private wrongType(schema: DescMessage, fieldNumber: number): never {
    return this.fail(tell('wireWrongType', { number: fieldNumber, type: schema.name }));
  }
}

/**
 * Proves that bytes are a well-formed message of a schema whose decoding fits in memory. Fields the schema does not know
 * are allowed. Takes time proportional to the bytes, and next to no memory.
 * @returns for a ModelProto, the initializers to decode as views (typed-views.ts); they do not count as decoded.
 * @throws AppError `model-malformed`; `model-unsupported` when well-formed but too large to decode.
 */
export function checkWire(schema: DescMessage, bytes: Uint8Array): TypedView[] {
  const check = new WireCheck(bytes);
  check.message(schema, bytes.byteLength, 1);
  return check.views;
}
