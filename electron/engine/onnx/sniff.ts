import { tell, type Told } from '../../../shared/engine-texts/tell.ts';

/** What people drop on an ONNX reader by mistake, told by the first bytes. Offsets are from the start of the file. */

interface Signature {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly what: Told;
}

const text = (value: string): number[] => [...Buffer.from(value, 'latin1')];

const signatures: readonly Signature[] = [
  { offset: 0, bytes: [0x1f, 0x8b], what: tell('foreignGzip') },
  { offset: 0, bytes: text('BZh'), what: tell('foreignBzip2') },
  { offset: 0, bytes: text("7z\xbc\xaf'\x1c"), what: tell('foreign7Zip') },
  { offset: 0, bytes: text('\xfd7zXZ'), what: tell('foreignXz') },
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], what: tell('foreignZstandard') },
  { offset: 257, bytes: text('ustar'), what: tell('foreignTar') },
  { offset: 4, bytes: text('TFL3'), what: tell('foreignTensorFlowLite') },
  {
    offset: 4,
    bytes: text('ORTM'),
    what: tell('foreignOrt'),
  },
  { offset: 0, bytes: text('\x89HDF\r\n'), what: tell('foreignKeras') },
  { offset: 0, bytes: text('GGUF'), what: tell('foreignGguf') },
  { offset: 0, bytes: text('\x93NUMPY'), what: tell('foreignNumpy') },
  { offset: 0, bytes: text('\x89PNG'), what: tell('foreignPng') },
  { offset: 0, bytes: [0xff, 0xd8, 0xff], what: tell('foreignJpeg') },
  { offset: 0, bytes: text('%PDF'), what: tell('foreignPdf') },
  { offset: 0, bytes: text('\x7fELF'), what: tell('foreignProgram') },
];

/** The bytes as text when they look like text: no control characters but whitespace. */
function asText(head: Uint8Array): string | null {
  const sample = head.subarray(0, 512);
  if (sample.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f))
    return null;
  return Buffer.from(sample).toString('utf8').trimStart();
}

/**
 * Names a file that is plainly something other than ONNX, with what to do about it; null when it may be a model.
 * @param head the first bytes, at least 512 when the file has them.
 * @param sizeBytes of the whole file.
 */
export function describeForeignFile(head: Uint8Array, sizeBytes: number): Told | null {
  if (head.every((byte) => byte === 0)) return tell('foreignZeros');
  const content = asText(head);
  if (content !== null) {
    const lower = content.slice(0, 64).toLowerCase();
    if (lower.startsWith('version https://git-lfs')) {
      return tell('foreignLfsPointer');
    }
    if (lower.startsWith('<!doctype html') || lower.startsWith('<html') || lower.startsWith('<head')) {
      return tell('foreignWebPage');
    }
    if (lower.startsWith('<')) return tell('foreignXml');
    if (lower.startsWith('{') || lower.startsWith('[')) return tell('foreignJson');
    return tell('foreignText');
  }
  for (const { offset, bytes, what } of signatures) {
    if (bytes.every((byte, index) => head[offset + index] === byte)) return what;
  }
  const latin = Buffer.from(head).toString('latin1');
  if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) {
    return latin.includes('/data.pkl') || latin.includes('/constants.pkl') || latin.includes('/byteorder')
      ? tell('foreignTorchZip')
      : tell('foreignZip');
  }
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) {
    return tell('foreignPickle');
  }
  if (head.byteLength > 9 && head[8] === 0x7b && head[9] === 0x22) {
    const headerBytes = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
    if (headerBytes < BigInt(sizeBytes)) return tell('foreignSafetensors');
  }
  return null;
}
