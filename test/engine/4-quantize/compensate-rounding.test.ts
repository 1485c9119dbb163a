import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputMoments } from '../../../electron/engine/3-calibrate/input-moments.ts';
import { compensateRounding } from '../../../electron/engine/4-quantize/compensate-rounding.ts';
import type { WeightRangeKind } from '../../../electron/engine/2-plan/quantization-plan.ts';
import { quantizeWeight, type WeightCache } from '../../../electron/engine/4-quantize/weights.ts';
import { summationOrder } from '../../../electron/engine/graph/ops/summation-order.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { noise, op } from '../build-model.ts';

const [columns, length] = [6, 16];
const dims = [length, columns];
const data = noise(dims, 4, 0.3).data as Float32Array;
const order = summationOrder('MatMul', dims, 1);

function roundToNearest(range: WeightRangeKind = 'int8') {
  const cache: WeightCache = new Map();
  const tensor = makeTensor('w', { dataType: 'float32', dims, data });
  quantizeWeight(tensor, () => data, { dims, axis: 1, range, order }, null, 1, cache);
  return [...cache.get(tensor)!.values()][0]!;
}

function momentsOf(rows: readonly Float32Array[]): InputMoments {
  const sums = new Float64Array(length * length);
  for (const row of rows)
    row.forEach((a, i) => row.forEach((b, j) => (sums[i * length + j] = sums[i * length + j]! + a * b)));
  return { layer: { node: op('MatMul', 'x w', 'y'), weightDims: dims, groups: 1, length }, groups: [sums] };
}

/** Rows of which every input is a mixture of four sources, as neighbouring channels are. */
function mixedRows(count: number, seed: number): Float32Array[] {
  const sources = noise([count, 4], seed).data as Float32Array;
  const mixture = noise([4, length], 9).data as Float32Array;
  const own = noise([count, length], seed + 50, 0.1).data as Float32Array;
  return Array.from({ length: count }, (_, row) =>
    Float32Array.from({ length }, (_unused, k) => {
      let value = own[row * length + k]!;
      for (let source = 0; source < 4; source++) value += sources[row * 4 + source]! * mixture[source * length + k]!;
      return value;
    }),
  );
}

function outputError(integers: Int8Array, scales: Float32Array, rows: readonly Float32Array[]): number {
  let error = 0;
  for (const row of rows) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const index = order.offset(column, k);
        sum += row[k]! * (data[index]! - integers[index]! * scales[column]!);
      }
      error += sum * sum;
    }
  }
  return error;
}

test('where inputs move together the output error is a fraction of what rounding to nearest leaves, on new inputs too', () => {
  const nearest = roundToNearest();
  const compensated = compensateRounding(data, nearest, order, momentsOf(mixedRows(200, 1)))!;
  const unseen = mixedRows(200, 2);
  const ratio =
    outputError(compensated.data, compensated.scales, unseen) / outputError(nearest.data, nearest.scales, unseen);
  assert.ok(ratio < 0.5, `${ratio} of the error is left`);
  assert.equal(compensated.scales, nearest.scales);
});

test('inputs that have nothing to do with each other leave rounding to nearest as it is', () => {
  const identity = { ...momentsOf([]), groups: [Float64Array.from({ length: length ** 2 }, (_, i) => (i % (length + 1) === 0 ? 1 : 0))] }; // prettier-ignore
  const nearest = roundToNearest();
  assert.deepEqual(compensateRounding(data, nearest, order, identity)!.data, nearest.data);
});

test('integers stay in their range', () => {
  const reduced = roundToNearest('int8-reduced');
  const { data: integers } = compensateRounding(data, reduced, order, momentsOf(mixedRows(200, 1)))!;
  assert.ok(integers.every((integer) => Math.abs(integer) <= 64));
  assert.notDeepEqual(integers, reduced.data);
});

test('bounded pairs stay bounded, and are made up for all the same', () => {
  const nearest = roundToNearest('int8-pairs');
  const compensated = compensateRounding(data, nearest, order, momentsOf(mixedRows(200, 1)))!;
  let largest = 0;
  for (let column = 0; column < columns; column++) {
    for (let k = 0; k < length; k += 2) {
      const [first, second] = [order.offset(column, k), order.offset(column, k + 1)];
      largest = Math.max(largest, Math.abs(compensated.data[first]! + compensated.data[second]!));
    }
  }
  assert.ok(largest >= 126 && largest <= 128, `${largest} is the largest sum of a pair`);
  const unseen = mixedRows(200, 2);
  const ratio =
    outputError(compensated.data, compensated.scales, unseen) / outputError(nearest.data, nearest.scales, unseen);
  assert.ok(ratio < 0.5, `${ratio} of the error is left`);
});

test('without any input there is nothing to go by', () => {
  assert.equal(compensateRounding(data, roundToNearest(), order, momentsOf([])), null);
});
