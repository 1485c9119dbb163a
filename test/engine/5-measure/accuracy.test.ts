import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { accuracySchema, rowsOfFields } from '../../../shared/accuracy.ts';
import { measureAccuracy, type AccuracyOptions } from '../../../electron/engine/5-measure/accuracy.ts';
import { chooseClassOutput } from '../../../electron/engine/metrics/class-scores.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { createErrorSums } from '../../../electron/engine/tensor/statistics.ts';
import { buildModel, floats, inMemory, op } from '../build-model.ts';
import { encodeTinyModel, makeIdentity, makeInt, makeNode, makeOffset, makeTensor, makeWeight } from './tiny-models.ts';

/** A dataset of given samples for input `input`; counts how often each is read. */
function makeDataset(samples: readonly (readonly number[])[], dims: readonly number[]): Dataset & { reads: number[] } {
  const reads = samples.map(() => 0);
  return {
    reads,
    path: null,
    kind: 'arrays',
    count: samples.length,
    labels: null,
    notes: [],
    fixedBatchSize: null,
    readings: [],
    sha256: null,
    sampleSha256: (index) => Promise.resolve(String(index)),
    read: (index) => {
      reads[index]!++;
      return Promise.resolve({ input: makeTensor([1, ...dims], samples[index]!) });
    },
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}

const scores3 = encodeTinyModel(makeIdentity(['N', 3]));

function optionsFor(
  samples: readonly (readonly number[])[],
  labels: readonly number[] | null,
  models: Partial<Pick<AccuracyOptions, 'before' | 'after' | 'batchSize'>> = {},
): AccuracyOptions & { dataset: { reads: number[] } } {
  return {
    before: scores3,
    after: scores3,
    dataset: makeDataset(samples, [samples[0]!.length]),
    indices: samples.map((_, index) => index),
    labels: labels === null ? null : Int32Array.from(labels),
    threads: 1,
    ...models,
  };
}

suite('measureAccuracy', () => {
  test('breaks argmax ties in favour of the first index', async () => {
    const samples = [
      [1, 1, 0],
      [0, 1, 1],
      [2, 2, 2],
    ];
    const first = await measureAccuracy(optionsFor(samples, [0, 1, 0]));
    assert.equal(first.accuracy.before!.value, 1, 'the first of the tied classes is the answer');
    const later = await measureAccuracy(optionsFor(samples, [1, 2, 2]));
    assert.equal(later.accuracy.before!.value, 0, 'a later tied class is not');
  });

  test('gives both shares, their paired difference and the exact test', async () => {
    // +1.5 on class 0 turns every sample with less lead than that to class 0.
    const after = encodeTinyModel(makeOffset(['N', 3], [1.5, 0, 0]));
    const samples = [
      [5, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 9, 0],
      [0, 1, 0],
    ];
    const { accuracy, classOutput, diagnostics } = await measureAccuracy(
      optionsFor(samples, [0, 1, 2, 1, 0], { after }),
    );
    assert.deepEqual(accuracySchema.parse(accuracy), accuracy, 'it is what the run document stores');
    assert.equal(classOutput, 'output');
    assert.deepEqual(diagnostics, []);
    assert.equal(accuracy.metric, 'top1');
    assert.deepEqual(accuracy.metrics, rowsOfFields(accuracy), 'the rows say what the fields of version 2 say');
    assert.equal(accuracy.before!.value, 4 / 5);
    assert.equal(accuracy.after!.value, 3 / 5);
    assert.ok(Math.abs(accuracy.difference!.value - -1 / 5) < 1e-12);
    assert.ok(accuracy.difference!.ci95[0] < -0.2 && accuracy.difference!.ci95[1] > 0);
    assert.deepEqual(accuracy.mcnemar, { onlyBefore: 2, onlyAfter: 1, pValue: 1 });
    assert.equal(accuracy.expectedDifference, null, 'five samples are too few');
    assert.equal(accuracy.top5, null, 'three classes have no top 5');
    assert.equal(accuracy.agreement.top1, 2 / 5);
    // Signal 25+1+1+81+1, noise 5 * 1.5².
    assert.ok(Math.abs(accuracy.agreement.sqnrDb! - 10 * Math.log10(109 / 11.25)) < 1e-5);
  });

  test('without labels reports agreement only; identical models have no SQNR', async () => {
    const { accuracy } = await measureAccuracy(
      optionsFor(
        [
          [1, 2, 3],
          [3, 2, 1],
        ],
        null,
      ),
    );
    const { metrics, ...fields } = accuracy;
    assert.deepEqual(
      metrics.map(({ metric, against, before, after }) => [metric, against, before, after]),
      [
        ['agreement', 'original', null, 1],
        ['sqnrDb', 'original', null, null],
        ['cosine', 'original', null, 1],
      ],
    );
    assert.deepEqual(fields, {
      metric: 'agreement',
      count: 2,
      before: null,
      after: null,
      difference: null,
      top5: null,
      mcnemar: null,
      expectedDifference: null,
      expectedDifferenceCi95: null,
      closedLoop: null,
      targetKind: 'labels',
      agreement: {
        top1: 1,
        sqnrDb: null,
        cosine: 1,
        decisions: 2,
        samples: { meanSqnrDb: 60, worstTenthSqnrDb: 60 },
        count: 2,
      },
    });
  });

  test('ranks the top 5 of many classes with ties by first index', async () => {
    const model = encodeTinyModel(makeIdentity(['N', 10]));
    const tied = [9, 8, 7, 6, 5, 5, 5, 0, 0, 0];
    const samples = [tied, tied, tied];
    const { accuracy } = await measureAccuracy(optionsFor(samples, [4, 5, 0], { before: model, after: model }));
    assert.equal(accuracy.top5!.before.value, 2 / 3, 'class 4 is fifth; class 5 ties with it and comes sixth');
    assert.equal(accuracy.before!.value, 1 / 3);
  });

  test('reads every sample once, in batches of any size', async () => {
    const samples = Array.from({ length: 7 }, (_, i) => [
      i % 3 === 0 ? 1 : 0,
      i % 3 === 1 ? 1 : 0,
      i % 3 === 2 ? 1 : 0,
    ]);
    const after = encodeTinyModel(makeOffset(['N', 3], [0.25, 0, -2]));
    const single = await measureAccuracy(optionsFor(samples, [0, 1, 2, 0, 1, 2, 0], { after }));
    const progress: number[] = [];
    const batched = {
      ...optionsFor(samples, [0, 1, 2, 0, 1, 2, 0], { after, batchSize: 3 }),
      onProgress: (done: number) => progress.push(done),
    };
    assert.deepEqual(await measureAccuracy(batched), single);
    assert.deepEqual(batched.dataset.reads, [1, 1, 1, 1, 1, 1, 1]);
    assert.deepEqual(progress, [3, 6, 7]);
  });

  test('uses only the given indices, with labels by dataset index', async () => {
    const samples = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const options = { ...optionsFor(samples, [9, 1, 2]), indices: [2, 1] };
    assert.equal((await measureAccuracy(options)).accuracy.before!.value, 1);
    assert.deepEqual(options.dataset.reads, [0, 1, 1]);
  });

  test('reports NaN instead of hiding it', async () => {
    // 0 / 0 where the input is 0: NaN in the first score of the second sample.
    const broken = encodeTinyModel({
      nodes: [
        makeNode('Div', 'ratio', ['input', 'input'], ['one']),
        makeNode('Mul', 'scale', ['one', 'input'], ['output']),
      ],
      inputs: { input: ['N', 3] },
      outputs: { output: ['N', 3] },
    });
    const samples = [
      [1, 2, 3],
      [0, 2, 3],
    ];
    const { accuracy, diagnostics } = await measureAccuracy(optionsFor(samples, [2, 2], { after: broken }));
    assert.equal(accuracy.after!.value, 1 / 2);
    assert.equal(accuracy.agreement.top1, 1 / 2);
    assert.equal(accuracy.agreement.sqnrDb, null, 'the finite sample is identical');
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => [code, severity]),
      [['output-not-finite', 'error']],
    );
    assert.match(diagnostics[0]!.message, /compressed model.* 1 of 2 .*sample 1/);
    assert.deepEqual(accuracySchema.parse(accuracy), accuracy);
    await assert.rejects(
      measureAccuracy(optionsFor([[0, 0, 0]], null, { after: broken })),
      (error) => error instanceof AppError && error.code === 'model-run-failed' && error.message.includes('compressed'),
    );
  });

  test('tells of data that cannot tell models apart', async () => {
    const codesOf = async (options: AccuracyOptions) =>
      (await measureAccuracy(options)).diagnostics.map(({ code, severity }) => [code, severity]);
    const ten = Array.from({ length: 10 }, (_, index) => [5, index / 10, -index]);
    assert.deepEqual(await codesOf(optionsFor(ten, null)), [['one-class', 'warning']]);
    const { diagnostics } = await measureAccuracy(optionsFor(ten, null));
    assert.match(diagnostics[0]!.message, /class 0 first for all 10 evaluation samples/);
    assert.deepEqual(await codesOf(optionsFor(ten.slice(1), null)), [], 'nine samples may be of one class');
    assert.deepEqual(await codesOf(optionsFor([...ten, [0, 1, 0]], null)), []);
    // With labels as well: whatever they say, the model does not.
    assert.deepEqual(await codesOf(optionsFor(ten, Array<number>(10).fill(0))), [['one-class', 'warning']]);

    const zeros = encodeTinyModel({
      nodes: [makeNode('Sub', 'difference', ['input', 'input'], ['output'])],
      inputs: { input: ['N', 3] },
      outputs: { output: ['N', 3] },
    });
    assert.deepEqual(await codesOf(optionsFor(ten, null, { before: zeros, after: zeros })), [
      ['output-constant', 'warning'],
    ]);
    assert.deepEqual(await codesOf(optionsFor([[1, 2, 3]], null, { before: zeros, after: zeros })), []);
  });

  test('decides per pixel on N x C x H x W', async () => {
    const before = encodeTinyModel(makeIdentity(['N', 2, 2, 2]));
    const after = encodeTinyModel({
      nodes: [makeNode('Mul', 'square', ['input', 'input'], ['output'])],
      inputs: { input: ['N', 2, 2, 2] },
      outputs: { output: ['N', 2, 2, 2] },
    });
    // Class 0 plane, then class 1 plane. Squaring turns -3 into 9 at the last pixel.
    const dataset = makeDataset([[1, 5, 0, -3, 2, 1, 3, 2]], [2, 2, 2]);
    const report = await measureAccuracy({
      before,
      after,
      dataset,
      indices: [0],
      labels: Int32Array.of(1),
      threads: 1,
    });
    assert.equal(report.accuracy.agreement.top1, 3 / 4);
    assert.equal(report.accuracy.metric, 'agreement');
    assert.deepEqual(
      report.diagnostics.map(({ code }) => code),
      ['labels-not-used'],
    );
  });

  test('decides per step on N x T x C', async () => {
    const before = encodeTinyModel(makeIdentity(['N', 2, 3]));
    const after = encodeTinyModel(makeOffset(['N', 2, 3], [0, 0, 1.5]));
    const dataset = makeDataset([[1, 0, 0, 5, 0, 0]], [2, 3]);
    const { accuracy } = await measureAccuracy({ before, after, dataset, indices: [0], labels: null, threads: 1 });
    assert.equal(accuracy.agreement.top1, 1 / 2);
  });

  test('takes one value per sample for a yes or no: a probability if it always looks like one, else a logit', async () => {
    const before = encodeTinyModel(makeIdentity(['N', 1]));
    const after = encodeTinyModel(makeOffset(['N', 1], [0.3]));
    const probabilities = optionsFor([[0.1], [0.3], [0.9], [0.6]], null, { before, after });
    assert.equal((await measureAccuracy(probabilities)).accuracy.agreement.top1, 3 / 4, '0.3 crosses 0.5');
    const logits = optionsFor([[-0.1], [-3], [4], [0.3]], null, { before, after });
    assert.equal((await measureAccuracy(logits)).accuracy.agreement.top1, 3 / 4, '-0.1 crosses 0');
  });

  test('takes single values that are always on one side for estimates, not for classes', async () => {
    const before = encodeTinyModel(makeIdentity(['N', 1]));
    const after = encodeTinyModel(makeOffset(['N', 1], [0.3]));
    const estimates = optionsFor([[12.5], [80], [31]], null, { before, after });
    const { top1, sqnrDb } = (await measureAccuracy(estimates)).accuracy.agreement;
    assert.equal(top1, null);
    assert.ok(sqnrDb !== null && sqnrDb > 40);
    // The same model on values of both signs decides something again.
    const mixed = optionsFor([[12.5], [-80], [31]], null, { before, after });
    assert.equal((await measureAccuracy(mixed)).accuracy.agreement.top1, 1);
  });

  test('one output is compared as one long vector, to the last bit', async () => {
    const after = encodeTinyModel(makeOffset(['N', 3], [0.1, -0.2, 0.3]));
    const samples = [
      [0.3, 0.7, -1.1],
      [250.5, 3.25, 17],
    ];
    const { accuracy } = await measureAccuracy(optionsFor(samples, null, { after }));
    const sums = createErrorSums();
    for (const sample of samples) {
      const scores = Float32Array.from(sample);
      sums.add(
        scores,
        scores.map((value, index) => Math.fround(value + Math.fround([0.1, -0.2, 0.3][index]!))),
      );
    }
    assert.equal(accuracy.agreement.sqnrDb, sums.sqnrDb());
    assert.equal(accuracy.agreement.cosine, sums.cosine());
  });

  test('several outputs count alike, as in the comparison of candidates: boxes in pixels do not drown scores', async () => {
    /** Boxes in pixels and scores; the error of each is given. */
    const detector = (boxError: number, scoreError: number) =>
      encodeTinyModel({
        nodes: [
          makeNode('Mul', 'scale', ['input', 'pixels'], ['boxes']),
          makeNode('Mul', 'score', ['input', 'share'], ['scores']),
        ],
        inputs: { input: ['N', 2, 4] },
        outputs: { boxes: ['N', 2, 4], scores: ['N', 2, 4] },
        weights: [makeWeight('pixels', [1], [300 * (1 + boxError)]), makeWeight('share', [1], [1 + scoreError])],
      });
    const dataset = makeDataset([new Array<number>(8).fill(0.5), new Array<number>(8).fill(7)], [2, 4]);
    const compare = async (boxError: number, scoreError: number) => {
      const models = { before: detector(0, 0), after: detector(boxError, scoreError) };
      const { accuracy } = await measureAccuracy({ ...models, dataset, indices: [0, 1], labels: null, threads: 1 });
      return accuracy.agreement;
    };
    const [boxes, scores] = [await compare(0.1, 0), await compare(0, 0.1)];
    // Half the outputs are off by a tenth: noise / signal is 0.01 / 2 either way.
    assert.ok(Math.abs(boxes.sqnrDb! - -10 * Math.log10(0.005)) < 1e-4, `${boxes.sqnrDb}`);
    assert.ok(Math.abs(scores.sqnrDb! - boxes.sqnrDb!) < 1e-4, `${scores.sqnrDb}`);
    assert.equal((await compare(0, 0)).sqnrDb, null, 'identical');
  });

  test('takes integer outputs for class indices', async () => {
    const model = encodeTinyModel({
      nodes: [makeNode('ArgMax', 'winner', ['input'], ['output'], [makeInt('axis', 1), makeInt('keepdims', 0)])],
      inputs: { input: ['N', 3] },
      outputs: {},
      integerOutputs: { output: ['N'] },
    });
    const { accuracy } = await measureAccuracy(
      optionsFor(
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        [1, 0],
        { before: model, after: model },
      ),
    );
    assert.equal(accuracy.before!.value, 1 / 2);
    assert.equal(accuracy.agreement.top1, 1);
  });

  test('a model that selects what it found: where nothing is found both agree, and what differs in number is refused', async () => {
    const selecting = (...first: NodeProto[]) =>
      encodeModel(
        buildModel({
          inputs: { input: ['N', 3] },
          outputs: 'y',
          nodes: [...first, op('NonZero', first.at(-1)?.output[0] ?? 'input', 'n'), op('Cast', 'n', 'y', { to: 1 })],
        }),
      );
    const models = { before: selecting(), after: selecting(op('Relu', 'input', 'r')) };
    const nothing = [0, 0, 0];
    const { accuracy } = await measureAccuracy(optionsFor([nothing, [1, 0, 2]], null, models));
    assert.deepEqual([accuracy.agreement.top1, accuracy.agreement.cosine], [1, 1]);
    await assert.rejects(
      measureAccuracy(optionsFor([nothing, nothing], null, models)),
      /Both models give empty outputs for all 2 evaluation samples/,
    );
    await assert.rejects(
      measureAccuracy(optionsFor([[1, -1, 0]], null, models)),
      /"y" has 4 values per sample in the original and 2 in the compressed model.*cut it before the selection/,
    );
  });

  test('refuses what it cannot compare, and says why', async () => {
    const rejects = (options: AccuracyOptions, code: string, message: RegExp) =>
      assert.rejects(
        measureAccuracy(options),
        (error) => error instanceof AppError && error.code === code && message.test(error.message),
      );
    await rejects(optionsFor([[1, 2, 3]], [3]), 'labels-malformed', /label 3.*classes 0 to 2/);
    await rejects({ ...optionsFor([[1, 2, 3]], null), indices: [] }, 'data-missing', /evaluation samples/);
    await rejects({ ...optionsFor([[1, 2, 3]], null), outputName: 'logits' }, 'options-invalid', /"logits".*"output"/);
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(measureAccuracy({ ...optionsFor([[1, 2, 3]], null), signal: abort.signal }), CancelledError);
  });
});

