import { parse } from 'csv-parse/sync';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { assertClose, noise } from '../engine/build-model.ts';
import { benchResultSchema } from '../../shared/bench.ts';
import { runDocumentSchema } from '../../shared/run.ts';
import {
  askVernier,
  assertFailure,
  makeFolder,
  parseOutput,
  runVernier,
  writeSamples,
  writeTinyNet,
} from './fixtures.ts';

const quick = ['--recipe', 'int8-static-minmax', '--calibration-samples', '8'];

void test('a run from the command line to the exported files', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { channels: 48, convolutions: 3 });
  const data = writeSamples(folder);
  const database = ['--database', join(folder, 'history.db')];
  const out = join(folder, 'net.int8.onnx');
  const compress = ['compress', model, '--data', data, ...quick, ...database];

  // The default output is next to the model; gates that cannot be missed and one that cannot be met.
  const gates = ['--max-size-ratio', '0.9', '--min-speedup', '1000'];
  const first = await runVernier([...compress, ...gates, '--json', '--threads', '1', '--seed', '5']);
  assert.equal(first.exitCode, 3, first.stderr);
  const document = runDocumentSchema.parse(parseOutput(first));
  assert.deepEqual(
    document.gates.map(({ name, met }) => [name, met]),
    [
      ['minSpeedup', false],
      ['maxSizeRatio', true],
    ],
  );
  assert.equal(document.data.calibrationCount, 8);
  assert.equal(document.data.evaluationCount, 16);
  assert.equal(document.data.seed, 5);
  assert.equal(document.model.compressed.path, out);
  assert.equal(document.model.compressed.sha256, createHash('sha256').update(readFileSync(out)).digest('hex'));
  assert.equal(document.model.compressed.sizeBytes, statSync(out).size);
  assert.ok(document.model.compressed.sizeBytes < document.model.original.sizeBytes / 2);
  assert.match(first.stderr, /calibrate[^]*accuracy[^]*latency/, 'the stages are told on stderr');

  // In the history, whole.
  const shown = await askVernier(['show', document.runId.slice(0, 8), '--json', ...database]);
  assert.deepEqual(parseOutput(shown), JSON.parse(first.stdout));
  const { runs } = parseOutput(await askVernier(['history', '--json', ...database])) as {
    runs: { runId: string; status: string; gatesMet: boolean }[];
  };
  assert.deepEqual(
    runs.map(({ runId, status, gatesMet }) => [runId, status, gatesMet]),
    [[document.runId, 'done', false]],
  );
  const text = await askVernier(['show', 'latest', '--layers', ...database]);
  assert.equal(text.exitCode, 0);
  for (const part of [
    'stored bytes',
    'fp32-equivalent parameters',
    'speed-up',
    'top-1',
    'Verdict',
    'not met',
    'conv0',
  ]) {
    assert.ok(text.stdout.includes(part), part);
  }

  // Exported.
  const json = join(folder, 'deep', 'run.json');
  assert.equal((await askVernier(['export', 'latest', '--format', 'json', '--out', json, ...database])).exitCode, 0);
  assert.deepEqual(JSON.parse(readFileSync(json, 'utf8')), JSON.parse(first.stdout));
  const csv = join(folder, 'layers.csv');
  const exported = await askVernier(['export', 'latest', '--format', 'csv', '--out', csv, '--json', ...database]);
  assert.equal(parseOutput(exported)['path'], csv);
  const rows: Record<string, string>[] = parse(readFileSync(csv), { columns: true });
  assert.deepEqual(
    rows.map((row) => row['name']),
    document.layers.map((layer) => layer.name),
  );
  assert.equal(rows[0]?.['macs'], String(document.layers[0]?.macs));

  // Replacing: what Vernier wrote itself, but nothing that was changed since.
  assert.equal((await askVernier(['export', 'latest', '--format', 'csv', '--out', csv, ...database])).exitCode, 0);
  writeFileSync(csv, 'my notes');
  assertFailure(
    await askVernier(['export', 'latest', '--format', 'csv', '--out', csv, '--json', ...database]),
    'file-exists',
  );
  writeFileSync(out, 'not what it was');
  assertFailure(await runVernier([...compress, '--json']), 'file-exists');
  assert.equal(readFileSync(out, 'utf8'), 'not what it was');

  const again = await runVernier([...compress, '--force', '--quiet']);
  assert.equal(again.exitCode, 0, again.stderr);
  assert.equal(again.stderr, '', '--quiet');
  assert.match(again.stdout, /Verdict/);
  assert.ok(statSync(out).size > 1000);
});

