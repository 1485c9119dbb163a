/** Tensors that hold no value in any calibration sample, as the past of a decoder in its first step. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { calibrateModels } from '../../../electron/engine/3-calibrate/calibrate.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { firstPlanOptions } from '../../../electron/engine/2-plan/analyze-model.ts';
import { planQuantization } from '../../../electron/engine/2-plan/plan.ts';
import { leaveUnseenFloat } from '../../../electron/engine/3-calibrate/unseen.ts';
import { measureAccuracy } from '../../../electron/engine/5-measure/accuracy.ts';
import { measureLayerErrors } from '../../../electron/engine/5-measure/layer-error.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { readModel } from '../../../electron/engine/onnx/read-model.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { AppError } from '../../../shared/app-error.ts';
import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionsFor, settled } from '../6-search/search-options.ts';
import {
  buildModel,
  floats,
  inMemory,
  integers,
  measureSqnrDb,
  noise,
  op,
  plainRecipe,
  run,
  modeOf,
} from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();

interface Case {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly outputs: string;
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** Length of `past` in each sample. */
  readonly past?: readonly number[];
  /** Nodes that must stay in float, and the tensor that is to blame. */
  readonly unseen: Readonly<Record<string, string>>;
  readonly int8: readonly string[];
}

const square = { w: noise([16, 16], 1, 0.3), v: noise([16, 16], 2, 0.3), u: noise([16, 16], 3, 0.3) };

const cases: readonly Case[] = [
  {
    name: 'a cache joined with new keys',
    nodes: [op('MatMul', 'x w', 'k'), op('Concat', 'past k', 'keys', { axis: 1 }), op('MatMul', 'keys v', 'y')],
    outputs: 'y keys',
    unseen: { keys: 'past' },
    int8: ['k', 'y'],
  },
  {
    name: 'attention over an empty cache',
    nodes: [
      op('MatMul', 'x w', 'q'),
      op('MatMul', 'x v', 'k'),
      op('Concat', 'past k', 'keys', { axis: 1 }),
      op('Transpose', 'keys', 'turned', { perm: [0, 2, 1] }),
      op('MatMul', 'q turned', 's'),
      op('Softmax', 's', 'p', { axis: -1 }),
      op('MatMul', 'p keys', 'o'),
      op('MatMul', 'o u', 'y'),
    ],
    outputs: 'y keys',
    unseen: { keys: 'past' },
    int8: ['q', 'k', 'y'],
  },
  {
    name: 'a product of the empty cache alone',
    nodes: [op('MatMul', 'past v', 'y'), op('MatMul', 'x w', 'z')],
    outputs: 'y z',
    unseen: { y: 'past' },
    int8: ['z'],
  },
  {
    name: 'layers in a row over the empty cache, with a clamp between them',
    nodes: [op('MatMul', 'past v', 'a'), op('Relu', 'a', 'b'), op('MatMul', 'b u', 'y'), op('MatMul', 'x w', 'z')],
    outputs: 'y z',
    unseen: { a: 'past', y: 'b' },
    int8: ['z'],
  },
  {
    name: 'a Slice that finds nothing: its input tells the range',
    nodes: [
      op('MatMul', 'x w', 'k'),
      op('Slice', 'k five six axes', 's'),
      op('MatMul', 's v', 'y'),
      op('MatMul', 'k u', 'z'),
    ],
    outputs: 'y z',
    weights: { five: integers([5]), six: integers([6]), axes: integers([1]) },
    unseen: {},
    int8: ['k', 'z', 'y'],
  },
  {
    name: 'nothing, padded',
    nodes: [
      op('Slice', 'x five six axes', 's'),
      op('MatMul', 's w', 'k'),
      op('Pad', 'k pads', 'p'),
      op('MatMul', 'p v', 'y'),
      op('MatMul', 'x u', 'z'),
    ],
    outputs: 'y z',
    weights: { five: integers([5]), six: integers([6]), axes: integers([1]), pads: integers([0, 1, 0, 0, 1, 0]) },
    unseen: { k: 's', p: 'k', y: 'k' },
    int8: ['z'],
  },
  {
    name: 'a cache that is empty in the first samples only',
    nodes: [op('MatMul', 'x w', 'k'), op('Concat', 'past k', 'keys', { axis: 1 }), op('MatMul', 'keys v', 'y')],
    outputs: 'y keys',
    past: [0, 0, 3, 4],
    unseen: {},
    int8: ['k', 'y', 'keys'],
  },
];

