/** What a terminal would obey does not reach it, whoever wrote it into a name; our own colours do. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { after } from 'node:test';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { buildModel, op } from '../engine/build-model.ts';
import { readRealRun } from '../report/real-runs.ts';
import { askVernier } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'vernier-terminal-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const database = join(folder, 'vernier.db');

/** Clears the screen, sets the title, fills the clipboard, goes red, goes back over the line, adds a line, turns the text round. */
const hostile = '\u001b[2J\u001b]0;t\u0007\u001b]52;c;eA==\u0007\u001b[31mred\u009b1m\rback\nerror: no\u202eflip';
// eslint-disable-next-line no-control-regex -- these are what must not get through
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
const vernier = async (...parameters: string[]) => {
  const { stdout, stderr } = await askVernier([...parameters, '--database', database]);
  return { stdout, stderr };
};

function assertHarmless(text: string): void {
  assert.doesNotMatch(text, control);
  assert.doesNotMatch(text, /^error: no/m, 'no line of its own');
}

function writeModel(name: string, change: (model: ReturnType<typeof buildModel>) => void): string {
  const model = buildModel({
    inputs: { x: ['N', 3] },
    outputs: 'y',
    nodes: [op('Relu', 'x', 'm'), op('Neg', 'm', 'y')],
  });
  change(model);
  const path = join(folder, name);
  writeFileSync(path, encodeModel(model));
  return path;
}

test('inspect shows names as what they are: of nodes, inputs, dimensions, the producer', async () => {
  const path = writeModel('names.onnx', (model) => {
    model.producerName = hostile;
    model.graph!.node[0]!.name = hostile;
    model.graph!.input[0]!.name = hostile;
    model.graph!.node[0]!.input = [hostile];
    const type = model.graph!.input[0]!.type!.value;
    if (type.case === 'tensorType') type.value.shape!.dim[0]!.value = { case: 'dimParam', value: hostile };
  });
  const { stdout, stderr } = await vernier('inspect', path);
  assert.match(stdout, /\\u001b\[2J\\u001b\]0;t\\u0007/);
  assertHarmless(stdout + stderr);
});

test('so do errors and what is asked for by name', async () => {
  const path = writeModel('error.onnx', (model) => (model.graph!.node[1]!.input = [hostile]));
  const { stderr } = await vernier('inspect', path);
  assert.match(stderr, /uses "\\u001b\[2J/);
  assertHarmless(stderr);
  assertHarmless((await vernier('inspect', `${folder}/${hostile}`)).stderr);
  assertHarmless((await vernier('show', hostile)).stderr);
  assert.doesNotMatch((await vernier('inspect', path, `--${hostile}`)).stderr, control);
});

test('so do the history, a run, a comparison and tags of what was imported', async () => {
  const [first, second] = [readRealRun('resnet8-auto'), readRealRun('resnet8-minmax')];
  const marks = { name: hostile, notes: hostile, tags: [hostile.slice(0, 30)], starred: false };
  const strange = (document: typeof first): typeof first => ({
    ...document,
    layers: document.layers.map((layer, index) => (index === 0 ? { ...layer, name: hostile } : layer)),
    data: { ...document.data, path: hostile },
  });
  const path = join(folder, 'x.vernier');
  await writeBundle(
    path,
    [first, second].map((document) => ({ document: strange(document), marks, modelPaths: [] })),
    hostile,
  );
  for (const parameters of [
    ['import', path],
    ['history'],
    ['show', first.runId, '--layers'],
    ['compare', first.runId, second.runId],
    ['delete', first.runId],
    ['gc', '--dry-run'],
  ]) {
    const { stdout, stderr } = await vernier(...parameters);
    assertHarmless(stdout + stderr);
  }
});

test('JSON is what it was: it writes control characters as codes itself', async () => {
  const path = writeModel('json.onnx', (model) => (model.graph!.node[0]!.name = hostile));
  const { stdout } = await vernier('inspect', path, '--json');
  const { layers } = JSON.parse(stdout) as { layers: { name: string }[] };
  assert.equal(layers[0]!.name, hostile);
});

/** What a program prints that imports our output, in colour. */
function printInColour(program: string): string {
  const url = (file: string) => new URL(`../../electron/cli/${file}`, import.meta.url).href;
  const source = `import * as output from '${url('output.ts')}'; import { renderTable } from '${url('tables.ts')}'; ${program}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: undefined, NODE_DISABLE_COLORS: undefined },
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
}

test('our colours reach a terminal that has them, the colours of a name do not', () => {
  assert.equal(
    printInColour(`output.printText(output.bad('bad') + output.emphasize('a\\u001b[31mb'))`),
    '\u001b[31mbad\u001b[39m\u001b[1ma\\u001b[31mb\u001b[22m\n',
  );
});

test('colours in tables end where they should, and columns stay in line', () => {
  const table = printInColour(
    `output.printText(renderTable([{ title: 'a' }, { title: 'b' }], [[output.good('yes'), 'one'], ['\\u001b[2J', 'two']]))`,
  );
  const lines = table.trimEnd().split('\n');
  assert.equal(lines[0], '\u001b[1ma\u001b[22m          \u001b[1mb\u001b[22m');
  assert.equal(lines[2], '\u001b[32myes\u001b[39m        one');
  assert.equal(lines[3], '\\u001b[2J  two');
});

test('the bar and its details too', () => {
  const source = `import { showProgress } from '${new URL('../../electron/cli/progress.ts', import.meta.url).href}';
    const detail = process.argv[1];
    const progress = showProgress({ quiet: false });
    progress.onEvent({ type: 'progress', stage: 'search', done: 1, total: 2, unit: 'candidates', detail });
    progress.onEvent({ type: 'log', level: 'warning', message: detail });
    progress.stop();`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source, hostile], { encoding: 'utf8' });
  assert.match(stderr, /search: \\u001b\[2J/);
  assert.doesNotMatch(stderr, control);
});
