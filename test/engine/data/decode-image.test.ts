import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage, readImageHeader } from '../../../electron/engine/data/decode-image.ts';
import { encodePng, makePixels, rejects } from './fixtures.ts';

test('RGB comes out as it went in', async () => {
  const pixels = makePixels(7, 5);
  assert.deepEqual([...(await decodeImage(await encodePng(pixels), 'a.png')).data], [...pixels.data]);
});

test('grey is repeated over the three channels', async () => {
  const pixels = makePixels(7, 5, 1);
  const decoded = await decodeImage(await encodePng(pixels), 'grey.png');
  assert.deepEqual(
    [...decoded.data],
    [...pixels.data].flatMap((level) => [level, level, level]),
  );
});

test('alpha is dropped, not blended', async () => {
  const rgba = Uint8Array.of(200, 100, 50, 0, 10, 20, 30, 128);
  const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
    .png()
    .toBuffer();
  assert.deepEqual([...(await decodeImage(png, 'alpha.png')).data], [200, 100, 50, 10, 20, 30]);
});

test('a palette is looked up', async () => {
  const rgb = Uint8Array.of(255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255);
  const png = await sharp(rgb, { raw: { width: 2, height: 2, channels: 3 } })
    .png({ palette: true })
    .toBuffer();
  assert.equal((await sharp(png).metadata()).isPalette, true);
  assert.deepEqual([...(await decodeImage(png, 'palette.png')).data], [...rgb]);
});

test('16 bits a channel are scaled to 8', async () => {
  const rgb16 = Uint16Array.of(0, 0x8000, 0xffff, 0x1234, 0x00ff, 0xff00);
  const png = await sharp(rgb16, { raw: { width: 2, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(png).metadata()).depth, 'ushort');
  assert.deepEqual([...(await decodeImage(png, 'deep.png')).data], [0, 128, 255, 0x12, 0, 0xff]);
});

test("CMYK becomes RGB by Pillow's formula, not by a colour profile", async () => {
  // Made by Pillow 12.3: Image.new('CMYK', (8, 8), (40, 90, 10, 60)).save(..., 'JPEG', quality=95, optimize=True)
  const jpeg = Buffer.from(
    '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJ' +
      'CgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAkI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwBX' +
      'FKHUIY//2Q==',
    'base64',
  );
  const decoded = await decodeImage(jpeg, 'ink.jpg');
  assert.equal(decoded.data.length, 8 * 8 * 3);
  assert.deepEqual([...decoded.data.subarray(0, 3)], [164, 126, 187]);
});

test('the EXIF orientation is reported and not applied', async () => {
  const jpeg = await sharp(makePixels(8, 4).data, { raw: { width: 8, height: 4, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const header = await readImageHeader(jpeg, 'turned.jpg');
  assert.deepEqual([header.width, header.height, header.isRotated], [8, 4, true]);
  const decoded = await decodeImage(jpeg, 'turned.jpg');
  assert.deepEqual([decoded.width, decoded.height], [8, 4]);
});

test('a damaged image is refused by name', async () => {
  const jpeg = await sharp(makePixels(64, 64).data, { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  await rejects(decodeImage(jpeg.subarray(0, jpeg.length - 200), 'cut.jpg'), 'data-malformed', /"cut\.jpg"/);
  await rejects(decodeImage(Buffer.from('no image'), 'text.jpg'), 'data-malformed', /"text\.jpg"/);
  await rejects(decodeImage(Buffer.alloc(0), 'empty.png'), 'data-malformed', /"empty\.png"/);
});

test('a drawing is not an image of pixels', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>');
  await rejects(decodeImage(svg, 'drawing.png'), 'data-malformed', /svg/);
});