const recipes: Readonly<Record<string, Partial<Recipe>>> = {
  'extremes alone': { calibrationMethod: 'minmax', biasCorrection: 'off', equalization: 'off' },
  'histograms, channels and moments': {
    calibrationMethod: 'percentile',
    biasCorrection: 'on',
    equalization: 'on',
    weightRounding: 'compensated',
  },
};

suite('a tensor without values', () => {
  for (const { name, nodes, outputs, weights, past = [0, 0, 0, 0], unseen, int8 } of cases) {
    for (const [kind, changes] of Object.entries(recipes)) {
      test(`${name}: ${kind}`, async () => {
        const used = new Set(nodes.flatMap((node) => node.input));
        const model = buildModel({
          inputs: { x: ['N', 'T', 16], ...(used.has('past') ? { past: ['N', 'P', 16] as const } : {}) },
          outputs,
          nodes,
          weights: Object.fromEntries(Object.entries({ ...square, ...weights }).filter(([tensor]) => used.has(tensor))),
        });
        const samples = past.map((length, seed): Feeds => ({
          x: noise([1, 3, 16], seed),
          ...(used.has('past') ? { past: noise([1, length, 16], 9 + seed) } : {}),
        }));
        const recipe = plainRecipe({ ...settled, ...changes });
        const options = await optionsFor(recipe, {}, { model, samples });
        const { plan, keepFloat, diagnostics } = leaveUnseenFloat(
          planQuantization(options.graph, options.shapes, firstPlanOptions(recipe)),
          options.graph,
          { statistics: options.prepared.statistics, states: new Set() },
          (float) => planQuantization(options.graph, options.shapes, firstPlanOptions(recipe, float)),
        );
        const reasons = Object.fromEntries([...keepFloat].map(([node, reason]) => [node, /"(.*)"/.exec(reason)![1]]));
        assert.deepEqual(reasons, unseen);
        assert.deepEqual(
          diagnostics.map(({ code }) => code),
          Object.keys(unseen).length === 0 ? [] : ['calibration-empty'],
        );
        for (const tensor of Object.values(unseen)) assert.match(diagnostics[0]!.message, new RegExp(`"${tensor}"`));
        for (const node of int8) assert.equal(modeOf(plan.nodes.find((entry) => entry.node === node)!), 'int8', node);

        const { quantized, plan: chosen, candidates } = await searchRecipe({ ...options, keepFloat });
        assert.deepEqual(
          chosen.nodes,
          plan.nodes.map((entry, index) => ({ ...entry, weight: chosen.nodes[index]!.weight })),
        );
        for (const { sqnrDb } of candidates) assert.ok(sqnrDb === null || !Number.isNaN(sqnrDb));
        // Also where the cache has grown meanwhile, which calibration never saw.
        const later = samples.map((sample) =>
          sample['past'] === undefined ? sample : { ...sample, past: noise([1, 2, 16], 77) },
        );
        for (const feeds of [samples, later]) {
          const results = await run(quantized.model, feeds[0]!);
          for (const { data } of Object.values(results)) assert.ok((data as Float32Array).every(Number.isFinite));
          const dB = await measureSqnrDb(model, quantized.model, feeds);
          assert.ok(dB > 20, `${dB} dB`);
        }
        await assertMeasured(encodeModel(model), encodeModel(quantized.model), samples, [...quantized.dequantized]);
      });
    }
  }
});