test('parts that an output is joined from count alike: boxes in pixels do not drown scores', async () => {
  const build = (scores: NodeProto) =>
    buildModel({
      inputs: { input: ['N', 2, 3] },
      outputs: 'y',
      nodes: [op('Mul', 'input pixels', 'boxes'), scores, op('Concat', 'boxes scores', 'y', { axis: 1 })],
      weights: { pixels: floats([], [640]) },
    });
  const model = build(op('Sigmoid', 'input', 'scores'));
  const lost = encodeModel(build(op('Sub', 'input input', 'scores')));
  const dims = new Map(Object.entries({ boxes: [1, 2, 3], scores: [1, 2, 3], y: [1, 4, 3] }));
  const shapes = new Map([...dims].map(([name, sizes]) => [name, { dims: sizes, dataType: 'float32' as const }]));
  const options: AccuracyOptions = {
    before: encodeModel(model),
    after: lost,
    dataset: makeDataset([[1, 2, 3, 4, 5, 6]], [2, 3]),
    indices: [0],
    labels: null,
    threads: 1,
  };
  const whole = (await measureAccuracy(options)).accuracy.agreement;
  assert.ok(whole.sqnrDb! > 55, 'in one sum of squares the scores are not missed');
  const joined = (await measureAccuracy({ ...options, source: { graph: indexGraph(inMemory(model)), shapes } }))
    .accuracy;
  assert.ok(Math.abs(joined.agreement.sqnrDb! - 10 * Math.log10(2)) < 1e-9, 'half of the parts is all noise');
  assert.equal(joined.agreement.top1, null);
});

