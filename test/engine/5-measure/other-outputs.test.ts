/**
 * Outputs that are no tensors of numbers: labels as strings, the ZipMap at the end of scikit-learn's classifiers, sequences,
 * optional values, types of fewer than 8 bits. ONNX Runtime for Node runs such models only when it is not asked for them.
 */
import { create } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { compressRequestSchema, type CompressRequest } from '../../../shared/compress-request.ts';
import { closenessOutputs, findCompared } from '../../../electron/engine/1-analyze/find-compared.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { measureAccuracy } from '../../../electron/engine/5-measure/accuracy.ts';
import { measureModels } from '../../../electron/engine/5-measure/latency.ts';
import { measureLayerEffects } from '../../../electron/engine/5-measure/layer-effects.ts';
import { measureLayerErrors } from '../../../electron/engine/5-measure/layer-error.ts';
import { writeCompared } from '../../../electron/engine/5-measure/measure-pair.ts';
import { profileLayers } from '../../../electron/engine/5-measure/profile.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { compress } from '../../../electron/engine/compress.ts';
import { inspectModel } from '../../../electron/engine/inspect.ts';
import { planModel } from '../../../electron/engine/plan-model.ts';
import type { EngineContext } from '../../../electron/engine/job/engine-context.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readModel } from '../../../electron/engine/onnx/read-model.ts';
import { spawnNodeChild } from '../../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { optionsFor, settled } from '../6-search/search-options.ts';
import { buildModel, inMemory, noise, op, plainRecipe } from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();
const samples = Array.from({ length: 12 }, (_, seed): Feeds => ({ x: noise([1, 8], seed) }));
const dataset: Dataset = {
  kind: 'arrays',
  path: null,
  count: samples.length,
  fixedBatchSize: null,
  labels: null,
  notes: [],
  readings: [],
  sha256: null,
  sampleSha256: (index) => Promise.resolve(String(index)),
  read: (index) => Promise.resolve(samples[index]!),
  readExpectedOutputs: null,
  close: () => Promise.resolve(),
};

const classNames = ['setosa', 'versicolor', 'virginica'];

function zipMap(input: string, output: string, strings: boolean): NodeProto {
  const node = op('ZipMap', input, output, {}, 'ai.onnx.ml');
  node.attribute.push(
    create(
      AttributeProtoSchema,
      strings
        ? {
            name: 'classlabels_strings',
            type: AttributeProto_AttributeType.STRINGS,
            strings: classNames.map((name) => new TextEncoder().encode(name)),
          }
        : { name: 'classlabels_int64s', type: AttributeProto_AttributeType.INTS, ints: [0n, 1n, 2n] },
    ),
  );
  return node;
}

/** A perceptron up to its probabilities `p` and the index `i` of the largest, as skl2onnx writes it, and what comes behind. */
function classifier(outputs: string, nodes: readonly NodeProto[], opset = 17): ModelProto {
  const model = buildModel({
    opset,
    inputs: { x: ['N', 8] },
    outputs,
    nodes: [
      op('Gemm', 'x w1 b1', 'h'),
      op('Relu', 'h', 'r'),
      op('Gemm', 'r w2 b2', 'l'),
      op('Softmax', 'l', 'p', { axis: 1 }),
      op('ArgMax', 'p', 'i', { axis: 1, keepdims: 0 }),
      ...nodes,
    ],
    weights: {
      w1: noise([8, 16], 1, 0.5),
      b1: noise([16], 2, 0.1),
      w2: noise([16, 3], 3, 0.5),
      b2: noise([3], 4, 0.1),
    },
  });
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'ai.onnx.ml', version: 1n }));
  model.graph!.initializer.push(
    create(TensorProtoSchema, {
      name: 'names',
      dims: [3n],
      dataType: 8,
      stringData: classNames.map((name) => new TextEncoder().encode(name)),
    }),
  );
  return model;
}

const label = op('ArrayFeatureExtractor', 'names i', 'label', {}, 'ai.onnx.ml');

const context: EngineContext = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  spawnChild: spawnNodeChild,
  allowedFolders: null,
};