suite('a tensor with infinite values, or none that is a number', () => {
  /** A row of a mask that hides the last 4 of 16. */
  const hidden = (value: number) =>
    floats(
      [16],
      Array.from({ length: 16 }, (_, index) => (index < 12 ? 0 : value)),
    );
  const attention = [
    op('MatMul', 'x w', 'q'),
    op('Transpose', 'q', 'turned', { perm: [0, 2, 1] }),
    op('MatMul', 'q turned', 's'),
  ];
  const notFinite: readonly { name: string; nodes: readonly NodeProto[]; weights: Case['weights']; float: string[] }[] =
    [
      {
        name: 'an attention mask that is added',
        nodes: [
          op('MatMul', 'x w', 'a'),
          op('Mul', 'a ones', 'b'),
          op('Add', 'b mask', 'm'),
          op('Softmax', 'm', 'p', { axis: -1 }),
          op('MatMul', 'p v', 'y'),
        ],
        weights: { mask: hidden(-Infinity), ones: floats([16], new Array<number>(16).fill(1)) },
        float: ['m'],
      },
      {
        name: 'scores of every sample, masked',
        nodes: [
          ...attention,
          op('Add', 's mask', 'm'),
          op('Softmax', 'm', 'p', { axis: -1 }),
          op('MatMul', 'p q', 'o'),
          op('MatMul', 'o v', 'y'),
        ],
        weights: { mask: floats([1, 3, 3], [0, -Infinity, -Infinity, 0, 0, -Infinity, 0, 0, 0]) },
        float: ['m'],
      },
      {
        name: 'a bias of a layer',
        nodes: [op('MatMul', 'x w', 'a'), op('Add', 'a mask', 'm'), op('Relu', 'm', 'r'), op('MatMul', 'r v', 'y')],
        weights: { mask: hidden(-Infinity) },
        float: ['m'],
      },
      {
        name: 'a lower bound of nothing',
        nodes: [op('MatMul', 'x w', 'a'), op('Max', 'a mask', 'm'), op('Add', 'm ones', 'b'), op('MatMul', 'b v', 'y')],
        weights: { mask: hidden(-Infinity), ones: floats([16], new Array<number>(16).fill(1)) },
        float: [],
      },
    ];
  for (const { name, nodes, weights, float } of notFinite) {
    for (const [kind, changes] of Object.entries(recipes)) {
      test(`${name}: ${kind}`, async () => {
        const used = new Set(nodes.flatMap((node) => node.input));
        const model = buildModel({
          inputs: { x: [1, 3, 16] },
          outputs: 'y',
          nodes,
          weights: Object.fromEntries(Object.entries({ ...square, ...weights }).filter(([tensor]) => used.has(tensor))),
        });
        const samples = [1, 2, 3, 4].map((seed): Feeds => ({ x: noise([1, 3, 16], seed) }));
        const recipe = plainRecipe({ ...settled, ...changes });
        const options = await optionsFor(recipe, {}, { model, samples });
        const planWith = (kept: ReadonlyMap<string, Reason>) =>
          planQuantization(options.graph, options.shapes, firstPlanOptions(recipe, kept));
        const { plan, keepFloat, diagnostics } = leaveUnseenFloat(
          planWith(new Map()),
          options.graph,
          { statistics: options.prepared.statistics, states: new Set() },
          planWith,
        );
        for (const node of float) assert.ok(keepFloat.has(node), `${[...keepFloat.keys()].join()} are in float`);
        if (float.length > 0) assert.deepEqual(diagnostics.map(({ code }) => code), ['calibration-not-finite']); // prettier-ignore
        assert.ok(plan.nodes.some((entry) => modeOf(entry) === 'int8'));
        const { quantized } = await searchRecipe({ ...options, keepFloat });
        const decibels = await measureSqnrDb(model, quantized.model, samples);
        assert.ok(decibels > 25, `${decibels} dB`);
      });
    }
  }

  test('what is fed must be finite', async () => {
    const nodes = [op('MatMul', 'x w', 'y')];
    const model = buildModel({ inputs: { x: [1, 3, 16] }, outputs: 'y', nodes, weights: { w: square.w } });
    const samples: Feeds[] = [{ x: floats([1, 3, 16], new Array<number>(48).fill(Infinity)) }];
    const error: unknown = await optionsFor(plainRecipe(settled), {}, { model, samples }).catch(
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof AppError && error.code === 'calibration-failed', String(error));
    assert.match(error.message, /"x"/);
  });
});

