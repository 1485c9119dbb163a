import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoteText } from '../../../shared/engine-texts/tell.ts';
import { convertValues } from '../../../electron/engine/data/convert-values.ts';
import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';

const where = quoteText('x');

test('floats round to the narrower type and widen exactly', () => {
  assert.deepEqual(
    convertValues(Float64Array.of(0.1, 1e300 * 0, NaN), 'float64', 'float32', where),
    Float32Array.of(0.1, 0, NaN),
  );
  assert.deepEqual(
    convertValues(Uint16Array.of(0x3c00, 0x0001), 'float16', 'float32', where),
    Float32Array.of(1, 2 ** -24),
  );
  assert.deepEqual(
    convertValues(Float32Array.of(1, 65504), 'float32', 'float16', where),
    Uint16Array.of(0x3c00, 0x7bff),
  );
});

test('integers change type when every value fits', () => {
  assert.deepEqual(convertValues(Uint8Array.of(0, 255), 'uint8', 'float32', where), Float32Array.of(0, 255));
  assert.deepEqual(convertValues(BigInt64Array.of(-3n, 7n), 'int64', 'int32', where), Int32Array.of(-3, 7));
  assert.deepEqual(convertValues(Int32Array.of(-3, 7), 'int32', 'int64', where), BigInt64Array.of(-3n, 7n));
  assert.deepEqual(convertValues(Float32Array.of(0, 17), 'float32', 'uint8', where), Uint8Array.of(0, 17));
});

test('a value that would be lost is named', () => {
  assert.throws(
    () => convertValues(Float64Array.of(1e300), 'float64', 'float32', where),
    /The array x \(float64\) holds 1e\+300/,
  );
  assert.throws(() => convertValues(Float32Array.of(0.5), 'float32', 'uint8', where), /holds 0\.5/);
  assert.throws(() => convertValues(Float32Array.of(NaN), 'float32', 'int64', where), /holds NaN/);
  assert.throws(() => convertValues(Int32Array.of(300), 'int32', 'uint8', where), /holds 300/);
  assert.throws(() => convertValues(Int32Array.of(2 ** 24 + 1), 'int32', 'float32', where), /holds 16777217/);
  assert.throws(() => convertValues(Uint8Array.of(2), 'uint8', 'bool', where), /holds 2/);
});

test('half precision rounds to nearest, ties to even', () => {
  const cases: [value: number, bits: number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [1023.5 * 2 ** -24, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ];
  for (const [value, bits] of cases) assert.equal(toFloat16Bits(value), bits, String(value));
  for (let bits = 0; bits < 0x7c00; bits++) assert.equal(toFloat16Bits(fromFloat16Bits(bits)), bits);
  assert.ok(Number.isNaN(fromFloat16Bits(toFloat16Bits(NaN))));
});
