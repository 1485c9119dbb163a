/** Of length 1, or zero. */
export type UnitVector = Float32Array;

export function toUnit(vector: ArrayLike<number>): UnitVector {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += vector[index]! ** 2;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

export function cosineOf(left: UnitVector, right: UnitVector): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/** The nearest others of one of the vectors, nearest first; of equal ones the first. */
export function nearestOf(vectors: readonly UnitVector[], of: number, count: number): number[] {
  const own = vectors[of]!;
  const near = vectors.map((other, index) => ({ index, cosine: index === of ? -Infinity : cosineOf(own, other) }));
  near.sort((left, right) => right.cosine - left.cosine || left.index - right.index);
  return near.slice(0, Math.min(count, vectors.length - 1)).map(({ index }) => index);
}
