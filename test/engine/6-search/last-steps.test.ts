import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Candidate } from '../../../shared/run.ts';
import { createJournal } from '../../../electron/engine/6-search/journal.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { keepLastStepsFloat } from '../../../electron/engine/6-search/last-steps.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { buildModel, noise, op, modeOf, nodePlan } from '../build-model.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

const samples = Array.from({ length: 12 }, (_, seed) => ({ x: noise([1, 4, 16, 16], seed) }));
const endingIn = (tail: readonly NodeProto[], outputs = 'y') =>
  buildModel({
    inputs: { x: [1, 4, 16, 16] },
    outputs,
    nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r v', 'd'), ...tail],
    weights: {
      w: noise([8, 4, 3, 3], 50, 0.3),
      v: noise([6, 8, 3, 3], 51, 0.2),
      u: noise([6, 8, 3, 3], 52, 0.2),
      m: noise([6, 3], 53),
    },
  });

/** What is said of the last steps of a variant in which every layer is int8. */
async function lastStepsOf(model: ModelProto) {
  const options = await optionsFor(settled, {}, { model, samples });
  const laboratory = new Laboratory(options);
  const tried: Candidate[] = [];
  const journal = createJournal(tried, () => undefined);
  const { plan } = await keepLastStepsFloat(options.graph, laboratory, await laboratory.build(plainVariant), journal);
  const modeOfNode = (name: string) => modeOf(nodePlan(plan, name));
  return { tried, modeOfNode };
}

suite('the last steps without weights', () => {
  test('a pooling of scores is weighed in float, and stays there only where that was chosen', async () => {
    const { tried, modeOfNode } = await lastStepsOf(endingIn([op('GlobalAveragePool', 'd', 'y')]));
    assert.equal(tried.length, 1);
    assert.equal(tried[0]!.name, 'float: last step');
    assert.ok(tried[0]!.latencyRatio !== null && tried[0]!.note === 'y');
    assert.equal(modeOfNode('y'), tried[0]!.chosen ? 'float' : 'int8');
  });

  test('branches pooled before they are joined are several steps', async () => {
    const tail = [op('Conv', 'r u', 'e'), op('GlobalAveragePool', 'd', 'p'), op('GlobalAveragePool', 'e', 'q'), op('Concat', 'p q', 'y', { axis: 1 })]; // prettier-ignore
    const { tried } = await lastStepsOf(endingIn(tail));
    assert.deepEqual(tried.map(({ note }) => note), ['p, q']); // prettier-ignore
  });

  test('there are none where a layer with weights is last, or only moves stand behind it', async () => {
    assert.deepEqual((await lastStepsOf(endingIn([op('Transpose', 'd', 'y', { perm: [0, 2, 3, 1] })]))).tried, []);
    const classifier = [op('GlobalAveragePool', 'd', 'p'), op('Flatten', 'p', 'f'), op('Gemm', 'f m', 'y')];
    assert.deepEqual((await lastStepsOf(endingIn(classifier))).tried, []);
  });
});
