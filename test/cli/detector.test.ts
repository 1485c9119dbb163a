import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import type { RunDocument } from '../../shared/run.ts';
import { detector } from '../engine/detector-model.ts';
import { makeFolder, parseOutput, runVernier, writeSamples } from './fixtures.ts';

void test('a detector that selects inside is compared before its selection, and compressed', async (context) => {
  const folder = makeFolder(context);
  const model = join(folder, 'detector.onnx');
  writeFileSync(model, encodeModel(detector));
  const out = join(folder, 'out.onnx');
  const finished = await runVernier([
    ...['compress', model, '--data', writeSamples(folder), '--calibration-samples', '12', '--out', out],
    ...['--recipe', 'int8-static-minmax', '--reduced-range', 'pairs', '--json'],
    ...['--database', join(folder, 'history.db')],
  ]);
  assert.equal(finished.exitCode, 0, finished.stderr);
  const { diagnostics, accuracy, layers } = parseOutput(finished) as RunDocument;
  const [told] = diagnostics.filter(({ code }) => code === 'compared-before-selection');
  assert.match(told!.message, /^"indices" returns .* at box, probability\. .* \(layers with weights: 0\)\.$/);
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
      `The labels in "${labels}" cannot be used, because the output of this model was selected by "indices" and does not rank classes. ` +
        'Leave the labels out and evaluate the detections themselves, or cut the model before "indices".',
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
    /warning "indices" returns as many results as it finds, .* at box, probability\. The nodes that process its results stay in float \(layers with weights: 0\)\./,
  );
});
