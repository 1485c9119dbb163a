/**
 * Rows worked on together: they stay in the cache while the rows above pass by, four at a time, so that each value read takes
 * part in four products. Every element is still the same sum in the same order. A multiple of four.
 */
const panelRows = 32;

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
      lower[row * size + column] = matrix[(size - 1 - column) * size + (size - 1 - row)]!;
    }
  }
  // Reading a triangular matrix backwards mirrors it at both diagonals.
  return factorCholesky(lower, size) ? invertLower(lower, size).reverse() : null;
}

/** Turns the lower triangle of A into L with A = L L^T. @returns false when A is not positive definite. */
function factorCholesky(lower: Float64Array, size: number): boolean {
  for (let panel = 0; panel < size; panel += panelRows) {
    const end = Math.min(panel + panelRows, size);
    for (let first = 0; first < end; first += 4) {
      for (let row = Math.max(first, panel); row < end; row++) {
        const last = Math.min(first + 3, row);
        if (last === first + 3) subtractFourDots(lower, size, row, first);
        else for (let column = first; column <= last; column++) subtractDot(lower, size, row, column, 0, first);
        for (let column = first; column <= last; column++) {
          subtractDot(lower, size, row, column, first, column);
          const at = row * size + column;
          if (column < row) lower[at] = lower[at]! / lower[column * size + column]!;
          else if (lower[at]! > 0) lower[at] = Math.sqrt(lower[at]!);
          else return false;
        }
      }
    }
  }
  return true;
}

/** Subtracts from element (row, column) the product of both rows between two columns. */
function subtractDot(lower: Float64Array, size: number, row: number, column: number, from: number, to: number): void {
  const [own, other] = [row * size, column * size];
  let sum = lower[own + column]!;
  for (let k = from; k < to; k++) sum -= lower[own + k]! * lower[other + k]!;
  lower[own + column] = sum;
}

/** The same for four neighbouring columns, up to the first of them. */
function subtractFourDots(lower: Float64Array, size: number, row: number, first: number): void {
  const own = row * size;
  const [row0, row1, row2, row3] = [first * size, (first + 1) * size, (first + 2) * size, (first + 3) * size];
  let sum0 = lower[own + first]!;
  let sum1 = lower[own + first + 1]!;
  let sum2 = lower[own + first + 2]!;
  let sum3 = lower[own + first + 3]!;
  for (let k = 0; k < first; k++) {
    const value = lower[own + k]!;
    sum0 -= value * lower[row0 + k]!;
    sum1 -= value * lower[row1 + k]!;
    sum2 -= value * lower[row2 + k]!;
    sum3 -= value * lower[row3 + k]!;
  }
  lower[own + first] = sum0;
  lower[own + first + 1] = sum1;
  lower[own + first + 2] = sum2;
  lower[own + first + 3] = sum3;
}

/** L^-1 of a lower triangular L, row by row from those above: row i = (e_i - sum over k < i of L_ik row k) / L_ii. */
function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let panel = 0; panel < size; panel += panelRows) {
    const end = Math.min(panel + panelRows, size);
    for (let first = 0; first < panel; first += 4) {
      for (let row = panel; row < end; row++) subtractFourRows(inverse, lower, size, row, first);
    }
    for (let row = panel; row < end; row++) {
      const own = row * size;
      for (let k = panel; k < row; k++) {
        const factor = lower[own + k]!;
        for (let column = 0; column <= k; column++) {
          inverse[own + column] = inverse[own + column]! - factor * inverse[k * size + column]!;
        }
      }
      const pivot = 1 / lower[own + row]!;
      for (let column = 0; column < row; column++) inverse[own + column] = inverse[own + column]! * pivot;
      inverse[own + row] = pivot;
    }
  }
  return inverse;
}

/** Subtracts four neighbouring rows of the inverse, times their elements in L; beyond their diagonals they are zero. */
function subtractFourRows(inverse: Float64Array, lower: Float64Array, size: number, row: number, first: number): void {
  const own = row * size;
  const [row0, row1, row2, row3] = [first * size, (first + 1) * size, (first + 2) * size, (first + 3) * size];
  const factor0 = lower[own + first]!;
  const factor1 = lower[own + first + 1]!;
  const factor2 = lower[own + first + 2]!;
  const factor3 = lower[own + first + 3]!;
  for (let column = 0; column < first + 4; column++) {
    inverse[own + column] =
      inverse[own + column]! -
      factor0 * inverse[row0 + column]! -
      factor1 * inverse[row1 + column]! -
      factor2 * inverse[row2 + column]! -
      factor3 * inverse[row3 + column]!;
  }
}
