import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resampleFilters, resamplePixels, type ResampleFilter } from '../../../electron/engine/data/resample.ts';
import { makePixels } from './fixtures.ts';

/** Made by Pillow 12.3: `Image.fromarray(pattern(7, 5)).resize((3, 2), filter)`, RGB. */
const shrunk: Readonly<Record<ResampleFilter, readonly number[]>> = {
  nearest: [96, 186, 20, 170, 18, 122, 244, 106, 224, 214, 62, 166, 32, 178, 68, 106, 38, 226],
  lanczos: [84, 159, 132, 154, 134, 123, 138, 118, 116, 169, 111, 141, 111, 118, 135, 112, 145, 123],
  bilinear: [91, 156, 132, 145, 128, 121, 142, 120, 120, 157, 111, 142, 115, 121, 132, 118, 138, 126],
  bicubic: [85, 158, 132, 150, 131, 121, 142, 118, 117, 164, 109, 142, 112, 120, 133, 115, 143, 125],
  box: [78, 164, 123, 142, 132, 122, 135, 128, 122, 162, 65, 160, 104, 133, 119, 155, 116, 142],
  hamming: [77, 158, 131, 149, 123, 115, 151, 111, 123, 160, 97, 147, 106, 124, 128, 126, 129, 133],
};

/** Made by Pillow 12.3: `Image.fromarray(pattern(7, 5, 1)[..., 0]).resize((4, 9), filter)`, grey: narrower and taller. */
const stretched: Readonly<Record<ResampleFilter, readonly number[]>> = {
  nearest: [
    0, 74, 148, 222, 0, 74, 148, 222, 59, 133, 207, 25, 59, 133, 207, 25, 118, 192, 10, 84, 177, 251, 69, 143, 177, 251,
    69, 143, 236, 54, 128, 202, 236, 54, 128, 202,
  ],
  lanczos: [
    9, 73, 131, 215, 27, 86, 176, 192, 65, 121, 222, 139, 96, 176, 174, 73, 128, 213, 77, 53, 188, 226, 32, 83, 204,
    166, 57, 145, 161, 75, 107, 180, 125, 23, 140, 192,
  ],
  bilinear: [
    19, 77, 145, 203, 39, 97, 165, 178, 71, 129, 197, 136, 104, 162, 148, 100, 137, 195, 79, 65, 170, 188, 72, 98, 189,
    168, 73, 131, 154, 99, 105, 163, 133, 57, 125, 183,
  ],
  bicubic: [
    10, 72, 139, 214, 29, 91, 169, 187, 67, 128, 215, 134, 100, 171, 161, 87, 133, 205, 78, 59, 180, 206, 53, 91, 200,
    171, 60, 136, 157, 84, 105, 173, 131, 36, 131, 192,
  ],
  box: [
    19, 93, 148, 204, 19, 93, 148, 204, 78, 152, 207, 135, 78, 152, 207, 135, 137, 211, 10, 66, 196, 142, 69, 125, 196,
    142, 69, 125, 127, 73, 128, 184, 127, 73, 128, 184,
  ],
  hamming: [
    16, 79, 143, 206, 26, 89, 153, 191, 74, 137, 201, 118, 97, 160, 151, 99, 134, 197, 65, 68, 171, 196, 64, 105, 192,
    194, 65, 128, 152, 82, 113, 176, 144, 59, 123, 186,
  ],
};

for (const filter of resampleFilters) {
  test(`${filter} gives Pillow's numbers, shrinking RGB and stretching grey`, () => {
    assert.deepEqual([...resamplePixels(makePixels(7, 5), { width: 3, height: 2 }, filter).data], shrunk[filter]);
    assert.deepEqual([...resamplePixels(makePixels(7, 5, 1), { width: 4, height: 9 }, filter).data], stretched[filter]);
  });

  test(`${filter} gives the same pixels whether the crop comes before or after`, () => {
    const source = makePixels(23, 17);
    const size = { width: 15, height: 11 };
    const window = { left: 4, top: 3, width: 6, height: 5 };
    const all = resamplePixels(source, size, filter);
    const part = resamplePixels(source, size, filter, window);
    for (let y = 0; y < window.height; y++) {
      const from = ((window.top + y) * size.width + window.left) * 3;
      const row = part.data.subarray(y * window.width * 3, (y + 1) * window.width * 3);
      assert.deepEqual(row, all.data.subarray(from, from + window.width * 3));
    }
  });
}

test('one axis alone is resampled when the other keeps its size', () => {
  const source = makePixels(7, 5, 1);
  const narrower = resamplePixels(source, { width: 4, height: 5 }, 'bicubic');
  const both = resamplePixels(narrower, { width: 4, height: 9 }, 'bicubic');
  assert.deepEqual([...both.data], stretched.bicubic);
});
