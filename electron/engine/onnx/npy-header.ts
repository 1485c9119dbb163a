import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { dataTypes, elementCount, type DataType } from '../tensor/tensor.ts';

export interface NpyHeader {
  readonly dataType: DataType;
  readonly isBigEndian: boolean;
  /** Column-major: the first index varies fastest. */
  readonly isFortranOrder: boolean;
  readonly dims: readonly number[];
  /** Where the data begins. */
  readonly offsetBytes: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself refuses headers above 10 000 characters unless told to trust the file. */
const longestHeaderBytes = 65_536;
/** Enough for the magic, the lengths and the longest header. */
export const npyHeadBytes = 12 + longestHeaderBytes;
/** NumPy itself makes no array of more dimensions (NPY_MAXDIMS). */
const mostDims = 64;
const dataTypesByDescription: Readonly<Partial<Record<string, DataType>>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

/** An array of a kind that Vernier has no use for, such as text: not a fault of the file. */
export class UnsupportedArrayError extends AppError {
  constructor(said: Told) {
    super('data-malformed', said);
  }
}

function malformed(where: Told, what: Told): AppError {
  return new AppError('data-malformed', tell('npyMalformed', { array: where, what }));
}

interface HeaderFields {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: string;
}

/** Parses the header's Python dictionary: exactly the three keys that the format has, in any order. */
function parseDictionary(text: string, where: Told): HeaderFields {
  const open = /^\s*\{\s*/.exec(text);
  if (open === null) throw malformed(where, tell('npyHeaderNoDictionary'));
  const entry = /\s*(['"])(\w+)\1\s*:\s*(?:'([^']*)'|"([^"]*)"|(True|False)|\(([\d,\sL]*)\)|(\[))\s*(?:,|(?=\}))\s*/y;
  const fields: { descr?: string; fortran_order?: boolean; shape?: string } = {};
  entry.lastIndex = open[0].length;
  let end = entry.lastIndex;
  for (let match = entry.exec(text); match !== null; match = entry.exec(text)) {
    const [, , key, single, double, flag, tuple] = match;
    const quoted = single ?? double;
    if (key === 'descr' && quoted !== undefined && fields.descr === undefined) fields.descr = quoted;
    else if (key === 'fortran_order' && flag !== undefined && fields.fortran_order === undefined) {
      fields.fortran_order = flag === 'True';
    } else if (key === 'shape' && tuple !== undefined && fields.shape === undefined) fields.shape = tuple;
    else throw malformed(where, tell('npyHeaderUnexpected', { text: key ?? '' }));
    end = entry.lastIndex;
  }
  if (/^(['"])descr\1\s*:\s*\[/.test(text.slice(end))) {
    throw new UnsupportedArrayError(tell('arrayOfRecords', { array: where }));
  }
  if (!/^\}\s*$/.test(text.slice(end))) throw malformed(where, tell('npyHeaderUnreadable'));
  if (fields.descr === undefined || fields.fortran_order === undefined || fields.shape === undefined) {
    throw malformed(where, tell('npyHeaderIncomplete'));
  }
  return { descr: fields.descr, fortranOrder: fields.fortran_order, shape: fields.shape };
}

function parseShape(text: string, where: Told): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  // "(3)" is a number in Python, not a tuple of one.
  else if (parts.length === 1) throw malformed(where, tell('npyShapeNoTuple'));
  if (parts.length > mostDims) {
    throw malformed(where, tell('npyTooManyDimensions', { count: parts.length, most: mostDims }));
  }
  return parts.map((part) => {
    const value = /^\d{1,16}L?$/.test(part) ? Number(part.replace('L', '')) : NaN;
    if (!Number.isSafeInteger(value))
      throw malformed(where, tell('npyImpossibleDimension', { dimension: part.slice(0, 40) }));
    return value;
  });
}

function parseDescription(descr: string, where: Told): { dataType: DataType; isBigEndian: boolean } {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr);
  const dataType = match === null ? undefined : lookUp(dataTypesByDescription, descr.slice(match[1]!.length));
  if (dataType !== undefined) return { dataType, isBigEndian: match![1] === '>' };
  const kind = match?.[2] ?? '';
  if (kind === 'U' || kind === 'S' || kind === 'a')
    throw new UnsupportedArrayError(tell('arrayOfText', { array: where }));
  if (kind === 'O') throw new UnsupportedArrayError(tell('arrayOfObjects', { array: where }));
  const type = JSON.stringify(descr.slice(0, 40));
  throw new UnsupportedArrayError(tell('arrayOfType', { array: where, type }));
}

/**
 * Parses the head of an .npy file.
 * @param head at least the whole header; `npyHeadBytes` are always enough.
 * @param where the array's place for messages, such as `"x" in "data.npz"`.
 * @throws AppError `data-malformed`; an `UnsupportedArrayError` when the array is sound but not of numbers.
 */
export function parseNpyHeader(head: Uint8Array, where: Told): NpyHeader {
  if (head.byteLength < 10 || magic.some((byte, index) => head[index] !== byte)) {
    throw malformed(where, tell('npyNoArray'));
  }
  const version = head[6]!;
  if (version < 1 || version > 3 || head[7] !== 0) {
    throw malformed(where, tell('npyVersionUnknown', { version: `${version}.${head[7]!}` }));
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const prefixBytes = version === 1 ? 10 : 12;
  if (head.byteLength < prefixBytes) throw malformed(where, tell('npyCutShort'));
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > longestHeaderBytes) throw malformed(where, tell('npyHeaderTooLarge', { size: headerBytes }));
  const offsetBytes = prefixBytes + headerBytes;
  if (head.byteLength < offsetBytes) throw malformed(where, tell('npyHeaderCutShort'));
  const text = Buffer.from(head.buffer, head.byteOffset + prefixBytes, headerBytes).toString(
    version === 3 ? 'utf8' : 'latin1',
  );
  const fields = parseDictionary(text, where);
  const dims = parseShape(fields.shape, where);
  const { dataType, isBigEndian } = parseDescription(fields.descr, where);
  // Zeros hide the others from a product, so the bound is on the product without them.
  if (elementCount(dims.filter((dim) => dim > 0)) * 8 > Number.MAX_SAFE_INTEGER) {
    throw malformed(where, tell('npyShapeTooLarge', { shape: formatShape(dims) }));
  }
  return { dataType, isBigEndian, isFortranOrder: fields.fortranOrder && dims.length > 1, dims, offsetBytes };
}

/** As many dimensions as a person reads; a header may claim many more. */
function formatShape(dims: readonly number[]): string {
  return dims.length <= 8 ? dims.join(', ') : `${dims.slice(0, 8).join(', ')}, … (${dims.length})`;
}

/** Bytes that an array's whole file must have. */
function npyFileBytes(header: NpyHeader): number {
  return header.offsetBytes + elementCount(header.dims) * dataTypes[header.dataType].bytesPerElement;
}

/** @throws AppError `data-malformed` when the bytes there are not the bytes the header calls for. */
export function checkNpySize(header: NpyHeader, sizeBytes: number, where: Told): void {
  const expected = npyFileBytes(header);
  if (sizeBytes < expected) {
    throw malformed(
      where,
      tell('npyBytesMissing', { shape: formatShape(header.dims), count: sizeBytes, wanted: expected }),
    );
  }
  if (sizeBytes > expected) throw malformed(where, tell('npyBytesLeftOver', { count: sizeBytes - expected }));
}
