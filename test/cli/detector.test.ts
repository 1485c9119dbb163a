import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import type { RunDocument } from '../../shared/run.ts';
import { buildModel, floats, integers, noise, op } from '../engine/build-model.ts';
import { makeFolder, parseOutput, runVernier, writeSamples } from './fixtures.ts';

const same = { pads: [1, 1, 1, 1] };
const cells = 256;

/** A score and a box in each of 16 x 16 cells, of which NonMaxSuppression hands out those it finds. */
const detector = buildModel({
  inputs: { x: [1, 3, 16, 16] },
  outputs: 'found',
  nodes: [
    op('Conv', 'x w1 b1', 'a', same),
    op('Relu', 'a', 'r'),
    op('Conv', 'r wBox', 'box', same),
    op('Reshape', 'box boxShape', 'rows'),
    op('Transpose', 'rows', 'boxes', { perm: [0, 2, 1] }),
    op('Conv', 'r wScore', 'logit', same),
    op('Sigmoid', 'logit', 'probability'),
    op('Reshape', 'probability scoreShape', 'scores'),
    op('NonMaxSuppression', 'boxes scores most overlap least', 'indices'),
    op('Gather', 'indices column', 'places', { axis: 1 }),
    op('Squeeze', 'boxes front', 'list'),
    op('Gather', 'list places', 'found'),
  ],
  weights: {
    w1: noise([16, 3, 3, 3], 1, 0.3),
    b1: noise([16], 2, 0.1),
    wBox: noise([4, 16, 3, 3], 3, 0.1),
    wScore: noise([1, 16, 3, 3], 4, 0.1),
    boxShape: integers([1, 4, cells]),
    scoreShape: integers([1, 1, cells]),
    most: integers([100]),
    overlap: floats([1], [0.5]),
    least: floats([1], [0.5]),
    column: { dataType: 'int64', dims: [], data: BigInt64Array.of(2n) },
    front: integers([0]),
  },
});

void test('a detector that selects inside is compared before its selection, and compressed', async (context) => {
  const folder = makeFolder(context);
  const model = join(folder, 'detector.onnx');
  writeFileSync(model, encodeModel(detector));
  const out = join(folder, 'out.onnx');
  const finished = await runVernier([
    ...['compress', model, '--data', writeSamples(folder), '--calibration-samples', '12', '--out', out],
    ...['--recipe', 'int8-static-minmax', '--json', '--database', join(folder, 'history.db')],
  ]);
  assert.equal(finished.exitCode, 0, finished.stderr);
  const { diagnostics, accuracy, layers } = parseOutput(finished) as RunDocument;
  const [told] = diagnostics.filter(({ code }) => code === 'compared-before-selection');
  assert.match(told!.message, /^"indices" hands out .* at box, probability\. .* \(layers with weights: 0\)\.$/);
  const unused = diagnostics.find(({ code }) => code === 'labels-not-used');
  assert.match(unused!.message, /^No compared output ranks classes/);
  assert.deepEqual([accuracy.metric, accuracy.agreement.top1], ['agreement', null]);
  const { sqnrDb } = accuracy.agreement;
  assert.ok(sqnrDb !== null && sqnrDb > 20 && sqnrDb < 60, `${sqnrDb} dB`);
  assert.deepEqual(
    layers.filter((layer) => layer.opType === 'Conv').map(({ quantized }) => quantized),
    [true, true, true],
  );
  const compressed = await readModel(out);
  assert.deepEqual(
    compressed.proto.graph!.output.map(({ name }) => name),
    ['found'],
  );
});

void test('labels that are named for such a model are refused before calibration, with what to do', async (context) => {
  const folder = makeFolder(context);
  const model = join(folder, 'detector.onnx');
  writeFileSync(model, encodeModel(detector));
  const data = writeSamples(folder);
  const labels = join(folder, 'labels.txt');
  writeFileSync(labels, Array.from({ length: 24 }, (_, index) => `${index % 4}\n`).join(''));
  const refused = await runVernier([
    ...['compress', model, '--data', data, '--labels', labels, '--out', join(folder, 'out.onnx')],
    ...['--database', join(folder, 'history.db')],
  ]);
  assert.equal(refused.exitCode, 2, refused.stderr);
  assert.ok(
    refused.stderr.includes(
      `The labels in "${labels}" cannot be used: what this model gives was selected by "indices" and ranks no classes. ` +
        'Leave them out and evaluate the detections themselves, or cut the model before "indices".',
    ),
    refused.stderr,
  );
  assert.doesNotMatch(refused.stderr, /calibrate: /);
});

void test('inspect tells where such a model is going to be compared, in the words of the run', async (context) => {
  const folder = makeFolder(context);
  const model = join(folder, 'detector.onnx');
  writeFileSync(model, encodeModel(detector));
  const { stdout, exitCode } = await runVernier(['inspect', model]);
  assert.equal(exitCode, 0);
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    /warning: "indices" hands out as many results as it finds, .* at box, probability\. What works on its results stays in float \(layers with weights: 0\)\./,
  );
});
