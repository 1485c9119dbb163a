import { inflateSync } from 'node:zlib';
import { AppError } from '../../../../shared/app-error.ts';
import { tell, type Told } from '../../../../shared/engine-texts/tell.ts';
import type { Size } from '../resize-rule.ts';

/*
 * PNG files whose pixels are numbers: grey, or places in a palette. Image libraries turn both into colours, which are no classes.
 * Specification: PNG (Third Edition), W3C 2025.
 */

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const [grey, palette] = [0, 3];

export interface IndexImage extends Size {
  /** Row by row. */
  readonly data: Uint8Array | Uint16Array;
}

function fail(path: string, what: Told): never {
  throw new AppError('labels-malformed', tell('maskUnusable', { path, what }));
}

interface Header extends Size {
  readonly bitDepth: number;
}

/** @param expected the size of its image: a mask of another one is refused before memory is taken for it. */
function readHeader(file: Buffer, path: string, expected: Size): Header {
  if (!file.subarray(0, 8).equals(signature) || file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR')
    return fail(path, tell('maskNotPng'));
  const [width, height, bitDepth, colourType, interlace] = [
    file.readUInt32BE(16),
    file.readUInt32BE(20),
    file[24]!,
    file[25]!,
    file[28]!,
  ];
  if (colourType !== grey && colourType !== palette) return fail(path, tell('maskOfColours'));
  if (interlace !== 0 || ![1, 2, 4, 8, 16].includes(bitDepth)) return fail(path, tell('maskOfOtherKind'));
  if (width !== expected.width || height !== expected.height) {
    return fail(
      path,
      tell('maskSizeWrong', {
        size: `${width}x${height}`,
        own: `${expected.width}x${expected.height}`,
      }),
    );
  }
  return { width, height, bitDepth };
}

/** The compressed pixels: all IDAT chunks, one after another. */
function collectPixels(file: Buffer, path: string): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > file.length) return fail(path, tell('maskCutShort'));
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') break;
    at += 12 + length;
  }
  return Buffer.concat(parts);
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** What each filter of section 9 adds, of the byte to the left, the one above, and the one above that to the left. */
const predictions: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** Takes back the filter of a row; its bytes become those that were stored. */
function unfilter(row: Uint8Array, above: Uint8Array, filter: number, step: number): void {
  const predict = predictions[filter] ?? predictions[0]!;
  for (let at = 0; at < row.length; at++) {
    const isFirst = at < step;
    row[at] = row[at]! + predict(isFirst ? 0 : row[at - step]!, above[at]!, isFirst ? 0 : above[at - step]!);
  }
}

/**
 * The numbers of a grey or palette image's pixels, as they are stored.
 * @throws AppError `labels-malformed` with what is wrong.
 */
export function decodeIndexPng(bytes: Uint8Array, path: string, expected: Size): IndexImage {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { width, height, bitDepth } = readHeader(file, path, expected);
  const rowBytes = Math.ceil((width * bitDepth) / 8);
  const size = (rowBytes + 1) * height;
  const compressed = collectPixels(file, path);
  let raw: Buffer;
  try {
    raw = inflateSync(compressed, { maxOutputLength: size });
  } catch {
    return fail(path, tell('maskDamaged'));
  }
  if (raw.length !== size) return fail(path, tell('maskDamaged'));
  const data = bitDepth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  const step = Math.max(1, bitDepth / 8);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1);
    const row = raw.subarray(start + 1, start + 1 + rowBytes);
    if (raw[start]! !== 0) unfilter(row, above, raw[start]!, step);
    for (let x = 0; x < width; x++) data[y * width + x] = sampleAt(row, x, bitDepth);
    above = row;
  }
  return { width, height, data };
}

function sampleAt(row: Uint8Array, x: number, bitDepth: number): number {
  if (bitDepth === 8) return row[x]!;
  if (bitDepth === 16) return (row[2 * x]! << 8) | row[2 * x + 1]!;
  const perByte = 8 / bitDepth;
  const shift = 8 - bitDepth * ((x % perByte) + 1);
  return (row[Math.floor(x / perByte)]! >> shift) & ((1 << bitDepth) - 1);
}
