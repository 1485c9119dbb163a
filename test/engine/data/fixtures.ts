import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import type { Pixels } from '../../../electron/engine/data/resample.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { AppError, type AppErrorCode } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';

export async function makeFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vernier-data-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function makeRequest(changes: Partial<DataRequest>): DataRequest {
  return {
    path: null,
    labelsPath: null,
    classesPath: null,
    targetName: null,
    textsPath: null,
    charactersPath: null,
    annotationsPath: null,
    task: null,
    head: null,
    preprocess: null,
    pooling: null,
    tokenizerPath: null,
    preprocessorPath: null,
    random: false,
    ...changes,
  };
}

export const imageInput: ValueInfo = { name: 'input', dataType: 'float32', dims: ['N', 3, 4, 4] };

/** The pattern that the expected numbers were made from: (37x + 59y + 83c + 7xyc) mod 256. */
export function makePixels(width: number, height: number, channels: 1 | 3 = 3): Pixels {
  const data = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) data[to++] = (x * 37 + y * 59 + c * 83 + x * y * c * 7) % 256;
    }
  }
  return { width, height, channels, data };
}

/** One flat colour: tells images apart in as few bytes as possible. */
export function makeFlat(size: number, red: number, green: number, blue: number): Pixels {
  return {
    width: size,
    height: size,
    channels: 3,
    data: new Uint8Array(size * size * 3).map((_, i) => [red, green, blue][i % 3]!),
  };
}

export async function encodePng(pixels: Pixels): Promise<Buffer> {
  const { width, height, channels, data } = pixels;
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}

export async function writeImage(path: string, pixels: Pixels): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await encodePng(pixels));
}

/** A zip archive as numpy.savez_compressed writes it; see APPNOTE.TXT 4.3. */
export function encodeZip(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}

/** A dataset held in memory whose samples are told apart by `contents`; equal contents are duplicates. */
export function makeDataset(contents: readonly string[], labels: readonly number[] | null = null): Dataset {
  return {
    path: null,
    kind: 'arrays',
    count: contents.length,
    labels: labels === null ? null : Int32Array.from(labels),
    notes: [],
    fixedBatchSize: null,
    readings: [],
    sha256: null,
    sampleSha256: (index) => Promise.resolve(contents[index]!),
    read: (index) =>
      Promise.resolve({ x: { dataType: 'float32', dims: [1, 2], data: Float32Array.of(index, -index) } }),
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}

/** Asserts an AppError with this code, whose message matches every pattern. */
export async function rejects(promise: Promise<unknown>, code: AppErrorCode, ...patterns: RegExp[]): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });
}
