import { AppError } from '../../../shared/app-error.ts';
import { readRegularFile } from '../files/regular-file.ts';

/** What a file's first bytes say it is, where that is not text that can be read. */
const otherContents: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0xff, 0xfe, 0, 0], 'in UTF-32'],
  [[0, 0, 0xfe, 0xff], 'in UTF-32'],
  [[0x2b, 0x2f, 0x76], 'in UTF-7'],
  [[0x50, 0x4b, 3, 4], 'a zip archive or an Excel workbook'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'compressed with gzip'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
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
  if (bytes.includes(0)) throw notText(path, 'in UTF-16 without a byte order mark, or no text at all');
  return decode(bytes, 'utf-8', path);
}

function decode(bytes: Uint8Array, encoding: string, path: string): string {
  try {
    // Leaves a byte order mark out.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const what =
      encoding === 'utf-8'
        ? 'in another encoding than UTF-8, such as Windows-1252, GBK or Shift_JIS'
        : 'said to be UTF-16, but damaged';
    throw notText(path, what, error);
  }
}

function notText(path: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'data-malformed',
    `"${path}" is ${what}. Save it as UTF-8 text.`,
    cause === undefined ? {} : { cause },
  );
}
