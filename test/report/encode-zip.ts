import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  /** Instead of `content` packed. */
  readonly packed?: Uint8Array;
  /** Unix mode, for links and devices. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What the list of files says, true or not. */
  readonly claimedSize?: number;
  readonly claimedCompressedSize?: number;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;

function encodeFields(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntLE(value, 0, size);
      return bytes;
    }),
  );
}

/** A zip file of any names, sizes and attributes: also such as no zip program would write (APPNOTE 6.3.10, section 4.3). */
export function encodeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const method = entry.method ?? (entry.deflated === true ? 8 : 0);
    const packed = entry.packed ?? (entry.deflated === true ? deflateRawSync(entry.content) : entry.content);
    const common: (readonly [2 | 4, number])[] = [
      [2, 20],
      [2, 0x800 | (entry.flags ?? 0)],
      [2, method],
      [2, 0],
      [2, 0x21],
      [4, crc32(entry.content)],
      [4, entry.claimedCompressedSize ?? packed.length],
      [4, entry.claimedSize ?? entry.content.length],
      [2, name.length],
      [2, 0],
    ];
    const local = Buffer.concat([encodeFields([[4, localSignature], ...common]), name, packed]);
    locals.push(local);
    central.push(
      encodeFields([
        [4, centralSignature],
        // Made on Unix: the upper half of the attributes is a mode.
        [2, (3 << 8) | 20],
        ...common,
        [2, 0],
        [2, 0],
        [2, 0],
        [4, ((entry.mode ?? 0o100644) << 16) >>> 0],
        [4, offset],
      ]),
      name,
    );
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = encodeFields([
    [4, endSignature],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, directory.length],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...locals, directory, end]);
}
