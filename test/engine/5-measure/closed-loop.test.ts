import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import { closedLoopSchema } from '../../../shared/accuracy.ts';
import { findStates } from '../../../electron/engine/1-analyze/find-states.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { measureClosedLoop, type ClosedLoopOptions } from '../../../electron/engine/5-measure/closed-loop.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { translateEngineText } from '../../../shared/engine-texts.ts';
import { assertClose, buildModel, floats, inMemory, op } from '../build-model.ts';

function datasetOf(samples: readonly Feeds[], changes: Partial<Dataset> = {}): Dataset {
  return {
    path: null,
    kind: 'arrays',
    count: samples.length,
    labels: null,
    notes: [],
    fixedBatchSize: 1,
    readings: [],
    sha256: null,
    sampleSha256: (index) => Promise.resolve(String(index)),
    read: (index) => Promise.resolve(samples[index]!),
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
    ...changes,
  };
}

/** Finds the states as a run does and measures the loop. */
async function loopOf(
  models: { readonly before: ModelProto; readonly after: ModelProto },
  samples: readonly Feeds[],
  changes: Partial<ClosedLoopOptions> = {},
) {
  const before = encodeModel(models.before);
  const session = await openSession(before, { threads: 1 });
  const { inputs, outputs } = session;
  await session.release();
  return measureClosedLoop({
    before,
    after: encodeModel(models.after),
    states: findStates(inputs, outputs),
    dataset: datasetOf(samples),
    indices: samples.map((_, index) => index),
    source: {
      graph: indexGraph(inMemory(models.before)),
      shapes: await observeShapes(inMemory(models.before), samples[0]!),
    },
    threads: 1,
    ...changes,
  });
}

/** state' = state + x + drift: what a wrong bias does adds up, for nothing is forgotten. */
function integrator(drift: number, keep: number, readOut: readonly NodeProto[]): ModelProto {
  return buildModel({
    inputs: { x: [1, 1], state: [1, 1] },
    outputs: 'y stateN',
    nodes: [op('Mul', 'state keep', 'kept'), op('Add', 'kept x', 's'), op('Add', 's drift', 'stateN'), ...readOut],
    weights: {
      keep: floats([1], [keep]),
      drift: floats([1], [drift]),
      one: floats([1], [1]),
      half: floats([1], [0.5]),
    },
  });
}
const integrators = (readOut: readonly NodeProto[], keep = 1) => ({
  before: integrator(0, keep, readOut),
  after: integrator(0.01, keep, readOut),
});
const asItIs = [op('Mul', 'stateN one', 'y')];

/** Every sample holds the state that the original has there. */
const track = (start: number, count: number, step: (at: number) => number): Feeds[] => {
  let state = start;
  return Array.from({ length: count }, (_, at) => {
    const feeds = { x: floats([1, 1], [step(at)]), state: floats([1, 1], [state]) };
    state += step(at);
    return feeds;
  });
};
const alternate = (at: number): number => (at % 2 === 0 ? 1 : -1);