function requestFor(modelPath: string): CompressRequest {
  return compressRequestSchema.parse({
    runId: 'run',
    modelPath,
    outPath: join(folder, 'out.onnx'),
    data: { random: true },
    recipe: plainRecipe(),
    evaluationSamples: 12,
  });
}

interface Case {
  readonly name: string;
  readonly model: ModelProto;
  /** Where it is compared, when not at its outputs. */
  readonly tensors: readonly string[] | null;
  readonly notCompared: readonly string[];
  readonly classOutput: string;
}

const cases: readonly Case[] = [
  {
    name: 'a ZipMap of numbered classes',
    model: classifier('i z', [zipMap('p', 'z', false)]),
    tensors: ['i', 'p'],
    notCompared: ['z'],
    classOutput: 'p',
  },
  {
    name: 'a label as a string and a ZipMap: nothing else is handed out',
    model: classifier('label z', [label, zipMap('p', 'z', true)]),
    tensors: ['p'],
    notCompared: ['label', 'z'],
    classOutput: 'p',
  },
  {
    name: 'a label as a string beside its probabilities',
    model: classifier('label p', [label]),
    tensors: null,
    notCompared: ['label'],
    classOutput: 'p',
  },
  {
    name: 'a sequence of tensors beside scores',
    model: classifier('l s', [op('SequenceConstruct', 'p l', 's')]),
    tensors: null,
    notCompared: ['s'],
    classOutput: 'l',
  },
  {
    name: 'an optional value beside scores',
    model: classifier('l o', [op('Optional', 'p', 'o')]),
    tensors: null,
    notCompared: ['o'],
    classOutput: 'l',
  },
  {
    name: 'numbers of four bits beside scores',
    model: classifier('l q', [op('Cast', 'l', 'q', { to: 22 })], 21),
    tensors: null,
    notCompared: ['q'],
    classOutput: 'l',
  },
];

async function write(name: string, model: ModelProto): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, encodeModel(model));
  return path;
}

