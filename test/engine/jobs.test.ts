import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, suite, test } from 'node:test';
import { CancelledError } from '../../shared/app-error.ts';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { stages, type EngineEvent } from '../../shared/events.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { runDocumentSchema, type Layer } from '../../shared/run.ts';
import { benchModels } from '../../electron/engine/bench.ts';
import { withMeasurement } from '../../electron/engine/7-judge/renew-latency.ts';
import { compress } from '../../electron/engine/compress.ts';
import { inspectModel } from '../../electron/engine/inspect.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { measureAgain, type MeasuredBefore } from '../../electron/engine/measure-again.ts';
import { planModel } from '../../electron/engine/plan-model.ts';
import { previewData } from '../../electron/engine/preview.ts';
import { isPlanned } from '../../electron/engine/2-plan/quantization-plan.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import type { Tensor } from '../../electron/engine/tensor/tensor.ts';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import { assertClose, buildModel, countOps, noise, op } from './build-model.ts';
import { makeRequest } from './data/fixtures.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/*
 * Each job of the engine from its file to its answer, on one tiny classifier and 40 labelled samples. What they share is that
 * nothing is left in the temporary folder.
 */

const folder = temporaryFolder();
const scratch = join(folder, 'scratch');
const outFolder = join(folder, 'out');
for (const path of [scratch, outFolder]) mkdirSync(path);
process.env['TMPDIR'] = scratch;

const sampleCount = 40;
const modelPath = join(folder, 'net.onnx');
const samples = noise([sampleCount, 3, 8, 8], 5);
writeFileSync(
  modelPath,
  encodeModel(
    buildModel({
      inputs: { x: ['N', 3, 8, 8] },
      outputs: 'scores',
      nodes: [
        op('Conv', 'x w b', 'c'),
        op('Relu', 'c', 'r'),
        op('GlobalAveragePool', 'r', 'g'),
        op('Flatten', 'g', 'f'),
        op('Gemm', 'f v', 'scores'),
      ],
      weights: { w: noise([16, 3, 3, 3], 1, 0.3), b: noise([16], 2, 0.1), v: noise([16, 4], 3, 0.5) },
    }),
  ),
);
writeFileSync(join(folder, 'x.npy'), encodeNpy(samples));

/** The model's own first classes: it is right on every sample. */
async function firstClasses(path: string): Promise<number[]> {
  const session = await openSession(path, { threads: 1 });
  const { scores } = await session.run({ x: samples });
  await session.release();
  const values = scores!.data as Float32Array;
  return Array.from({ length: sampleCount }, (_, row) => {
    const own = [...values.subarray(4 * row, 4 * row + 4)];
    return own.indexOf(Math.max(...own));
  });
}
const classes = await firstClasses(modelPath);
const labels: Tensor = { dataType: 'int64', dims: [sampleCount], data: BigInt64Array.from(classes, BigInt) };
writeFileSync(join(folder, 'labels.npy'), encodeNpy(labels));

const data = makeRequest({ path: join(folder, 'x.npy'), labelsPath: join(folder, 'labels.npy') });

function requestTo(outName: string): CompressRequest {
  return compressRequestSchema.parse({
    runId: 'job',
    modelPath,
    outPath: join(outFolder, outName),
    data,
    recipe: recipePresets['int8-static-minmax'],
    evaluationSamples: null,
    threads: 1,
    seed: 0,
    dims: {},
    gates: { maxAccuracyDrop: null, minSpeedup: null, maxSizeRatio: null },
  });
}

function contextWith(onEvent: (event: EngineEvent) => void, signal = new AbortController().signal) {
  return { signal, onEvent, spawnChild: spawnNodeChild, allowedFolders: null };
}
const quiet = contextWith(() => undefined);

