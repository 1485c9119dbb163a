import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { knownMetrics } from '../../electron/engine/metrics/known-metrics.ts';
import {
  askVernier,
  assertFailure,
  makeFolder,
  parseOutput,
  runVernier,
  writeSamples,
  writeTinyNet,
} from './fixtures.ts';

const commands = ['inspect', 'compress', 'bench', 'history', 'show', 'export', 'doctor', 'sweep'];

void test('every command explains itself, with its options and an example', async () => {
  const program = await askVernier(['--help']);
  assert.equal(program.exitCode, 0);
  for (const command of commands) {
    assert.match(program.stdout, new RegExp(`^ {2}${command} `, 'm'));
    const help = await askVernier([command, '--help']);
    assert.equal(help.exitCode, 0, command);
    assert.match(help.stdout, /Examples?:\n {2}vernier /, command);
    for (const option of ['--json', '--database <file>'])
      assert.ok(help.stdout.includes(option), `${command} ${option}`);
    assert.equal(help.stderr, '');
  }
});

void test('the version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.equal((await runVernier(['--version'])).stdout.trim(), version);
});

void test('wrong usage exits with 2, says what is wrong and suggests the nearest', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Usage: vernier/],
    [['compres', 'net.onnx'], /Did you mean compress/],
    [['history', '--stauts', 'done'], /Did you mean --status/],
    [['compress'], /missing required argument 'model'/],
    [['compress', 'a.onnx', 'b.onnx', '--random-data'], /too many arguments/],
    [['compress', 'net.onnx'], /--data PATH.*--random-data/],
    [['compress', 'net.onnx', '--data', 'x', '--random-data'], /either --data or --random-data/],
    [['compress', 'net.onnx', '--data', 'x', '--threads', '0'], /whole number from 1 to 256/],
    [['compress', 'net.onnx', '--data', 'x', '--calibration-samples', '1.5'], /whole number/],
    [['compress', 'net.onnx', '--data', 'x', '--min-speedup', 'fast'], /Expected a number/],
    [['compress', 'net.onnx', '--data', 'x', '--calibration-method', 'kl'], /Allowed choices are auto, minmax/],
    [['compress', 'net.onnx', '--data', 'x', '--dim', 'N'], /NAME=NUMBER/],
    [['compress', 'net.onnx', '--data', 'x', '--recipe', 'int4'], /neither a preset \(int8-static.*nor a file/],
    [['bench', 'a.onnx'], /missing required argument 'b'/],
    [['export', 'latest', '--format', 'docx', '--out', 'x'], /Allowed choices are pdf, html, csv/],
    [['export', 'latest'], /required option '--format <format>'/],
  ];
  await Promise.all(
    cases.map(async ([parameters, pattern]) => {
      const { exitCode, stderr, stdout } = await askVernier(parameters);
      assert.equal(exitCode, 2, `${parameters.join(' ')}\n${stderr}`);
      assert.match(stderr, pattern, parameters.join(' '));
      assert.equal(stdout, '', parameters.join(' '));
    }),
  );
});

void test('with --json wrong usage is a JSON document too', async () => {
  for (const parameters of [
    ['compress', '--json'],
    ['history', '--json', '--limit', 'x'],
    ['compress', 'a.onnx', '--json'],
  ]) {
    const finished = await askVernier(parameters);
    assert.equal(finished.exitCode, 2);
    assert.equal((parseOutput(finished)['error'] as { code: string }).code, 'usage');
  }
});

void test('a recipe file is checked field by field', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const recipe = join(folder, 'recipe.json');
  const compress = () => askVernier(['compress', model, '--random-data', '--recipe', recipe, '--plan', '--json']);

  writeFileSync(recipe, '{ "calibrationMethod": "guess" }');
  assert.match(assertFailure(await compress(), 'recipe-invalid', 2), /calibrationMethod/);
  writeFileSync(recipe, '{ "callibrationMethod": "minmax" }');
  assert.match(assertFailure(await compress(), 'recipe-invalid', 2), /callibrationMethod/);
  writeFileSync(recipe, 'minmax');
  assert.match(assertFailure(await compress(), 'recipe-invalid', 2), /not JSON/);
  writeFileSync(recipe, '{ "name": "mine", "perChannel": false }');
  assert.equal((await compress()).exitCode, 0);
});

