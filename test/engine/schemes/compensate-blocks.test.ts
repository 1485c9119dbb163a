import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { orderInputs } from '../../../electron/engine/4-quantize/compensate-rounding.ts';
import { compensateBlocks } from '../../../electron/engine/schemes/packed-weights/compensate-blocks.ts';
import {
  blocksIn,
  roundBlocks,
  type PackedFormat,
} from '../../../electron/engine/schemes/packed-weights/round-blocks.ts';
import { packedAt, packedLength, type PackedWeight } from '../../../electron/engine/tensor/packed-integers.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { buildModel, floats, integers, noise, op } from '../build-model.ts';
import { optionsFor, settled } from '../6-search/search-options.ts';

/** Rows of which every input is a mixture of few sources, as channels of a trained network are. */
function mixedRows(count: number, length: number, seed: number): Float32Array[] {
  const sources = noise([count, 6], seed).data as Float32Array;
  const mixture = noise([6, length], 9).data as Float32Array;
  const own = noise([count, length], seed + 50, 0.2).data as Float32Array;
  return Array.from({ length: count }, (_, row) =>
    Float32Array.from({ length }, (_unused, k) => {
      let value = own[row * length + k]!;
      for (let source = 0; source < 6; source++) value += sources[row * 6 + source]! * mixture[source * length + k]!;
      return value;
    }),
  );
}

function momentsOf(rows: readonly Float32Array[], length: number): Float64Array {
  const sums = new Float64Array(length * length);
  for (const row of rows) row.forEach((a, i) => row.forEach((b, j) => (sums[i * length + j]! += a * b)));
  return sums;
}

/** Integers, scales and zero points of a row, unpacked. */
function unpack(packed: PackedWeight, row: number, columns: number, format: PackedFormat) {
  const blocks = blocksIn(columns, format);
  const rowBytes = packedLength(blocks * format.block, format.bits);
  const zeroBytes = packedLength(blocks, format.bits);
  return Array.from({ length: columns }, (_, column) => {
    const index = Math.floor(column / format.block);
    return {
      integer: packedAt(packed.data, row * rowBytes, column, format.bits),
      scale: packed.scales[row * blocks + index]!,
      zero: packedAt(packed.zeroPoints, row * zeroBytes, index, format.bits),
    };
  });
}

const valuesOf = (packed: PackedWeight, row: number, columns: number, format: PackedFormat): number[] =>
  unpack(packed, row, columns, format).map(({ integer, scale, zero }) => (integer - zero) * scale);

/** The inverse of a symmetric matrix by Gauss and Jordan. */
function invert(matrix: number[][]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const by = rows[pivot]![pivot]!;
    rows[pivot] = rows[pivot]!.map((value) => value / by);
    for (let other = 0; other < size; other++) {
      const share = rows[other]![pivot]!;
      if (other !== pivot) rows[other] = rows[other]!.map((value, k) => value - share * rows[pivot]![k]!);
    }
  }
  return rows.map((row) => row.slice(size));
}

/**
 * The same by definition (Frantar et al. 2023, equations 2 and 3): round one weight, move the others by what the inverse Hessian says, take
 * it out of the inverse, and go on with the next.
 */
function roundByDefinition(
  weights: readonly number[],
  hessian: number[][],
  order: readonly number[],
  grid: readonly { readonly scale: number; readonly zero: number }[],
  largest: number,
): number[] {
  const rest = [...weights];
  let inverse = invert(hessian);
  const result = rest.map(() => 0);
  for (const k of order) {
    const { scale, zero } = grid[k]!;
    const integer = Math.max(0, Math.min(largest, Math.floor(rest[k]! / scale + zero + 0.5)));
    result[k] = integer;
    const error = (rest[k]! - (integer - zero) * scale) / inverse[k]![k]!;
    inverse[k]!.forEach((value, other) => (rest[other] = rest[other]! - error * value));
    const column = inverse.map((row) => row[k]!);
    const diagonal = column[k]!;
    inverse = inverse.map((row, i) => row.map((value, j) => value - (column[i]! * column[j]!) / diagonal));
  }
  return result;
}

function outputError(values: Float32Array, made: readonly number[][], rows: readonly Float32Array[]): number {
  let error = 0;
  for (const x of rows) {
    made.forEach((weights, row) => {
      const sum = weights.reduce((total, value, k) => total + (value - values[row * x.length + k]!) * x[k]!, 0);
      error += sum ** 2;
    });
  }
  return error;
}

