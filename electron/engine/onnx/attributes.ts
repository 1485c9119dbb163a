import { create } from '@bufbuild/protobuf';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from './proto/onnx_pb.js';
import type { AttributeProto, NodeProto } from './proto/onnx_pb.js';

/** How messages name a node: its own name, else what it makes. */
export function describeNode(node: NodeProto): Told {
  const name = node.name !== '' ? node.name : node.output.find((output) => output !== '');
  const type = node.opType;
  return name === undefined ? tell('nodeNameless', { type }) : tell('nodeNamed', { type, name });
}

/** The attribute when the node has it; IR versions before 2 left the type out, so an unset type is taken on trust. */
function findAttribute(node: NodeProto, name: string, type: AttributeType): AttributeProto | undefined {
  const found = node.attribute.find((attribute) => attribute.name === name);
  if (found === undefined) return undefined;
  if (found.type !== AttributeType.UNDEFINED && found.type !== type) {
    throw new AppError(
      'model-malformed',
      tell('attributeOfWrongType', {
        name,
        node: describeNode(node),
        found: AttributeType[found.type],
        wanted: AttributeType[type],
      }),
    );
  }
  return found;
}

function toSafeNumber(value: bigint, name: string, node: NodeProto): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  // Exporters write INT64_MAX and INT64_MIN for "to the end"; saturating keeps their meaning as an index or a count.
  if (value === 0x7fff_ffff_ffff_ffffn) return Number.MAX_SAFE_INTEGER;
  if (value === -0x8000_0000_0000_0000n) return Number.MIN_SAFE_INTEGER;
  throw new AppError('model-malformed', tell('attributeTooLarge', { name, node: describeNode(node), value }));
}

/**
 * An INT attribute, or `fallback` when the node does not have it.
 * @throws AppError `model-malformed` when it is of another type or beyond 2^53.
 */
export function attributeInt<Fallback>(node: NodeProto, name: string, fallback: Fallback): number | Fallback {
  const found = findAttribute(node, name, AttributeType.INT);
  return found === undefined ? fallback : toSafeNumber(found.i, name, node);
}

/** An INTS attribute, or `fallback` (empty when not given). Errors as `attributeInt`. */
export function attributeInts(node: NodeProto, name: string, fallback: readonly number[] = []): readonly number[] {
  const found = findAttribute(node, name, AttributeType.INTS);
  return found === undefined ? fallback : found.ints.map((value) => toSafeNumber(value, name, node));
}

/** A FLOAT attribute (float32 precision), or `fallback`. Errors as `attributeInt`. */
export function attributeFloat<Fallback>(node: NodeProto, name: string, fallback: Fallback): number | Fallback {
  return findAttribute(node, name, AttributeType.FLOAT)?.f ?? fallback;
}

/** A FLOATS attribute (float32 precision), empty when not given. Errors as `attributeInt`. */
export function attributeFloats(node: NodeProto, name: string): readonly number[] {
  return findAttribute(node, name, AttributeType.FLOATS)?.floats ?? [];
}

/** A STRING attribute decoded as UTF-8, or `fallback`. Errors as `attributeInt`. */
export function attributeString<Fallback>(node: NodeProto, name: string, fallback: Fallback): string | Fallback {
  const found = findAttribute(node, name, AttributeType.STRING);
  return found === undefined ? fallback : new TextDecoder().decode(found.s);
}

export function intAttribute(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

export function intsAttribute(name: string, values: readonly number[]): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: values.map(BigInt) });
}

/** The value is stored as float32. */
export function floatAttribute(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: Math.fround(value) });
}

export function stringAttribute(name: string, value: string): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
}
