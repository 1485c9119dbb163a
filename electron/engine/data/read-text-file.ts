import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { readRegularFile } from '../files/regular-file.ts';

/** What a file's first bytes say it is, where that is not text that can be read. */
const otherContents: readonly (readonly [start: readonly number[], what: Told])[] = [
  [[0xff, 0xfe, 0, 0], tell('encodedUtf32')],
  [[0, 0, 0xfe, 0xff], tell('encodedUtf32')],
  [[0x2b, 0x2f, 0x76], tell('encodedUtf7')],
  [[0x50, 0x4b, 3, 4], tell('encodedZip')],
  [[0xd0, 0xcf, 0x11, 0xe0], tell('encodedOldExcel')],
  [[0x1f, 0x8b], tell('encodedGzip')],
  [[0x50, 0x41, 0x52, 0x31], tell('encodedParquet')],
];

const startsWith = (bytes: Uint8Array, start: readonly number[]) => start.every((byte, index) => bytes[index] === byte);

/**
 * Reads a text that lies beside the data: UTF-8, or UTF-16 with a byte order mark as PowerShell and Excel write it.
 * @param largestBytes what is larger is refused before it is read.
 * @throws AppError `file-not-found`, `file-unreadable`, `data-malformed` for another encoding, or when it is too large.
 */
export async function readTextFile(path: string, largestBytes: number): Promise<string> {
  return decodeText(await readRegularFile(path, largestBytes), path);
}

function decodeText(bytes: Uint8Array, path: string): string {
  const other = otherContents.find(([start]) => startsWith(bytes, start));
  if (other !== undefined) throw notText(path, other[1]);
  const isLittleEndian = startsWith(bytes, [0xff, 0xfe]);
  if (isLittleEndian || startsWith(bytes, [0xfe, 0xff]))
    return decode(bytes, isLittleEndian ? 'utf-16le' : 'utf-16be', path);
  if (bytes.includes(0)) throw notText(path, tell('encodedUtf16Unmarked'));
  return decode(bytes, 'utf-8', path);
}

function decode(bytes: Uint8Array, encoding: string, path: string): string {
  try {
    // Leaves a byte order mark out.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const what = encoding === 'utf-8' ? tell('encodedOtherwise') : tell('encodedUtf16Damaged');
    throw notText(path, what, error);
  }
}

function notText(path: string, what: Told, cause?: unknown): AppError {
  return new AppError('data-malformed', tell('textNotUtf8', { path, what }), cause === undefined ? {} : { cause });
}