suite('closed loop', () => {
  test('of an integrator that keeps every error', async () => {
    const samples = track(10, 20, alternate);
    const { closedLoop, diagnostics } = await loopOf(integrators(asItIs), samples);
    // The original is at 11, 10, 11, 10 …; the other is 0.01 further off at every step.
    const outputs = samples.map((_, at) => (at % 2 === 0 ? 11 : 10));
    const signal = outputs.reduce((sum, value) => sum + value ** 2, 0);
    const noise = outputs.reduce((sum, _, at) => sum + (0.01 * (at + 1)) ** 2, 0);
    assert.deepEqual(closedLoopSchema.parse(closedLoop), closedLoop);
    assert.deepEqual(closedLoop!.states, [{ output: 'stateN', input: 'state' }]);
    assert.equal(closedLoop!.steps, 20);
    // The last step and the third from last, which is less far off but closer to zero than the one between.
    const worst = [20 * Math.log10(10 / 0.2), 20 * Math.log10(10 / 0.18)];
    assertClose(
      [closedLoop!.sqnrDb!, closedLoop!.worstTenthSqnrDb],
      [10 * Math.log10(signal / noise), (worst[0]! + worst[1]!) / 2],
      0.01,
    );
    assert.equal(closedLoop!.decisionShare, null, 'an estimate decides nothing');
    const single = 10 * Math.log10(signal / (20 * 0.01 ** 2));
    assert.equal(diagnostics[0]!.code, 'closed-loop-worse');
    assert.match(diagnostics[0]!.message, new RegExp(`over 20 steps.* ${closedLoop!.sqnrDb!.toFixed(1)} dB;`));
    assert.match(diagnostics[0]!.message, new RegExp(`from the same states it is ${single.toFixed(1)} dB\\.`));
    assert.match(translateEngineText(diagnostics[0]!.message, 'zh-CN'), /误差在状态中累积/);
  });

  test('of one that forgets is no worse than single steps', async () => {
    const samples = track(10, 20, alternate);
    const { closedLoop, diagnostics } = await loopOf(integrators(asItIs, 0.1), samples);
    assert.deepEqual(diagnostics, []);
    assert.ok(closedLoop!.sqnrDb! > 30);
  });

  test('of equal models differs in nothing', async () => {
    const { before } = integrators(asItIs);
    const { closedLoop, diagnostics } = await loopOf({ before, after: before }, track(10, 4, alternate));
    assert.deepEqual([closedLoop!.sqnrDb, closedLoop!.worstTenthSqnrDb, diagnostics], [null, 60, []]);
  });

  test('counts decisions of probabilities, whatever made them', async () => {
    // The original stays at -0.055; the other crosses the threshold at its sixth step.
    const samples = track(-0.055, 20, () => 0);
    const shareOf = async (readOut: readonly NodeProto[]) =>
      (await loopOf(integrators(readOut), samples)).closedLoop!.decisionShare;
    assert.equal(await shareOf([op('Sigmoid', 'stateN', 'y')]), 0.25);
    assert.equal(await shareOf([op('Add', 'stateN half', 'y')]), 0.25);
    assert.equal(await shareOf(asItIs), null, 'values below 0 are no probabilities');
  });

  test('takes the samples in the order of the data, 500 at most', async () => {
    const samples = track(10, 505, alternate);
    const asked = { dataset: datasetOf(samples), indices: samples.map((_, index) => 504 - index) };
    const seen: string[] = [];
    const onProgress = (done: number, total: number) => seen.push(`${done}/${total}`);
    const { closedLoop } = await loopOf(integrators(asItIs), samples, { ...asked, onProgress });
    assert.equal(closedLoop!.steps, 500);
    assert.deepEqual([seen[0], seen.at(-1), seen.length], ['1/500', '500/500', 500]);
    // In any other order, or without the cut, the drift of 0.01 a step meets other values.
    const decibels = Array.from(
      { length: 500 },
      (_, at) => 20 * Math.log10((at % 2 === 0 ? 11 : 10) / (0.01 * (at + 1))),
    );
    const worst = decibels.toSorted((left, right) => left - right).slice(0, 50);
    assertClose([closedLoop!.worstTenthSqnrDb], [worst.reduce((sum, db) => sum + db, 0) / 50], 0.01);
  });

  test('can be cancelled', async () => {
    const running = new AbortController();
    const onProgress = (done: number) => done === 3 && running.abort();
    const looping = loopOf(integrators(asItIs), track(10, 20, alternate), { signal: running.signal, onProgress });
    await assert.rejects(looping, CancelledError);
  });

  test('with two states', async () => {
    const sketch = (drift: number) =>
      buildModel({
        inputs: { x: [1, 2], h: [1, 2], c: [1, 2] },
        outputs: 'y hn cn',
        nodes: [
          op('Add', 'c x', 'grown'),
          op('Add', 'grown drift', 'cn'),
          op('Add', 'h cn', 'hn'),
          op('Mul', 'hn one', 'y'),
        ],
        weights: { drift: floats([1], [drift]), one: floats([1], [1]) },
      });
    const zeros = floats([1, 2], [0, 0]);
    const samples = [1, 0, 0].map((x) => ({ x: floats([1, 2], [x, x]), h: zeros, c: zeros }));
    const { closedLoop } = await loopOf({ before: sketch(0), after: sketch(0.01) }, samples);
    assert.deepEqual(closedLoop!.states.map(({ output, input }) => `${output} ${input}`).sort(), ['cn c', 'hn h']);
    // c: 1, 1, 1 and 1.01, 1.02, 1.03; h, which adds them up: 1, 2, 3 and 1.01, 2.03, 3.06.
    assertClose([closedLoop!.sqnrDb!], [10 * Math.log10((1 + 4 + 9) / (0.01 ** 2 + 0.03 ** 2 + 0.06 ** 2))], 0.01);
  });

  test('with a state that only its place tells', async () => {
    const sketch = (drift: number) =>
      buildModel({
        inputs: { input_2: [1, 1, 3], input_3: [1, 2, 3] },
        outputs: 'activation_2 stack_2',
        nodes: [
          op('Add', 'input_3 input_2', 'sum'),
          op('Add', 'sum drift', 'stack_2'),
          op('ReduceMean', 'stack_2', 'activation_2', { axes: [1], keepdims: 1 }),
        ],
        weights: { drift: floats([1], [drift]) },
      });
    const samples = [1, 1].map((x) => ({
      input_2: floats([1, 1, 3], [x, x, x]),
      input_3: floats([1, 2, 3], Array(6).fill(0)),
    }));
    const { closedLoop } = await loopOf({ before: sketch(0), after: sketch(0.1) }, samples);
    assert.deepEqual(closedLoop!.states, [{ output: 'stack_2', input: 'input_3' }]);
    // 1, 2 and 1.1, 2.2.
    assertClose([closedLoop!.sqnrDb!], [20], 0.01);
  });

  test('where nothing but states comes out they are compared', async () => {
    const sketch = (drift: number) =>
      buildModel({
        inputs: { x: [1, 2], h: [1, 2] },
        outputs: 'hn',
        nodes: [op('Add', 'h x', 's'), op('Add', 's drift', 'hn')],
        weights: { drift: floats([1], [drift]) },
      });
    const samples = [1, 1].map((x) => ({ x: floats([1, 2], [x, x]), h: floats([1, 2], [0, 0]) }));
    const { closedLoop } = await loopOf({ before: sketch(0), after: sketch(0.1) }, samples);
    assertClose([closedLoop!.sqnrDb!], [20], 0.01);
  });
});

