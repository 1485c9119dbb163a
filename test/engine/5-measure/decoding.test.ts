import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeTextModel, findStates } from '../../../electron/engine/1-analyze/find-states.ts';
import { measureContinuations } from '../../../electron/engine/5-measure/continuations.ts';
import { measureDecoding } from '../../../electron/engine/5-measure/decoding.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { knownMetrics } from '../../../electron/engine/metrics/known-metrics.ts';
import { decodingRows } from '../../../electron/engine/metrics/decoding-speed.ts';
import { openSession, type Session } from '../../../electron/engine/runtime/session.ts';
import { makeRequest } from '../data/fixtures.ts';

/* A trained language model as it is used: its cache fed back from token to token. */

const models = fileURLToPath(new URL('../text-models/', import.meta.url));
const modelPath = join(models, 'language', 'model.onnx');
let session: Session;
let dataset: Dataset;

before(async () => {
  session = await openSession(modelPath, { threads: 1 });
  const { inputs, outputs } = session;
  const request = makeRequest({ path: join(models, 'language', 'unseen.txt') });
  dataset = await openDataset(request, inputs, {
    seed: 0,
    dims: {},
    model: describeTextModel(modelPath, { inputs, outputs }),
  });
});
after(() => session.release());

suite('a decoder with a cache', () => {
  test('ranks the next token one by one as it does for the whole text', async () => {
    const tokens = dataset.tokens!;
    const ids = tokens.idsOf(0).ids.subarray(0, 12);
    const whole = (await session.run(tokens.feed(ids), ['logits'])).logits!;
    const vocabulary = whole.dims.at(-1)!;
    const states = findStates(session.inputs, session.outputs);
    assert.equal(states.length, 4);
    let outputs = await session.run(tokens.feed(ids.subarray(0, 5)));
    for (let past = 5; past < ids.length; past++) {
      const fed = Object.fromEntries(states.map(({ input, output }) => [input, outputs[output]!]));
      outputs = await session.run(tokens.step!(ids[past]!, past, fed));
      assert.deepEqual(outputs['present.0.key']!.dims[2], past + 1);
      for (let token = 0; token < vocabulary; token++) {
        const [own, right] = [Number(outputs.logits!.data[token]), Number(whole.data[past * vocabulary + token])];
        assert.ok(Math.abs(own - right) < 1e-3, `token ${token} behind ${past}: ${own}, not ${right}`);
      }
    }
  });

  test('is timed until its first token and by tokens a second, both models in turns', async () => {
    const indices = [0, 1, 2, 3, 4, 5];
    const given = { before: modelPath, after: modelPath, dataset, indices, threads: 1 };
    const rows = await measureDecoding(given);
    assert.deepEqual(
      rows.map(({ metric, count }) => [metric, count]),
      [
        ['timeToFirstToken', 6],
        ['tokensPerSecond', 6],
      ],
    );
    for (const row of rows) {
      assert.ok(row.before! > 0 && row.after! > 0 && row.against === 'original' && knownMetrics.includes(row.metric));
      assert.ok(row.ci95![0] <= row.difference! && row.difference! <= row.ci95![1]);
    }
    const written = await measureContinuations({ ...given, indices: [0, 1] });
    assert.deepEqual(
      written.map(({ metric, after: value }) => [metric, value]),
      [
        ['sameContinuation', 1],
        ['firstDifference', 32],
      ],
    );
  });

  test('has medians of its texts, and none of too few', () => {
    const pairs = [4, 8, 6, 100, 2].map(
      (ms) =>
        [
          { firstMs: ms, perSecond: 1000 / ms },
          { firstMs: ms / 2, perSecond: 2000 / ms },
        ] as const,
    );
    const [first, speed] = decodingRows(pairs);
    assert.deepEqual([first!.before, first!.after, first!.difference], [6, 3, -3]);
    assert.deepEqual([speed!.before, speed!.after], [1000 / 6, 2000 / 6]);
    assert.deepEqual(decodingRows(pairs.slice(0, 4)), []);
  });

  test('is none where nothing grows, or the length is fixed', async () => {
    const { inputs, outputs } = session;
    const model = describeTextModel(modelPath, { inputs, outputs });
    const path = join(models, 'language', 'unseen.txt');
    const fixed = await openDataset(makeRequest({ path }), inputs, { seed: 0, dims: { sequence_length: 16 }, model });
    assert.equal(fixed.tokens!.step, null);
    const stateless = inputs.filter(({ name }) => !name.startsWith('past'));
    const without = await openDataset(makeRequest({ path }), stateless, {
      seed: 0,
      dims: {},
      model: { ...model, states: [] },
    });
    assert.equal(without.tokens!.step, null);
    assert.deepEqual(
      await measureDecoding({ before: modelPath, after: modelPath, dataset: fixed, indices: [0], threads: 1 }),
      [],
    );
  });
});
