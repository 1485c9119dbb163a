import assert from 'node:assert/strict';
import test from 'node:test';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatMs,
  formatPoints,
  formatRatio,
  formatShape,
  formatShare,
} from '../../shared/units.ts';

void test('bytes are decimal, with three digits', () => {
  assert.deepEqual([0, 999, 1000, 14_240, 999_499, 999_500, 3_845_440, 2_500_000_000].map(formatBytes), [
    '0 B',
    '999 B',
    '1.00 kB',
    '14.2 kB',
    '999 kB',
    '1.00 MB',
    '3.85 MB',
    '2.50 GB',
  ]);
});

void test('counts are exact while they are short', () => {
  assert.deepEqual([0, 3_504_872, 300_774_272, 4_089_184_256, 1.28e13].map(formatCount), [
    '0',
    '3,504,872',
    '301 M',
    '4.09 G',
    '12.8 T',
  ]);
});

void test('times have three digits, and no digit that is not there', () => {
  assert.deepEqual([0, 0.0004, 0.0312, 1.234, 12.34, 123.4, 12_345].map(formatMs), [
    '0 ms',
    '0.000400 ms',
    '0.031 ms',
    '1.23 ms',
    '12.3 ms',
    '123 ms',
    '12,345 ms',
  ]);
  assert.deepEqual(
    [840, 999.6, 12_340, 59_960, 125_000, 3_780_000].map((ms) => formatDuration(ms)),
    ['840 ms', '1.0 s', '12.3 s', '1 min 00 s', '2 min 05 s', '1 h 03 min'],
  );
});

void test('ratios, shares, points and intervals', () => {
  assert.deepEqual(
    [3.52, 0.995, 16, 123.4].map((ratio) => formatRatio(ratio)),
    ['3.52x', '0.99x', '16.00x', '123x'],
  );
  assert.equal(formatShare(0.7123), '71.2 %');
  assert.deepEqual([-0.004, 0.004, -0.0001, 0].map(formatPoints), [
    '-0.4 points',
    '+0.4 points',
    '0.0 points',
    '0.0 points',
  ]);
  assert.equal(formatInterval([1.8, 1.92], formatRatio), '[1.80x, 1.92x]');
  assert.equal(formatInterval([1.2871, 1.2894], formatRatio), '[1.287x, 1.289x]', 'ends that differ look different');
  assert.equal(formatShape([1, 3, 'N']), '[1 x 3 x N]');
});

void test('what was not measured is a dash', () => {
  for (const format of [formatBytes, formatCount, formatMs, formatDuration, formatRatio, formatShare, formatPoints]) {
    assert.equal(format(null), '–');
  }
});
