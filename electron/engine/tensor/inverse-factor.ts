/**
 * The upper triangular U with U^T U = A^-1 of a symmetric positive definite A, row-major `size` x `size`.
 *
 * With the rows and columns of A in reverse order, A = L L^T gives A = R R^T for the mirrored, upper triangular R, so that
 * A^-1 = (R^-1)^T R^-1 and U = R^-1: one factorization and one triangular inverse, where the textbook way takes three steps.
 * @param matrix only its lower triangle is read.
 * @returns null when the matrix is not positive definite.
 */
export function factorInverse(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      // Mirrored: of the two equal elements of A the one in the lower triangle.
      let sum = matrix[(size - 1 - column) * size + (size - 1 - row)]!;
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!;
      if (row !== column) lower[row * size + column] = sum / lower[column * size + column]!;
      else if (sum > 0) lower[row * size + row] = Math.sqrt(sum);
      else return null;
    }
  }
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let k = 0; k < row; k++) {
      const factor = lower[start + k]!;
      for (let column = 0; column <= k; column++) {
        inverse[start + column] = inverse[start + column]! - factor * inverse[k * size + column]!;
      }
    }
    const pivot = 1 / lower[start + row]!;
    for (let column = 0; column < row; column++) inverse[start + column] = inverse[start + column]! * pivot;
    inverse[start + row] = pivot;
  }
  // Reading a triangular matrix backwards mirrors it at both diagonals.
  return inverse.reverse();
}