suite('no closed loop, and why', () => {
  const reasonOf = ({ closedLoop, diagnostics }: Awaited<ReturnType<typeof loopOf>>): string => {
    assert.equal(closedLoop, null);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['state-one-step'],
    );
    assert.doesNotMatch(translateEngineText(diagnostics[0]!.message, 'zh-CN'), /[a-z]{3,} [a-z]{3,}/);
    return /That could not be measured: (.*)\. Compare them/.exec(diagnostics[0]!.message)![1]!;
  };

  test('a cache that grows', async () => {
    const cache = buildModel({
      inputs: { x: [1, 1, 2], 'past.0.key': [1, 'p', 2] },
      outputs: 'y present.0.key',
      nodes: [
        op('Concat', 'past.0.key x', 'present.0.key', { axis: 1 }),
        op('ReduceMean', 'present.0.key', 'y', { axes: [1] }),
      ],
    });
    const samples = [1, 2, 3].map((length) => ({
      x: floats([1, 1, 2], [1, 2]),
      'past.0.key': floats([1, length, 2], Array(2 * length).fill(1)),
    }));
    assert.equal(
      reasonOf(await loopOf({ before: cache, after: cache }, samples)),
      'output "present.0.key" is not as large as input "past.0.key" ([1, 2, 2] and [1, 1, 2]), as where a cache grows',
    );
  });

  test('batches, one sample, noise, values that run away', async () => {
    const models = integrators(asItIs);
    const samples = track(10, 4, alternate);
    const with_ = (changes: Partial<Dataset>) => loopOf(models, samples, { dataset: datasetOf(samples, changes) });
    assert.match(reasonOf(await with_({ fixedBatchSize: 4 })), /batches of 4 samples/);
    assert.match(reasonOf(await with_({ kind: 'random' })), /random noise/);
    assert.match(reasonOf(await loopOf(models, samples, { indices: [2] })), /only one evaluation sample/);
    const wild = { before: models.before, after: integrator(0, 1e20, asItIs) };
    assert.equal(reasonOf(await loopOf(wild, samples)), 'the compressed model gives NaN or infinity from step 2 on');
  });

  test('without states nothing is said', async () => {
    const plain = integrators(asItIs);
    const report = await loopOf(plain, track(10, 3, alternate), { states: [] });
    assert.deepEqual(report, { closedLoop: null, diagnostics: [] });
  });
});