void test('inspect and --plan print one document and write nothing', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const database = join(folder, 'history.db');

  const inspection = parseOutput(await askVernier(['inspect', model, '--json', '--database', database]));
  const totals = inspection['totals'] as { parameters: number; macs: number };
  // 3x3 convolutions 3 -> 8 -> 8 and 8 -> 4, with biases.
  assert.equal(totals.parameters, 3 * 8 * 9 + 8 + 8 * 8 * 9 + 8 + 8 * 4 + 4);
  assert.equal(totals.macs, (3 * 8 * 9 + 8 * 8 * 9) * 16 * 16 + 8 * 4);
  const text = await askVernier(['inspect', model]);
  assert.equal(text.exitCode, 0);
  assert.match(text.stdout, /conv0 +Conv +\[1 x 8 x 16 x 16\] +224/);

  const plan = parseOutput(
    await askVernier(['compress', model, '--plan', '--exclude-nodes', '/conv1/', '--json', '--database', database]),
  );
  const nodes = plan['nodes'] as { node: string; precision: { scheme: string } }[];
  assert.equal(nodes.find((node) => node.node === 'conv0')?.precision.scheme, 'int8-static');
  assert.equal(nodes.find((node) => node.node === 'conv1')?.precision.scheme, 'float');
  const table = await askVernier(['compress', model, '--plan']);
  assert.match(table.stdout, /conv0 +Conv +w8 a8/);
  assert.equal(existsSync(database), false);
});

void test('history, show, export and doctor work on an empty history', async (context) => {
  const folder = makeFolder(context);
  const common = ['--json', '--database', join(folder, 'history.db')];
  assert.deepEqual(parseOutput(await askVernier(['history', ...common])), { total: 0, runs: [] });
  assertFailure(await askVernier(['show', 'latest', ...common]), 'run-not-found');
  const out = join(folder, 'run.json');
  assertFailure(await askVernier(['export', 'abcd', '--format', 'json', '--out', out, ...common]), 'run-not-found');
  const doctor = await askVernier(['doctor', ...common]);
  assert.equal(doctor.exitCode, 0, doctor.stderr);
  const health = parseOutput(doctor) as { problems: string[]; database: { runCount: number; sqliteVersion: string } };
  assert.deepEqual(health.problems, []);
  assert.equal(health.database.runCount, 0);
  assert.match(health.database.sqliteVersion, /^3\./);
  assert.match((await askVernier(['doctor', '--database', join(folder, 'history.db')])).stdout, /Nothing is missing/);
});

void test('metrics are listed by the names that limits take', async () => {
  const { stdout, exitCode } = await askVernier(['metrics']);
  assert.equal(exitCode, 0);
  assert.match(
    stdout,
    /^macroF1\n {2}macro F1 \(a share; limits are in points, higher is better\)\.\n {2}Mean over classes/m,
  );
  const listed = JSON.parse((await askVernier(['metrics', '--json'])).stdout) as { metric: string }[];
  for (const name of knownMetrics)
    assert.ok(
      listed.some(({ metric }) => metric === name),
      name,
    );
});

void test('a history that cannot be used stops compress before any work, and doctor says so', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const data = writeSamples(folder);
  const broken = join(folder, 'broken.db');
  writeFileSync(broken, 'no database'.repeat(100));
  const compress = (database: string) =>
    askVernier(['compress', model, '--data', data, '--json', '--database', database]);
  assertFailure(await compress(broken), 'database-corrupt');
  const nowhere = join(broken, 'history.db');
  assertFailure(await compress(nowhere), 'database-unwritable');
  assertFailure(await askVernier(['serve', '--root', folder, '--json', '--database', nowhere]), 'database-unwritable');
  const doctor = await askVernier(['doctor', '--json', '--database', broken]);
  assert.equal(doctor.exitCode, 1);
  assert.equal((parseOutput(doctor)['problems'] as string[]).length, 1);
});

void test('the launcher says in one sentence that it cannot run as a package within node_modules', (context) => {
  const folder = join(makeFolder(context), 'node_modules', 'vernier', 'bin');
  mkdirSync(folder, { recursive: true });
  copyFileSync(new URL('../../bin/vernier.js', import.meta.url), join(folder, 'vernier.js'));
  writeFileSync(join(folder, '..', 'package.json'), '{ "type": "module" }');
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'vernier.js'), 'doctor'], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^vernier: it runs from a checkout, .* `npm link` .*\n$/);
});

void test('the launcher passes arguments, output and exit code through, from an old Node as well', () => {
  const launcher = fileURLToPath(new URL('../../bin/vernier.js', import.meta.url));
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const system = path.map((folder) => join(folder, 'node')).find((file) => existsSync(file));
  for (const node of new Set([process.execPath, system ?? process.execPath])) {
    const version = spawnSync(node, [launcher, '--version'], { encoding: 'utf8' });
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/, `${node}: ${version.stderr}`);
    assert.equal(spawnSync(node, [launcher, 'history', '--limit', 'x']).status, 2, node);
  }
});
