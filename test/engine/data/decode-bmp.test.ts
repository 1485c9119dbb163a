import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBmp } from '../../../electron/engine/data/decode-bmp.ts';
import { decodeImage, readImageHeader } from '../../../electron/engine/data/decode-image.ts';
import { rejects } from './fixtures.ts';

const most = 1e6;

interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** Behind the header: masks, colours. */
  readonly extra?: readonly number[];
  readonly pixels: readonly number[];
}

function encodeBmp({ width, height, bits, compression = 0, extra = [], pixels }: Bitmap): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54 + extra.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  return Buffer.concat([header, Buffer.from(extra), Buffer.from(pixels)]);
}

const decode = (bitmap: Bitmap) => [...decodeBmp(encodeBmp(bitmap), most).data];

test('24 bits: blue first, rows from the bottom and padded to four bytes; from the top where the height is negative', () => {
  const rows = [1, 2, 3, 0, 4, 5, 6, 0];
  assert.deepEqual(decode({ width: 1, height: 2, bits: 24, pixels: rows }), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(decode({ width: 1, height: -2, bits: 24, pixels: rows }), [3, 2, 1, 6, 5, 4]);
});

test('1, 4 and 8 bits are looked up in the colours', () => {
  const colours = [0, 0, 0, 0, 30, 20, 10, 0, 60, 50, 40, 0];
  const expected = [10, 20, 30, 0, 0, 0, 10, 20, 30];
  assert.deepEqual(
    decode({ width: 3, height: 1, bits: 1, extra: colours.slice(0, 8), pixels: [0b1010_0000, 0, 0, 0] }),
    expected,
  );
  assert.deepEqual(decode({ width: 3, height: 1, bits: 4, extra: colours, pixels: [0x10, 0x10, 0, 0] }), expected);
  assert.deepEqual(decode({ width: 3, height: 1, bits: 8, extra: colours, pixels: [1, 0, 1, 0] }), expected);
});

test('16 and 32 bits by their masks, alpha dropped', () => {
  // 5 bits each without masks: 31 is full, 16 is floor(16 * 255 / 31).
  assert.deepEqual(decode({ width: 1, height: 1, bits: 16, pixels: [0x10, 0x7c, 0, 0] }), [255, 0, 131]);
  const masks565 = [0, 0xf8, 0, 0, 0xe0, 7, 0, 0, 0x1f, 0, 0, 0];
  assert.deepEqual(
    decode({ width: 1, height: 1, bits: 16, compression: 3, extra: masks565, pixels: [0xe0, 7, 0, 0] }),
    [0, 255, 0],
  );
  assert.deepEqual(decode({ width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 128] }), [3, 2, 1]);
  const redLast = [0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff, 0];
  assert.deepEqual(
    decode({ width: 1, height: 1, bits: 32, compression: 3, extra: redLast, pixels: [1, 2, 3, 9] }),
    [1, 2, 3],
  );
});

test('run lengths: runs, values as they are, ends of lines, jumps', () => {
  const grey = Array.from({ length: 256 }, (_, level) => [level, level, level, 0]).flat();
  const firstOf = (data: number[]) => data.filter((_, index) => index % 3 === 0);
  const pixels = [2, 7, 1, 9, 0, 0, 0, 3, 4, 5, 6, 0, 0, 1];
  assert.deepEqual(
    firstOf(decode({ width: 3, height: 2, bits: 8, compression: 1, extra: grey, pixels })),
    [4, 5, 6, 7, 7, 9],
  );
  const jump = [0, 2, 1, 1, 2, 8, 0, 1];
  assert.deepEqual(
    firstOf(decode({ width: 3, height: 2, bits: 8, compression: 1, extra: grey, pixels: jump })),
    [0, 8, 8, 0, 0, 0],
  );
  const nibbles = [3, 0x12, 0, 1];
  const few = grey.slice(0, 64);
  assert.deepEqual(
    firstOf(decode({ width: 3, height: 1, bits: 4, compression: 2, extra: few, pixels: nibbles })),
    [1, 2, 1],
  );
});

test('a damaged bitmap is refused before memory is taken for its pixels', async () => {
  const whole = { width: 2, height: 2, bits: 24, pixels: Array<number>(16).fill(0) };
  const refused: [bytes: Buffer, reason: RegExp][] = [
    [encodeBmp(whole).subarray(0, 60), /cut short/],
    [encodeBmp(whole).subarray(0, 20), /cut short within its header/],
    [encodeBmp({ ...whole, width: 60_000, height: 60_000 }), /limit of pixels/],
    [encodeBmp({ ...whole, width: -5 }), /impossible/],
    [encodeBmp({ ...whole, bits: 7 }), /unknown way/],
    [encodeBmp({ ...whole, compression: 4 }), /unknown way/],
    [encodeBmp({ ...whole, compression: 1 }), /unknown way/],
  ];
  for (const [bytes, reason] of refused)
    await rejects(decodeImage(bytes, 'scan.bmp'), 'data-malformed', reason, /scan\.bmp/);
  const header = await readImageHeader(encodeBmp({ ...whole, height: -2 }), 'scan.bmp');
  assert.deepEqual([header.width, header.height], [2, 2]);
});

test('any cut or change of a bitmap gives pixels or one error', () => {
  const bytes = encodeBmp({
    width: 5,
    height: 3,
    bits: 8,
    compression: 1,
    extra: Array<number>(1024).fill(7),
    pixels: [5, 1, 0, 0, 0, 2, 9, 9, 0, 1],
  });
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
  let readCount = 0;
  for (let round = 0; round < 3000; round++) {
    const length = round % 3 === 0 ? 14 + random(bytes.length - 13) : bytes.length;
    const changed = Buffer.from(bytes.subarray(0, length));
    changed[random(Math.min(changed.length, 60))] = random(256);
    try {
      const { width, height, data } = decodeBmp(changed, most);
      assert.equal(data.length, width * height * 3);
      readCount++;
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof RangeError), String(error));
    }
  }
  assert.ok(readCount > 100 && readCount < 3000, `${readCount} of 3000 were read`);
});
