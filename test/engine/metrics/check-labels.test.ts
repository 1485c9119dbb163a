import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { TensorFacts } from '../../../electron/engine/graph/shapes.ts';
import { assertLabelsFit } from '../../../electron/engine/metrics/check-labels.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { buildModel, inMemory, noise, op } from '../build-model.ts';

const inputs: ValueInfo[] = [{ name: 'x', dataType: 'float32', dims: ['N', 8] }];
const graph = indexGraph(
  inMemory(
    buildModel({
      inputs: { x: ['N', 8] },
      outputs: 'y',
      weights: { w: noise([8, 10], 1) },
      nodes: [op('MatMul', 'x w', 'y')],
    }),
  ),
);

/** Labels against one output of these dimensions in a run. */
function check(labels: readonly number[] | null, dims: readonly number[], facts: Partial<TensorFacts> = {}, batch = 1) {
  const dataType = facts.dataType ?? 'float32';
  const outputs: ValueInfo[] = [{ name: 'y', dataType, dims: ['N', ...dims.slice(1)] }];
  const shapes = new Map([['y', { dims, dataType }]]);
  assertLabelsFit(labels === null ? null : Int32Array.from(labels), outputs, { graph, shapes, inputs }, batch);
}

const refuses = (sample: number, label: number, classes: number) => (error: unknown) =>
  error instanceof AppError &&
  error.code === 'labels-malformed' &&
  error.message.startsWith(`Sample ${sample} has label ${label}, but output "y" ranks classes 0 to ${classes - 1}.`);

void test('labels that no score belongs to are told by the dimensions of the output alone', () => {
  check([0, 9, 3], [1, 10]);
  assert.throws(() => check([3, 50, 52], [1, 10]), refuses(1, 50, 10));
  assert.throws(() => check([3, 10], [1, 10]), refuses(1, 10, 10));
  assert.throws(() => check([-1, 3], [1, 10]), refuses(0, -1, 10));
});

void test('a fixed batch is no dimension of classes', () => {
  check([0, 9], [16, 10], {}, 16);
  assert.throws(() => check([0, 12], [16, 10], {}, 16), refuses(1, 12, 10));
});

void test('nothing is said where an output ranks nothing, decides often, or gives classes', () => {
  check(null, [1, 10]);
  check([77], [1, 1]);
  check([77], [1, 10, 4, 4]);
  check([77], [1], { dataType: 'int64' });
});
