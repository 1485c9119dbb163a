import type { Pixels } from './resample.ts';

/*
 * Windows bitmaps, which libvips does not read: 1, 4, 8, 16, 24 and 32 bits a pixel, plain, with colour masks or run-length
 * encoded. Format: [MS-WMF] 2.2.2 and the BITMAPV5HEADER of the Windows API; levels as Pillow's BmpImagePlugin gives them.
 */

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** The first row of the file is the top one. */
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly compression: 'none' | 'rle8' | 'rle4' | 'masks';
  /** Where red, green and blue lie in a pixel of 16 or 32 bits. */
  readonly masks: readonly [number, number, number];
  readonly paletteOffset: number;
  readonly paletteEntryBytes: 3 | 4;
  readonly pixelOffset: number;
}

const compressions = ['none', 'rle8', 'rle4', 'masks', null, null, 'masks'] as const;
const oldHeaderBytes = 12;
const infoHeaderBytes = 40;

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * @param mostPixels what claims more is refused.
 * @throws Error with the reason.
 */
export function readBmpHeader(bytes: Uint8Array, mostPixels: number): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 26) throw new Error('the file was cut short within its header');
  const headerBytes = view.getUint32(14, true);
  const isOld = headerBytes === oldHeaderBytes;
  if (!isOld && (headerBytes < infoHeaderBytes || headerBytes > 1024)) {
    throw new Error(`its header of ${headerBytes} bytes is of an unknown kind`);
  }
  if (bytes.byteLength < 14 + headerBytes) throw new Error('the file was cut short within its header');
  const signedHeight = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = Math.abs(signedHeight);
  const bitsPerPixel = view.getUint16(isOld ? 24 : 28, true);
  const compression = compressions[isOld ? 0 : view.getUint32(30, true)] ?? null;
  if (width < 1 || height < 1) throw new Error(`its size of ${width}x${height} is impossible`);
  if (width * height > mostPixels) throw new Error(`its size of ${width}x${height} exceeds the limit of pixels`);
  const fits =
    compression === 'rle8'
      ? bitsPerPixel === 8
      : compression === 'rle4'
        ? bitsPerPixel === 4
        : [1, 4, 8, 16, 24, 32].includes(bitsPerPixel);
  if (compression === null || !fits) throw new Error(`its ${bitsPerPixel} bits a pixel are stored in an unknown way`);
  const hasMasks = compression === 'masks' && (bitsPerPixel === 16 || bitsPerPixel === 32);
  // Newer headers hold the masks; behind the one of 40 bytes they follow it.
  if (hasMasks && bytes.byteLength < 66) throw new Error('the file was cut short within its header');
  const mask = (index: number) => view.getUint32(54 + 4 * index, true);
  return {
    width,
    height,
    isTopDown: signedHeight < 0,
    bitsPerPixel,
    compression,
    masks: hasMasks
      ? [mask(0), mask(1), mask(2)]
      : bitsPerPixel === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff],
    paletteOffset: 14 + headerBytes + (hasMasks && headerBytes === infoHeaderBytes ? 12 : 0),
    paletteEntryBytes: isOld ? 3 : 4,
    pixelOffset: view.getUint32(10, true),
  };
}