suite('weights in blocks, rounded with compensation', () => {
  for (const [bits, columns, block] of [
    [4, 32, 16],
    [4, 37, 16],
    [2, 40, 32],
  ] as const) {
    test(`are what the definition gives: ${bits} bits, ${columns} inputs in blocks of ${block}`, () => {
      const [rows, format] = [3, { bits, block }];
      const values = noise([rows, columns], 3, 0.3).data as Float32Array;
      const sums = momentsOf(mixedRows(120, columns, 1), columns);
      const ordered = orderInputs(sums, columns)!;
      const layout = { rows, columns, rowStride: columns, columnStride: 1 };
      const packed = compensateBlocks(values, layout, format, ordered);
      const power = Array.from({ length: columns }, (_, k) => sums[k * columns + k]!).reduce((a, b) => a + b, 0);
      const hessian = Array.from({ length: columns }, (_, i) =>
        Array.from(
          { length: columns },
          (_unused, j) => sums[i * columns + j]! + (i === j ? (0.01 * power) / columns : 0),
        ),
      );
      for (let row = 0; row < rows; row++) {
        const grid = unpack(packed, row, columns, format);
        const weights = [...values.subarray(row * columns, (row + 1) * columns)];
        const expected = roundByDefinition(weights, hessian, [...ordered.ranked], grid, 2 ** bits - 1);
        assert.deepEqual(
          grid.map(({ integer }) => integer),
          expected,
        );
      }
      // What fills the last block up stands for 0.
      const filled = unpack(packed, 0, blocksIn(columns, format) * block, format).slice(columns);
      assert.ok(filled.every(({ integer, zero }) => integer === zero));
    });
  }

  for (const bits of [4, 2] as const) {
    test(`leave a fraction of the error of the nearest integers where inputs move together, on new inputs: ${bits} bits`, () => {
      const [rows, columns, format] = [8, 64, { bits, block: 32 }];
      const values = noise([rows, columns], 4, 0.3).data as Float32Array;
      const layout = { rows, columns, rowStride: columns, columnStride: 1 };
      const ordered = orderInputs(momentsOf(mixedRows(400, columns, 1), columns), columns)!;
      const made = (packed: PackedWeight) => Array.from({ length: rows }, (_, row) => valuesOf(packed, row, columns, format)); // prettier-ignore
      const unseen = mixedRows(200, columns, 2);
      const nearest = outputError(values, made(roundBlocks(values, layout, format)), unseen);
      const compensated = outputError(values, made(compensateBlocks(values, layout, format, ordered)), unseen);
      assert.ok(compensated < 0.4 * nearest, `${compensated / nearest} of the error is left`);
    });
  }
});

suite('the search tries them', () => {
  const length = 64;
  const samples = [1, 2, 3].map((seed) => ({
    x: floats(
      [40, length],
      mixedRows(40, length, seed).flatMap((row) => [...row]),
    ),
  }));
  const product = (weight = 'w', more: Parameters<typeof buildModel>[0]['nodes'] = []) =>
    buildModel({
      inputs: { x: ['N', length] },
      outputs: more.length === 0 ? 'y' : 'y z',
      nodes: [op('Gemm', `x ${weight}`, 'y', { transB: 1 }), ...more],
      weights: {
        w: noise([48, length], 5, 0.3),
        ...(more.length === 0 ? {} : { ids: integers([0, 1]) }),
      },
    });
  const recipe: Partial<Recipe> = { ...settled, scheme: 'int4-weights', weightRounding: 'auto' };
  const tried = ({ candidates }: Awaited<ReturnType<typeof searchRecipe>>): string[] =>
    candidates.filter(({ name }) => name.includes('compensation')).map(({ chosen }) => (chosen ? 'chosen' : 'tried'));

  test('and takes them where outputs come closer', async () => {
    const { candidates, quantized } = await searchRecipe(await optionsFor(recipe, {}, { model: product(), samples }));
    const found = candidates.find(({ name, chosen }) => chosen && name.includes('compensation'))!;
    assert.ok(found.sqnrDb! > candidates[0]!.sqnrDb! + 2, `${candidates[0]!.sqnrDb!} became ${found.sqnrDb!}`);
    assert.equal(quantized.model.graph!.node.filter(({ opType }) => opType === 'MatMulNBits').length, 1);
  });

  test('not where samples are noise, from which nothing is to be learned', async () => {
    const result = await searchRecipe(await optionsFor(recipe, { areNoise: true }, { model: product(), samples }));
    assert.deepEqual(tried(result), []);
  });

  test('without another form of a weight that a table is tied to: it would be stored twice', async () => {
    const model = product('w', [op('Gather', 'w ids', 'z')]);
    const { quantized } = await searchRecipe(
      await optionsFor({ ...recipe, weightRounding: 'compensated' }, {}, { model, samples }),
    );
    const stored = quantized.model.graph!.initializer.filter(({ name }) => /^w_packed(_\d+)?$/.test(name));
    assert.equal(stored.length, 1);
  });
});
