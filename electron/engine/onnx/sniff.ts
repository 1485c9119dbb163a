/** What people drop on an ONNX reader by mistake, told by the first bytes. Offsets are from the start of the file. */

interface Signature {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly what: string;
}

const text = (value: string): number[] => [...Buffer.from(value, 'latin1')];

const exportAdvice = 'Export it to ONNX first';

const signatures: readonly Signature[] = [
  { offset: 0, bytes: [0x1f, 0x8b], what: 'a gzip archive. Unpack it first' },
  { offset: 0, bytes: text('BZh'), what: 'a bzip2 archive. Unpack it first' },
  { offset: 0, bytes: text("7z\xbc\xaf'\x1c"), what: 'a 7-Zip archive. Unpack it first' },
  { offset: 0, bytes: text('\xfd7zXZ'), what: 'an xz archive. Unpack it first' },
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'a Zstandard archive. Unpack it first' },
  { offset: 257, bytes: text('ustar'), what: 'a tar archive. Unpack it first' },
  { offset: 4, bytes: text('TFL3'), what: `a TensorFlow Lite model. ${exportAdvice} (tf2onnx --tflite)` },
  {
    offset: 4,
    bytes: text('ORTM'),
    what: 'a model in ONNX Runtime’s .ort format. Use the .onnx file it was made from',
  },
  { offset: 0, bytes: text('\x89HDF\r\n'), what: `a Keras/HDF5 model. ${exportAdvice} (tf2onnx)` },
  { offset: 0, bytes: text('GGUF'), what: `a GGUF model. ${exportAdvice}` },
  { offset: 0, bytes: text('\x93NUMPY'), what: 'a NumPy array. It can serve as data, not as a model' },
  { offset: 0, bytes: text('\x89PNG'), what: 'a PNG image. It can serve as data, not as a model' },
  { offset: 0, bytes: [0xff, 0xd8, 0xff], what: 'a JPEG image. It can serve as data, not as a model' },
  { offset: 0, bytes: text('%PDF'), what: 'a PDF document' },
  { offset: 0, bytes: text('\x7fELF'), what: 'a program' },
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
export function describeForeignFile(head: Uint8Array, sizeBytes: number): string | null {
  if (head.every((byte) => byte === 0)) return 'a file of zeros. The download or copy did not finish; get it again';
  const content = asText(head);
  if (content !== null) {
    const lower = content.slice(0, 64).toLowerCase();
    if (lower.startsWith('version https://git-lfs')) {
      return 'a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull"';
    }
    if (lower.startsWith('<!doctype html') || lower.startsWith('<html') || lower.startsWith('<head')) {
      return 'a web page. Download the model itself (the "raw" or "download" link)';
    }
    if (lower.startsWith('<')) return 'an XML document (OpenVINO models look like this). Use the .onnx file';
    if (lower.startsWith('{') || lower.startsWith('[')) return 'a JSON document. Use the .onnx file';
    return 'a text file. Use the .onnx file';
  }
  for (const { offset, bytes, what } of signatures) {
    if (bytes.every((byte, index) => head[offset + index] === byte)) return what;
  }
  const latin = Buffer.from(head).toString('latin1');
  if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) {
    return latin.includes('/data.pkl') || latin.includes('/constants.pkl') || latin.includes('/byteorder')
      ? `a PyTorch checkpoint. ${exportAdvice} (torch.onnx.export)`
      : 'a zip archive. Unpack it first';
  }
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) {
    return `a Python pickle (PyTorch checkpoints look like this). ${exportAdvice} (torch.onnx.export)`;
  }
  if (head.byteLength > 9 && head[8] === 0x7b && head[9] === 0x22) {
    const headerBytes = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
    if (headerBytes < BigInt(sizeBytes)) return `a safetensors file: weights without a graph. ${exportAdvice}`;
  }
  return null;
}