suite('chooseClassOutput', () => {
  const output = (name: string, dataType: ValueInfo['dataType'], rank: number, last = 1): ValueInfo => ({
    name,
    dataType,
    dims: [...new Array<number>(rank - 1).fill(1), last],
  });

  test('takes none of several of the same rank and different shapes: boxes are no classes', () => {
    assert.equal(chooseClassOutput([output('boxes', 'float32', 3, 4), output('scores', 'float32', 3, 21)]), null);
    // Two heads of one kind, and scores beside a cache of another rank.
    assert.equal(chooseClassOutput([output('out', 'float32', 4, 21), output('aux', 'float32', 4, 21)]), 'out');
    assert.equal(chooseClassOutput([output('logits', 'float32', 3, 999), output('keys', 'float32', 4, 64)]), 'logits');
    assert.equal(chooseClassOutput([output('boxes', 'float32', 3, 4), output('classes', 'float32', 2, 9)]), 'classes');
  });

  test('takes the only output, else the first floating-point N x C, else the first floating-point one', () => {
    assert.equal(chooseClassOutput([output('mask', 'float32', 4)]), 'mask');
    const many = [output('label', 'int64', 1), output('features', 'float32', 4), output('scores', 'float32', 2)];
    assert.equal(chooseClassOutput(many), 'scores');
    assert.equal(chooseClassOutput(many.slice(0, 2)), 'features');
    assert.equal(chooseClassOutput(many, null, 'label'), 'label');
  });
});