suite('outputs that are no tensors of numbers', () => {
  for (const { name, model, tensors, notCompared, classOutput } of cases) {
    test(`${name}: everything is done but comparing them`, async () => {
      const path = await write('model.onnx', model);
      const { prepared, outputs } = await prepareModel(path, folder);
      const { at, diagnostics, refusal } = findCompared(prepared, outputs, path);
      assert.equal(refusal, null);
      assert.deepEqual(at?.tensors ?? null, tensors);
      assert.deepEqual(
        diagnostics.map(({ message }) => /^Output "(\w+)"/.exec(message)![1]),
        notCompared,
      );
      if (tensors !== null) assert.match(diagnostics.at(-1)!.message, /options=\{'zipmap': False\}/);

      const { quantized } = await searchRecipe({
        ...(await optionsFor({ ...settled, keepFloat: 'auto' }, {}, { model: prepared.proto, samples })),
        comparedAt: at,
      });
      assert.deepEqual(
        quantized.model.graph!.output.map((output) => output.name),
        outputs.map((output) => output.name),
        'the compressed model keeps all its outputs',
      );
      const after = await write('after.onnx', quantized.model);
      const compared = await writeCompared({ before: prepared, after: inMemory(quantized.model) }, at, folder);
      const { accuracy, classOutput: ranked } = await measureAccuracy({
        before: compared?.before ?? path,
        after: compared?.after ?? after,
        source: { graph: indexGraph(inMemory(model)), shapes: await observeShapes(inMemory(model), samples[0]!) },
        dataset,
        indices: samples.map((_, index) => index),
        labels: null,
        threads: 1,
      });
      assert.equal(ranked, classOutput);
      assert.ok(accuracy.agreement.top1! > 0.9 && accuracy.agreement.sqnrDb! > 20, JSON.stringify(accuracy.agreement));

      const errors = await measureLayerErrors({
        before: await readModel(path),
        after: await readModel(after),
        pairs: [...quantized.dequantized].map(([mine, theirs]) => ({ before: mine, after: theirs })),
        samples: { count: 2, read: dataset.read },
        threads: 1,
      });
      assert.ok(errors.size > 0);
      const effects = await measureLayerEffects({
        float: prepared,
        compressed: inMemory(quantized.model),
        pairs: [...quantized.dequantized].map(([mine, theirs]) => ({ before: mine, after: theirs })),
        compared: at?.tensors ?? closenessOutputs(outputs),
        shapes: await observeShapes(prepared, samples[0]!),
        worst: [...quantized.dequantized.keys()],
        calibrationCount: 12,
        samples: { count: 2, read: dataset.read },
        threads: 1,
        dims: {},
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      assert.ok(effects!.whole.sqnrDb > 20 && effects!.whole.sqnrDb < 60, `${effects!.whole.sqnrDb} dB`);
      const feeds = samples[0]!;
      const { runCount } = await profileLayers({ modelPath: after, threads: 1, feeds, runs: 5, spawn: spawnNodeChild });
      assert.equal(runCount, 5);
      const inspection = await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
      assert.deepEqual(
        inspection.diagnostics.filter(({ code }) => code === 'output-not-compared').length,
        notCompared.length,
      );
      assert.equal(inspection.totals.macs, 8 * 16 + 16 * 3);
    });
  }

  test('models with them are timed', async () => {
    const [first, second] = [await write('a.onnx', cases[0]!.model), await write('b.onnx', cases[1]!.model)];
    const { models } = await measureModels({
      variants: [
        { name: 'before', modelPath: first },
        { name: 'after', modelPath: second },
      ],
      threads: 1,
      feeds: samples[0]!,
      minSeconds: 0.1,
      maxSeconds: 2,
      spawn: spawnNodeChild,
    });
    assert.ok(models.every(({ side }) => side.medianMs > 0));
  });
});

suite('a model of which nothing can be compared is refused by name', () => {
  const refused: readonly (readonly [string, ModelProto, RegExp])[] = [
    ['a ZipMap alone, which cannot be had', classifier('z', [zipMap('p', 'z', true)]), /"z"/],
    ['a label as a string alone', classifier('label', [label]), /"label"/],
    ['a label and a sequence', classifier('label s', [label, op('SequenceConstruct', 'p l', 's')]), /"label", "s"/],
  ];
  for (const [name, model, names] of refused) {
    test(name, async () => {
      const modelPath = await write('refused.onnx', model);
      const run = planModel(requestFor(modelPath), context);
      await assert.rejects(run, (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'model-unsupported');
        assert.match(error.message, names);
        assert.match(error.message, /options=\{'zipmap': False\}/);
        return true;
      });
      // It can still be looked at.
      const { diagnostics, layers } = await inspectModel(modelPath, { dims: {} }, { onEvent: () => undefined });
      assert.ok(diagnostics.some(({ code, message }) => code === 'not-comparable' && names.test(message)));
      assert.ok(!diagnostics.some(({ code }) => code === 'output-not-compared'), 'said once');
      assert.ok(layers.some((layer) => layer.quantizable));
    });
  }

  test('and a session says what it cannot hand out', async () => {
    const session = await openSession(encodeModel(classifier('z', [zipMap('p', 'z', false)])), { threads: 1 });
    await assert.rejects(session.run(samples[0]!), /None of the outputs of this model \("z"\)/);
    await session.release();
  });
});

test('outputs by default are those of numbers', async () => {
  const session = await openSession(encodeModel(classifier('label p i', [label])), { threads: 1 });
  const outputs: Record<string, Tensor> = await session.run(samples[0]!);
  assert.deepEqual(Object.keys(outputs).sort(), ['i', 'p']);
  await session.release();
});

test('a whole run compares a classifier with a label and a ZipMap at its probabilities', async () => {
  const { accuracy, diagnostics, model } = await compress(
    requestFor(await write('whole.onnx', cases[1]!.model)),
    context,
  );
  assert.equal(accuracy.count, 12);
  assert.ok(accuracy.agreement.top1! > 0.8 && accuracy.agreement.sqnrDb! > 15, JSON.stringify(accuracy.agreement));
  assert.equal(diagnostics.filter(({ code }) => code === 'output-not-compared').length, 2);
  assert.deepEqual(
    model.compressed.outputs.map(({ name }) => name),
    ['label', 'z'],
  );
});
