import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { defaultLimits } from '../../electron/worker/engine-limits.ts';
import type { EngineJob } from '../../electron/worker/protocol.ts';

const inspect = (modelPath: string): EngineJob => ({ kind: 'inspect', modelPath, dims: {} });

void test('looking takes a part of the memory and half a minute, and longer where the files are large', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-limits-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const modelPath = join(folder, 'model.onnx');
  writeFileSync(modelPath, 'x');
  const small = defaultLimits(inspect(modelPath));
  assert.equal(small.seconds, 30);
  assert.ok(small.memoryMb <= totalmem() / 2e6 + 1);
  for (const name of ['model.onnx.data', 'model.onnx_data', 'other.bin']) {
    writeFileSync(join(folder, name), '');
    truncateSync(join(folder, name), 1_000_000_000);
  }
  assert.equal(
    defaultLimits(inspect(modelPath)).seconds,
    30 + 200,
    'its own data counts, what lies beside it does not',
  );
});

void test('a model that is not there is for the engine to explain', () => {
  assert.equal(defaultLimits(inspect('/nowhere/model.onnx')).seconds, 30);
});

void test('what is no look has no time limit, and more of the memory', () => {
  const { seconds, memoryMb } = defaultLimits({ kind: 'doctor' });
  assert.equal(seconds, null);
  assert.ok(memoryMb > defaultLimits(inspect('/nowhere/model.onnx')).memoryMb);
});
