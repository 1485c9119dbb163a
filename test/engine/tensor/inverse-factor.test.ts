import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorInverse } from '../../../electron/engine/tensor/inverse-factor.ts';
import { createRandom } from '../../../electron/engine/tensor/random.ts';

test('the factor of [[4, 2], [2, 5]]: its inverse is [[5, -2], [-2, 4]] / 16', () => {
  const factor = factorInverse(Float64Array.of(4, 0, 2, 5), 2)!;
  // U^T U = A^-1 with U upper: u00 = sqrt(5/16), u01 = (-2/16) / u00, u11 = sqrt(4/16 - u01^2).
  const u00 = Math.sqrt(5 / 16);
  const u01 = -2 / 16 / u00;
  for (const [index, expected] of [u00, u01, 0, Math.sqrt(4 / 16 - u01 ** 2)].entries()) {
    assert.ok(Math.abs(factor[index]! - expected) < 1e-12, `element ${index}: ${factor[index]!}, not ${expected}`);
  }
});

// One panel, a whole number of them, and sizes that leave part of a panel and of a group of four.
for (const size of [12, 64, 71]) {
  test(`U^T U is the inverse of a random positive definite ${size} x ${size} matrix, and U is upper triangular`, () => {
    const random = createRandom(3);
    const rows = Array.from({ length: size + 30 }, () => Float64Array.from({ length: size }, () => random() - 0.5));
    const element = (i: number, j: number) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
    const matrix = new Float64Array(size * size);
    // The upper triangle must not be looked at.
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j] = j <= i ? element(i, j) : NaN;
    const factor = factorInverse(matrix, size)!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        if (j < i) assert.equal(factor[i * size + j], 0);
        let product = 0;
        for (let k = 0; k < size; k++) {
          let inverse = 0;
          for (let row = 0; row < size; row++) inverse += factor[row * size + k]! * factor[row * size + j]!;
          product += element(i, k) * inverse;
        }
        assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-9, `(${i}, ${j}) of A A^-1 is ${product}`);
      }
    }
  });
}

test('a matrix that is not positive definite has no factor', () => {
  assert.equal(factorInverse(Float64Array.of(1, 0, 2, 1), 2), null);
  assert.equal(factorInverse(Float64Array.of(NaN), 1), null);
});
