/**
 * `node scripts/generate-icons.ts`: the icons in resources/icons/, in the forms the desktops want, from icon.svg. To be run
 * after a change of the drawing; what it writes is committed, because installers are not built everywhere.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = fileURLToPath(new URL('../resources/icons/', import.meta.url));

interface Picture {
  readonly size: number;
  readonly png: Buffer;
}

async function render(size: number): Promise<Picture> {
  // Drawn larger and scaled down: thin marks keep their weight at 16 pixels.
  const density = Math.min(2400, Math.max(72, (72 * size * 4) / 1024));
  const png = await sharp(join(folder, 'icon.svg'), { density })
    .resize(size, size)
    .png({ palette: size >= 256, compressionLevel: 9 })
    .toBuffer();
  return { size, png };
}

/** Windows: a directory of PNG pictures. https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
function encodeIco(pictures: readonly Picture[]): Buffer {
  const directory = Buffer.alloc(6 + 16 * pictures.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(pictures.length, 4);
  let offset = directory.length;
  pictures.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // One byte each for width and height, in which 256 is 0.
    directory.writeUInt8(size % 256, at);
    directory.writeUInt8(size % 256, at + 1);
    directory.writeUInt16LE(1, at + 4);
    directory.writeUInt16LE(32, at + 6);
    directory.writeUInt32LE(png.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([directory, ...pictures.map(({ png }) => png)]);
}

/** macOS's four-letter names of PNG pictures by size; 64 and 1024 are the doubled 32 and 512. */
const icnsTypes = [
  [128, 'ic07'],
  [256, 'ic08'],
  [512, 'ic09'],
  [1024, 'ic10'],
  [32, 'ic11'],
  [64, 'ic12'],
] as const;

function encodeIcns(pictures: ReadonlyMap<number, Picture>): Buffer {
  const chunk = (name: string, content: Buffer) => {
    const header = Buffer.alloc(8);
    header.write(name, 'latin1');
    header.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([header, content]);
  };
  return chunk('icns', Buffer.concat(icnsTypes.map(([size, name]) => chunk(name, pictures.get(size)!.png))));
}

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const pictures = new Map<number, Picture>();
for (const size of sizes) pictures.set(size, await render(size));
// Linux wants a folder of pictures named after their size; 1024 is for macOS alone.
for (const { size, png } of pictures.values()) {
  if (size <= 512) writeFileSync(join(folder, `${size}x${size}.png`), png);
}
writeFileSync(join(folder, 'icon.ico'), encodeIco([...pictures.values()].filter(({ size }) => size <= 256)));
writeFileSync(join(folder, 'icon.icns'), encodeIcns(pictures));