suite('every job, in this process', () => {
  beforeEach(() => assert.deepEqual(readdirSync(scratch), [], 'left by the test before'));

  test('inspect', async () => {
    const { model, totals, layers, diagnostics } = await inspectModel(modelPath, { dims: {} }, quiet);
    assert.equal(totals.parameters, 16 * 27 + 16 + 64);
    assert.equal(totals.macs, 16 * 27 * 36 + 64);
    assert.equal(totals.storedBytes, statSync(modelPath).size);
    assert.deepEqual(model.inputs, [{ name: 'x', dataType: 'float32', dims: ['N', 3, 8, 8], anyShape: false }]);
    assert.deepEqual(
      layers.map(({ name, quantizable }) => [name, quantizable]),
      ['c', 'r', 'g', 'f', 'scores'].map((name) => [name, true]),
    );
    assert.ok(diagnostics.every(({ severity }) => severity === 'info'));
  });

  test('preview', async () => {
    const preview = await previewData({ modelPath, data, dims: {} }, null);
    assert.deepEqual(
      [preview.kind, preview.count, preview.labelled, preview.classes],
      ['arrays', sampleCount, true, new Set(classes).size],
    );
    const first = [...(samples.data as Float32Array).subarray(0, 192)];
    const [array] = preview.arrays;
    assert.deepEqual([array!.name, array!.dataType, array!.dims], ['x', 'float32', [1, 3, 8, 8]]);
    assertClose(
      [array!.min, array!.max, array!.mean],
      [Math.min(...first), Math.max(...first), first.reduce((sum, value) => sum + value, 0) / 192],
      1e-6,
    );
    assert.deepEqual(preview.warnings.map(({ code }) => code), ['tiny']); // prettier-ignore
    assert.deepEqual(preview.examples, [], 'arrays are no images');
  });

  test('plan, compress and bench tell one story', async () => {
    const plan = await planModel(requestTo('planned.onnx'), quiet);
    assert.deepEqual(readdirSync(outFolder), [], 'a plan writes nothing');

    const events: EngineEvent[] = [];
    const request = requestTo('net.int8.onnx');
    const document = await compress(
      request,
      contextWith((event) => void events.push(event)),
    );
    assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
    assert.deepEqual(readdirSync(outFolder), ['net.int8.onnx']);
    const seen = events.flatMap((event) => (event.type === 'progress' ? [event.stage] : []));
    assert.deepEqual([...new Set(seen)], stages.filter((stage) => seen.includes(stage)), 'in order, none again'); // prettier-ignore

    const isKept = ({ quantized, reason }: Layer): boolean => quantized || reason.startsWith('folded into the range');
    assert.deepEqual(
      document.layers.filter(isKept).map(({ name }) => name),
      plan.nodes.filter((node) => isPlanned(node) || node.foldedInto !== null).map(({ node }) => node),
    );
    const ranged = new Set(document.ranges.flatMap(({ tensor, sharedBy }) => [tensor, ...sharedBy]));
    for (const { name, quantized, outputTensor } of document.layers) {
      // The last layer hands out float for free.
      if (quantized && name !== 'scores') assert.ok(ranged.has(outputTensor!), `${name}: ${outputTensor}`);
    }
    assert.equal(document.accuracy.count, sampleCount / 2);
    assert.equal(document.accuracy.before?.value, 1, 'labels are what the original says');
    const written = await firstClasses(request.outPath);
    const equal = written.filter((label, index) => label === classes[index]).length;
    assert.ok(equal >= 0.8 * sampleCount, `${equal} of ${sampleCount}`);
    const size = document.ledger.find(({ claim }) => claim === 'storedBytes')!;
    assert.equal(size.after, statSync(request.outPath).size);

    const { variants, speedup, resolution } = await benchModels(
      { modelPaths: [modelPath, request.outPath], threads: 1, dims: {}, minSeconds: 0.1 },
      quiet,
    );
    assert.deepEqual(variants.map(({ path, sizeBytes }) => [path, sizeBytes]), [[modelPath, size.before], [request.outPath, size.after]]); // prettier-ignore
    assert.deepEqual(
      variants.map(({ sha256 }) => sha256),
      [document.model.original.sha256, document.model.compressed.sha256],
    );
    assert.ok(speedup.ci95[0] <= speedup.ratio && speedup.ratio <= speedup.ci95[1]);
    assert.ok(resolution !== null && resolution.ci95[0] <= resolution.ci95[1]);

    const { model, environment } = document;
    const measured = {
      originalSha256: model.original.sha256,
      compressedSha256: model.compressed.sha256,
      timedPrepared: model.prepared!.changed,
      cpuModel: environment.cpuModel,
    };
    const again = await measureAgain(request, measured, quiet, { minSeconds: 0.1 });
    const { latency } = again;
    assert.deepEqual(latency.inputDims, document.latency.inputDims, 'the same sample');
    assert.equal(latency.prepared === null, document.latency.prepared === null, 'the same models');
    const renewed = withMeasurement(document, request.gates, again);
    assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(renewed))), renewed);
    const refuse = (changes: Partial<MeasuredBefore>) => measureAgain(request, { ...measured, ...changes }, quiet);
    await assert.rejects(refuse({ cpuModel: 'a quicker one' }), { code: 'options-invalid' });
    await assert.rejects(refuse({ originalSha256: 'a'.repeat(64) }), { code: 'input-changed' });
    await assert.rejects(refuse({ compressedSha256: 'a'.repeat(64) }), { code: 'input-changed' });
    assert.deepEqual(readdirSync(outFolder), ['net.int8.onnx'], 'measuring writes nothing');
  });

  test('compress in integer operators: the file has them, and the evidence is the same', async () => {
    const asked = requestTo('net.qoperator.onnx');
    const request = { ...asked, effects: false, recipe: { ...asked.recipe, format: 'qoperator' as const } };
    const document = await compress(request, quiet);
    const { proto } = await readModel(request.outPath);
    assert.deepEqual(countOps(proto), {
      Flatten: 1,
      QGemm: 1,
      QLinearConv: 1,
      QLinearGlobalAveragePool: 1,
      QuantizeLinear: 1,
    });
    assert.ok(document.diagnostics.some(({ code }) => code === 'integer-operators'));
    const inFloat = document.layers.filter(({ quantized, reason }) => !quantized && !reason.startsWith('folded into'));
    assert.deepEqual(inFloat, []);
    for (const { name, quantized, sqnrDb, bytesAfter, opType } of document.layers) {
      if (quantized && name !== 'scores') assert.notEqual(sqnrDb, null, `${name} has an error`);
      if (opType === 'Conv')
        assert.ok(bytesAfter > 16 * 27 && bytesAfter < 4 * 16 * 27, `${name}: ${bytesAfter} bytes`);
    }
    const bops = document.ledger.find(({ claim }) => claim === 'bops')!;
    assert.equal(bops.ratio, 16);
    assert.ok((document.accuracy.agreement.sqnrDb ?? 99) > 20);
  });

  test('a run told while it calibrates that it is enough makes a model of what it saw, and says so', async () => {
    const [enough, cancelled] = [new AbortController(), new AbortController()];
    const seen: EngineEvent[] = [];
    const context = contextWith((event) => {
      seen.push(event);
      if (event.type !== 'progress') return;
      if (event.stage === 'calibrate' && event.unit === 'samples') enough.abort();
      // The model is there, and what is told of it.
      if (event.stage === 'accuracy') cancelled.abort();
    }, cancelled.signal);
    const request = { ...requestTo('soon.onnx'), recipe: recipeSchema.parse({}) };
    await assert.rejects(compress(request, { ...context, enough: enough.signal }), CancelledError);
    assert.ok(seen.every(({ type }) => type !== 'candidate'));
    const told = seen.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []));
    const calibration = told.find(({ code }) => code === 'calibration-stopped');
    assert.deepEqual(calibration?.said?.slots, { done: '1', most: String(sampleCount / 2) });
    assert.ok(told.some(({ code }) => code === 'search-stopped'));
  });

  test('a run that is cancelled writes nothing, whichever stage it is in', async () => {
    const before = readdirSync(outFolder);
    for (const stage of ['calibrate', 'accuracy', 'latency'] as const) {
      const controller = new AbortController();
      const context = contextWith((event) => {
        if (event.type === 'progress' && event.stage === stage) controller.abort();
      }, controller.signal);
      await assert.rejects(compress(requestTo(`cancelled-${stage}.onnx`), context), CancelledError);
      assert.deepEqual(readdirSync(outFolder), before, stage);
      assert.deepEqual(readdirSync(scratch), [], stage);
    }
  });
});