suite('states that are one value in all samples', () => {
  /** x and h (1 x 16 each) to the next h and y; `carry` says what is made of the state first. */
  const makeModel = (...carry: readonly NodeProto[]) =>
    buildModel({
      inputs: { x: [1, 16], h: [1, 16] },
      outputs: 'y next',
      nodes: [
        op('MatMul', 'x w', 'a'),
        ...carry,
        op('Add', 'a b', 's'),
        op('Tanh', 's', 'next'),
        op('MatMul', 'next u', 'y'),
      ],
      weights: { w: square.w, v: square.v, u: square.u, z: noise([16, 16], 4, 0.3) },
    });
  const models = {
    'a layer on the state': makeModel(op('MatMul', 'h v', 'b')),
    'a layer behind a step that only moves the state': makeModel(op('Transpose', 'h', 't', { perm: [0, 1] }), op('MatMul', 't v', 'b')), // prettier-ignore
    'layers on layers on the state': makeModel(
      op('MatMul', 'h v', 'c'),
      op('Relu', 'c', 'r'),
      op('MatMul', 'r z', 'b'),
    ),
  };
  for (const [name, model] of Object.entries(models)) {
    for (const [what, value, states] of [
      ['zeros', 0, ['h']],
      ['ones', 1, ['h']],
      ['zeros of an input that is no state', 0, []],
    ] as const) {
      test(`${name}: ${what}`, async () => {
        const samples = [1, 2, 3, 4].map((seed): Feeds => ({
          x: noise([1, 16], seed),
          h: floats([1, 16], new Array<number>(16).fill(value)),
        }));
        const recipe = plainRecipe({ ...settled, calibrationMethod: 'minmax' });
        const options = await optionsFor(recipe, {}, { model, samples });
        const planWith = (float: ReadonlyMap<string, Reason>) =>
          planQuantization(options.graph, options.shapes, firstPlanOptions(recipe, float));
        const { keepFloat, diagnostics } = leaveUnseenFloat(
          planWith(new Map()),
          options.graph,
          { statistics: options.prepared.statistics, states: new Set(states) },
          planWith,
        );
        assert.deepEqual(diagnostics.map(({ code }) => code), states.length === 0 ? [] : ['calibration-still']); // prettier-ignore
        const { quantized } = await searchRecipe({ ...options, keepFloat });
        const later = [5, 6, 7].map((seed): Feeds => ({ x: noise([1, 16], seed), h: noise([1, 16], seed + 9) }));
        const decibels = await measureSqnrDb(model, quantized.model, later);
        // By a range of nothing the state would be lost.
        if (states.length === 0) assert.ok(decibels < 8, `${decibels} dB`);
        else assert.ok(decibels > 15, `${decibels} dB`);
      });
    }
  }
});

/** Everything that is measured gives numbers, though some outputs and layers are empty. */
async function assertMeasured(
  before: Uint8Array,
  after: Uint8Array,
  samples: readonly Feeds[],
  pairs: readonly (readonly [string, string])[],
): Promise<void> {
  const read = (index: number): Promise<Feeds> => Promise.resolve(samples[index]!);
  const { accuracy } = await measureAccuracy({
    before,
    after,
    dataset: {
      kind: 'arrays',
      path: null,
      count: samples.length,
      fixedBatchSize: null,
      labels: null,
      notes: [],
      read,
      readings: [],
      sha256: null,
      sampleSha256: () => Promise.resolve(''),
      readExpectedOutputs: null,
      close: () => Promise.resolve(),
    },
    indices: samples.map((_, index) => index),
    labels: null,
    threads: 1,
  });
  const { sqnrDb, cosine, top1 } = accuracy.agreement;
  assert.ok([sqnrDb ?? 0, cosine, top1 ?? 0].every(Number.isFinite), JSON.stringify(accuracy.agreement));
  const paths = [join(folder, 'before.onnx'), join(folder, 'after.onnx')] as const;
  await writeFile(paths[0], before);
  await writeFile(paths[1], after);
  const errors = await measureLayerErrors({
    before: await readModel(paths[0]),
    after: await readModel(paths[1]),
    pairs: pairs.map(([mine, theirs]) => ({ before: mine, after: theirs })),
    samples: { count: samples.length, read },
    threads: 1,
  });
  for (const [tensor, error] of errors) {
    assert.ok(error.count > 0 && Number.isFinite(error.sqnrDb ?? 0) && Number.isFinite(error.cosine), tensor);
  }
}

test('what is not a range is not told as one', async () => {
  const model = buildModel({
    inputs: { x: [1, 4], past: [1, 'P'] },
    outputs: 'y',
    nodes: [op('Concat', 'past x', 'c', { axis: 1 }), op('MatMul', 'x w', 'y'), op('Sin', 'c', 'unused')],
    weights: { w: noise([4, 4], 1) },
  });
  const feeds: Feeds = { x: noise([1, 4], 1), past: floats([1, 0], []) };
  const shapes = await observeShapes(inMemory(model), feeds);
  const graph = indexGraph(inMemory(model));
  const plan = planQuantization(graph, shapes, firstPlanOptions(plainRecipe()));
  const told: number[] = [];
  await calibrateModels(inMemory(model), {
    plan: { ...plan, tensors: [{ tensor: 'past', group: 'past' }], observe: ['past'] },
    graph,
    shapes,
    recipe: plainRecipe(),
    samples: { count: 1, read: () => Promise.resolve(feeds) },
    threads: 1,
    signal: new AbortController().signal,
    onSample: () => undefined,
    onRange: (_, min, max) => told.push(min, max),
  });
  assert.deepEqual(told, []);
});
