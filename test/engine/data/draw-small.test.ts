import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { drawSmall } from '../../../electron/engine/data/draw-small.ts';

function sizedAs(width: number, height: number): Promise<{ format: string; width: number; height: number }> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37) % 256);
  return drawSmall({ width, height, channels: 3, data }).then(async (bytes) => {
    assert.ok(bytes.length < 64_000, String(bytes.length));
    const { format, width: w, height: h } = await sharp(bytes).metadata();
    return { format, width: w, height: h };
  });
}

test('a picture of a sample keeps its shape, is as small as can be looked at, and is never enlarged', async () => {
  assert.deepEqual(await sizedAs(300, 150), { format: 'webp', width: 96, height: 48 });
  assert.deepEqual(await sizedAs(100, 400), { format: 'webp', width: 24, height: 96 });
  assert.deepEqual(await sizedAs(10, 12), { format: 'webp', width: 10, height: 12 });
  assert.deepEqual(await sizedAs(1, 2000), { format: 'webp', width: 1, height: 96 });
});