void test('--keep-prepared writes the float model with everything folded, and the run says what folding alone brings', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { listsWeights: true });
  const data = writeSamples(folder);
  const prepared = join(folder, 'net.prepared.onnx');
  const database = ['--database', join(folder, 'history.db')];
  const compress = ['compress', model, '--data', data, ...quick, ...database, '--keep-prepared'];
  const first = await runVernier([...compress, '--json']);
  assert.equal(first.exitCode, 0, first.stderr);
  const document = runDocumentSchema.parse(parseOutput(first));
  const facts = document.model.prepared!;
  assert.equal(facts.changed, true, 'weights that could be overridden are constants now');
  assert.equal(facts.path, prepared);
  assert.equal(facts.sizeBytes, statSync(prepared).size);
  assert.equal(facts.sha256, createHash('sha256').update(readFileSync(prepared)).digest('hex'));
  assert.ok(document.latency.prepared!.count > 0 && document.latency.speedupParts !== null);
  assert.match(document.verdict[0]!, /folding alone/);
  const shown = await askVernier(['show', 'latest', ...database]);
  assert.match(shown.stdout, /folding alone, still float: /);
  assert.match(shown.stdout, /^prepared .*net\.prepared\.onnx/m);
  // It is a whole model, and gives what the original gives.
  const [before, after] = [await openSession(model, { threads: 1 }), await openSession(prepared, { threads: 1 })];
  const feeds = { x: noise([1, 3, 16, 16], 5) };
  const [expected, actual] = [await before.run(feeds), await after.run(feeds)];
  for (const [name, tensor] of Object.entries(expected))
    assertClose(actual[name]!.data as Float32Array, tensor.data as Float32Array, 1e-5);
  await before.release();
  await after.release();

  // Replaced where it is Vernier's own; nothing else is.
  assert.equal((await runVernier([...compress, '--json'])).exitCode, 0);
  writeFileSync(prepared, 'not what it was');
  assertFailure(await runVernier([...compress, '--json']), 'file-exists');
  assert.equal(readFileSync(prepared, 'utf8'), 'not what it was');
  assertFailure(await runVernier([...compress, model, '--json']), 'options-invalid', 2);
  assertFailure(await runVernier([...compress, join(folder, 'net.int8.onnx'), '--json']), 'options-invalid', 2);
});

void test('a model with nothing to fold is not timed twice, and the run says so', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const common = ['--data', writeSamples(folder), ...quick, '--database', join(folder, 'history.db')];
  const finished = await runVernier(['compress', model, ...common, '--json']);
  const document = runDocumentSchema.parse(parseOutput(finished));
  assert.equal(document.model.prepared!.changed, false);
  assert.equal(document.model.prepared!.sizeBytes, document.model.original.sizeBytes);
  assert.equal(document.latency.prepared, null);
  assert.equal(document.latency.speedupParts, null);
  const shown = await askVernier(['show', 'latest', '--database', join(folder, 'history.db')]);
  assert.match(shown.stdout, /There was nothing to fold/);
});

void test('random data is marked wherever its figures show', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const out = join(folder, 'out.onnx');
  const common = ['--database', join(folder, 'history.db')];
  const finished = await runVernier(['compress', model, '--random-data', '--out', out, ...quick, ...common, '--json']);
  assert.equal(finished.exitCode, 0, finished.stderr);
  const document = runDocumentSchema.parse(parseOutput(finished));
  assert.equal(document.data.random, true);
  assert.equal(document.accuracy.metric, 'agreement');
  const shown = await askVernier(['show', 'latest', ...common]);
  assert.match(shown.stdout, /seeded noise \(--random-data\)/);
  assert.match(shown.stdout, /Random data: these results say nothing/);
});

void test('bench gives the second model against the first', async (context) => {
  const folder = makeFolder(context);
  const slow = join(folder, 'slow.onnx');
  const fast = writeTinyNet(folder, { channels: 8, convolutions: 2, imageSize: 16 });
  writeFileSync(
    slow,
    readFileSync(writeTinyNet(makeFolder(context), { channels: 48, convolutions: 4, imageSize: 16 })),
  );
  const finished = await runVernier(['bench', slow, fast, '--threads', '1', '--min-seconds', '0.5', '--json']);
  assert.equal(finished.exitCode, 0, finished.stderr);
  const result = benchResultSchema.parse(parseOutput(finished));
  assert.deepEqual(
    result.variants.map((variant) => variant.path),
    [slow, fast],
  );
  assert.ok(result.speedup.ratio > 2, `ratio ${result.speedup.ratio}`);
  assert.ok(result.speedup.ci95[0] <= result.speedup.ratio && result.speedup.ratio <= result.speedup.ci95[1]);
  assert.equal(existsSync(join(folder, 'slow.int8.onnx')), false);
});
