import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFinding } from '../../shared/finding-texts.ts';
import { findingsOf } from '../../shared/findings.ts';
import { floatPrecision, type Precision } from '../../shared/precision.ts';
import type { Layer } from '../../shared/run.ts';
import { describeSlowCause } from '../../shared/slow-cause-texts.ts';
import { say } from '../../shared/engine-texts/say.ts';
import { slowCausesOf } from '../../shared/slow-causes.ts';
import { good, slowedLayer, slower } from './decided-runs.ts';

const format = { type: 'int8', axis: 0, block: null, symmetric: true } as const;
const int8: Precision = {
  scheme: 'int8-static',
  weights: format,
  activations: { ...format, type: 'uint8', axis: null, symmetric: false, when: 'static' },
  expandsAtLoad: false,
};
const packed: Precision = {
  scheme: 'int4-weights',
  weights: { ...format, type: 'uint4', block: 32 },
  activations: null,
  expandsAtLoad: false,
};
const parts = (kernels: string[], conversionMs = 0, layoutMs = 0) => ({ kernels, conversionMs, layoutMs });

/** A convolution that took 1 ms and takes 1.5; nothing but its kernel has changed. */
const layer: Layer = {
  ...good.layers[0]!,
  name: 'conv',
  opType: 'Conv',
  inputShape: [1, 64, 16, 16],
  outputShape: [1, 64, 16, 16],
  macs: 64 * 64 * 9 * 256,
  macsKnown: true,
  groups: 1,
  precision: int8,
  quantized: true,
  reason: '',
  bytesBefore: 64 * 64 * 9 * 4,
  latencyBeforeMs: 1,
  latencyAfterMs: 1.5,
  ran: { before: parts(['Conv']), after: parts(['QLinearConv']) },
};

const causeOf = (changes: Partial<Layer>, unattributed = 0) =>
  slowCausesOf({
    layers: [{ ...layer, ...changes }],
    profile: { ...good.profile, beforeUnattributedMs: unattributed },
  }).get('conv') ?? null;

void test('each cause is decided by its own evidence, and no other', () => {
  const matrix = { opType: 'MatMul', precision: packed, inputShape: [1, 8, 256], outputShape: [1, 8, 256] };
  const table: readonly (readonly [string, Partial<Layer>])[] = [
    ['storedOnly', { precision: { ...int8, activations: null, expandsAtLoad: true } }],
    ['notFused', { precision: floatPrecision, quantized: false, reason: say('unfused') }],
    ['conversions', { ran: { before: parts(['Conv']), after: parts(['QLinearConv'], 0.4) } }],
    ['layout', { ran: { before: parts(['Conv'], 0, 0.1), after: parts(['QLinearConv'], 0.1, 0.45) } }],
    ['noKernel', { ran: { before: parts(['Conv']), after: parts(['Conv']) } }],
    ['alone', { latencyBeforeMs: null, ran: { before: null, after: parts(['QLinearAdd']) } }],
    ['manyRows', { ...matrix, outputShape: [1, 128, 256] }],
    ['exactInputs', matrix],
    ['depthwise', { groups: 64 }],
    ['firstLayer', { inputShape: [1, 3, 32, 32] }],
    ['tooSmall', { latencyBeforeMs: 0.012, latencyAfterMs: 0.02 }],
    [
      'memoryBound',
      { opType: 'Add', macs: 0, bytesBefore: 0, ran: { before: parts(['Add']), after: parts(['QLinearAdd']) } },
    ],
    ['kernel', {}],
  ];
  for (const [kind, changes] of table) assert.equal(causeOf(changes)?.kind, kind);
});

void test('what is not slower, or cannot be told from noise, has no cause', () => {
  assert.equal(causeOf({ latencyAfterMs: 1.05 }), null);
  assert.equal(causeOf({ latencyBeforeMs: 0.004, latencyAfterMs: 0.005 }), null);
  assert.equal(causeOf({ latencyAfterMs: null }), null);
  // Its float time may be among those that could not be traced.
  const alone = { latencyBeforeMs: null, ran: { before: null, after: parts(['QLinearAdd']) } };
  assert.equal(causeOf(alone, 2), null);
  // Nobody took its times apart, and nothing else tells.
  assert.equal(causeOf({ ran: null }), null);
});

void test('conversions that were there before explain nothing, and half of the loss is needed', () => {
  assert.equal(causeOf({ ran: { before: parts(['Conv'], 0.4), after: parts(['QLinearConv'], 0.5) } })?.kind, 'kernel');
  assert.equal(causeOf({ ran: { before: parts(['Conv']), after: parts(['QLinearConv'], 0.2) } })?.kind, 'kernel');
});

void test('the finding about slower layers names the cause in both languages', () => {
  const run = {
    ...slower,
    layers: slower.layers.map((other) =>
      other.name === slowedLayer
        ? { ...other, ran: { before: parts(['Conv']), after: parts(['QLinearConv'], slower.profile.afterSumMs) } }
        : other,
    ),
  };
  const [finding] = findingsOf(run);
  assert.match(describeFinding(finding!, 'en').evidence, /\(\+[\d.]+ m?s: conversions\)/);
  assert.match(describeFinding(finding!, 'zh-CN').evidence, /\(\+[\d.]+ m?s: 转换\)/);
});

void test('every cause has words in both languages with its figures', () => {
  const cause = causeOf({ groups: 64 })!;
  assert.match(describeSlowCause(cause, 'en').sentence, /64 groups/);
  assert.match(describeSlowCause(cause, 'zh-CN').sentence, /64 组/);
});