/**
 * Decodes to 8-bit RGB; alpha is dropped.
 * @throws Error with the reason.
 */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): Pixels {
  const header = readBmpHeader(bytes, mostPixels);
  const { width, height, bitsPerPixel, compression } = header;
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const isRunLength = compression === 'rle8' || compression === 'rle4';
  // The last row may lack its padding.
  const neededBytes = isRunLength ? 0 : rowBytes * (height - 1) + Math.ceil((width * bitsPerPixel) / 8);
  if (header.pixelOffset + neededBytes > bytes.byteLength) throw new Error('the file was cut short');
  const data = new Uint8Array(width * height * 3);
  const rowOf = (row: number) => (header.isTopDown ? row : height - 1 - row) * width * 3;
  if (bitsPerPixel <= 8) {
    const indices = isRunLength ? expandRuns(bytes, header) : unpackIndices(bytes, header, rowBytes);
    const palette = readPalette(bytes, header);
    for (let row = 0; row < height; row++) {
      let to = rowOf(row);
      for (let column = 0; column < width; column++) {
        const entry = indices[row * width + column]! * 3;
        for (let channel = 0; channel < 3; channel++) data[to++] = palette[entry + channel]!;
      }
    }
  } else {
    const readPixel = bitsPerPixel === 24 ? null : createMaskReader(bytes, header);
    for (let row = 0; row < height; row++) {
      let to = rowOf(row);
      let from = header.pixelOffset + row * rowBytes;
      for (let column = 0; column < width; column++, to += 3, from += bitsPerPixel / 8) {
        if (readPixel !== null) readPixel(from, data, to);
        else for (let channel = 0; channel < 3; channel++) data[to + channel] = bytes[from + 2 - channel]!;
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** Red, green, blue of each index; black beyond the colours that the file has. */
function readPalette(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  const { paletteOffset, paletteEntryBytes, pixelOffset, bitsPerPixel } = header;
  const room = Math.floor((Math.min(pixelOffset, bytes.byteLength) - paletteOffset) / paletteEntryBytes);
  for (let index = 0; index < Math.min(1 << bitsPerPixel, room); index++) {
    const from = paletteOffset + index * paletteEntryBytes;
    for (let channel = 0; channel < 3; channel++) palette[index * 3 + channel] = bytes[from + 2 - channel]!;
  }
  return palette;
}

function unpackIndices(
  bytes: Uint8Array,
  { width, height, bitsPerPixel, pixelOffset }: BmpHeader,
  rowBytes: number,
): Uint8Array {
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bitsPerPixel;
  const mask = (1 << bitsPerPixel) - 1;
  for (let row = 0; row < height; row++) {
    const from = pixelOffset + row * rowBytes;
    for (let column = 0; column < width; column++) {
      const shift = 8 - bitsPerPixel * ((column % perByte) + 1);
      indices[row * width + column] = (bytes[from + Math.floor(column / perByte)]! >> shift) & mask;
    }
  }
  return indices;
}

/** Run-length encoding: count and value, or 0 and an escape: end of line, end of picture, a jump, values as they are. */
function expandRuns(bytes: Uint8Array, { width, height, compression, pixelOffset }: BmpHeader): Uint8Array {
  const indices = new Uint8Array(width * height);
  const isNibbles = compression === 'rle4';
  const pick = (value: number, position: number) =>
    isNibbles ? (position % 2 === 0 ? value >> 4 : value & 15) : value;
  let column = 0;
  let row = 0;
  let from = pixelOffset;
  const put = (index: number) => {
    if (column < width && row < height) indices[row * width + column] = index;
    column++;
  };
  while (from + 1 < bytes.byteLength && row < height) {
    const count = bytes[from]!;
    const value = bytes[from + 1]!;
    from += 2;
    if (count > 0) {
      for (let position = 0; position < count; position++) put(pick(value, position));
    } else if (value === 0) {
      column = 0;
      row++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      column += bytes[from] ?? 0;
      row += bytes[from + 1] ?? 0;
      from += 2;
    } else {
      for (let position = 0; position < value; position++) {
        put(pick(bytes[from + (isNibbles ? position >> 1 : position)] ?? 0, position));
      }
      const length = isNibbles ? Math.ceil(value / 2) : value;
      from += length + (length % 2);
    }
  }
  return indices;
}

/** Reads one pixel of 16 or 32 bits: each channel's bits, stretched to 0…255. */
function createMaskReader(
  bytes: Uint8Array,
  { bitsPerPixel, masks }: BmpHeader,
): (from: number, data: Uint8Array, to: number) => void {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask >>> shift };
  });
  return (from, data, to) => {
    let pixel = bytes[from]! | (bytes[from + 1]! << 8);
    if (bitsPerPixel === 32) pixel |= (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
    for (const [channel, { mask, shift, most }] of channels.entries()) {
      const level = (pixel & mask) >>> shift;
      data[to + channel] = most === 0 ? 0 : most === 255 ? level : Math.floor((level * 255) / most);
    }
  };
}
