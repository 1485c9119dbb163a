import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { measureCustomMetric, splitCommand } from '../../../electron/engine/5-measure/custom-metric.ts';
import type { CustomMetric } from '../../../electron/engine/job/engine-context.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { runProgram } from '../../../electron/engine/runtime/run-program.ts';
import { compressRequestSchema } from '../../../shared/compress-request.ts';
import { buildModel, noise, op } from '../build-model.ts';
import { makeDataset } from '../data/fixtures.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

/* Scores are the user's; mean, interval and test are ours. The models give x and 2x, sample i being [i, -i]. */

const folder = temporaryFolder();
process.env['TMPDIR'] = folder;
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const model = (name: string, factor: number): string => {
  const path = join(folder, name);
  const y = { dataType: 'float32', dims: [1], data: Float32Array.of(factor) } as const;
  const net = buildModel({
    inputs: { x: ['N', 2] },
    outputs: 'y',
    nodes: [op('Mul', 'x f', 'y')],
    weights: { f: y },
  });
  writeFileSync(path, encodeModel(net));
  return path;
};
const [before, after] = [model('before.onnx', 1), model('after.onnx', 2)];
const targets = {
  name: 'target',
  output: 'y',
  dataType: 'float32',
  dims: [2],
  areYesOrNo: false,
  read: (index: number) => Promise.resolve({ ...noise([2], 1), data: Float32Array.of(index, 0) }),
} as const;
const dataset = { ...makeDataset(['a', 'b', 'c', 'd', 'e']), targets };

const measure = (metric: CustomMetric, signal = new AbortController().signal) =>
  measureCustomMetric({
    metric,
    before,
    after,
    dataset,
    indices: [1, 2, 3, 4],
    threads: 1,
    dims: {},
    signal,
    onProgress: () => undefined,
  });
const byModule = (name: string, text: string, timeLimitSeconds = 20): CustomMetric => ({
  kind: 'module',
  path: write(name, text),
  timeLimitSeconds,
});

const script = `
import json, struct, sys, zipfile
folder = sys.argv[-1]

def read(name, array):
    raw = zipfile.ZipFile(folder + '/' + name).read(array + '.npy')
    start = 10 + struct.unpack('<H', raw[8:10])[0]
    header = raw[10:start].decode()
    assert "'descr': '<f4'" in header and "'shape': (4, 2)" in header, header
    values = struct.unpack('<8f', raw[start:])
    return [values[0:2], values[2:4], values[4:6], values[6:8]]

targets = read('samples.npz', 'targets')
scores = lambda model: [abs(o[0] - t[0]) for o, t in zip(read(model, 'y'), targets)]
print('words of its own')
json.dump({'before': scores('before.npz'), 'after': scores('after.npz'), 'name': 'off', 'higherIsBetter': False}, open(folder + '/scores.json', 'w'))
`;
const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

suite('a metric of the user', () => {
  test('in JavaScript scores each sample of both models', async () => {
    process.env['VERNIER_TEST_SECRET'] = 'token';
    const row = await measure(
      byModule(
        'error.mjs',
        `export const name = 'off by';
         export const higherIsBetter = false;
         export default ({ outputs, targets, indices, count }) => {
           if (process.env.VERNIER_TEST_SECRET !== undefined) throw new Error('sees what is not its own');
           if (indices.data.join() !== '1,2,3,4' || outputs.y.dims.join() !== '4,2') throw new Error(outputs.y.dims.join());
           return Array.from({ length: count }, (_, i) => Math.abs(outputs.y.data[2 * i] - targets.data[2 * i]));
         };`,
      ),
    );
    assert.deepEqual(
      [row.metric, row.label, row.before, row.after, row.difference, row.count, row.higherIsBetter],
      ['custom', 'off by', 0, 2.5, 2.5, 4, false],
    );
    assert.equal(row.test!.betterBefore, 4);
    assert.ok(row.ci95![0] > 0.5 && row.ci95![1] < 4.5);
    assert.equal(row.definition, 'Mean over samples of the score that "error.mjs" gives each.');
  });

  test('in Python gets the same arrays', { skip: python === undefined && 'there is no Python here' }, async () => {
    const command = `${python!} "${write('score it.py', script)}"`;
    const row = await measure({ kind: 'command', command, timeLimitSeconds: 30 });
    assert.deepEqual([row.label, row.before, row.after, row.difference], ['off', 0, 2.5, 2.5]);
  });

  const refusals: readonly (readonly [string, string, RegExp, string, number?])[] = [
    ['takes too long', 'export default () => { for (;;); }', /longer than its limit of 1 s/, 'time-limit', 1],
    [
      'crashes',
      'export default () => { throw new Error("no such class"); }',
      /last words: Error: no such class/,
      'engine-crashed',
    ],
    ['dies', 'export default () => process.kill(process.pid, "SIGKILL")', /signal SIGKILL/, 'engine-crashed'],
    ['is no function', 'export const score = 1', /no default export/, 'engine-crashed'],
    ['is no JavaScript', 'export default (', /SyntaxError/, 'engine-crashed'],
    [
      'gives too few',
      'export default () => [1, 2, 3]',
      /gave 3 scores of the original model for 4 samples/,
      'data-malformed',
    ],
    ['gives NaN', 'export default () => [1, 2, NaN, 4]', /gave sample 2 of the original/, 'data-malformed'],
    ['gives words', 'export default () => ["1", 2, 3, 4]', /gave sample 0 of the original/, 'data-malformed'],
    ['ends early', 'process.exit(0)', /wrote no scores/, 'data-malformed'],
  ];
  for (const [index, [what, text, message, code, seconds]] of refusals.entries()) {
    test(`that ${what} is told in one sentence, and leaves nothing behind`, async () => {
      await assert.rejects(measure(byModule(`bad-${index}.mjs`, text, seconds)), { code, message });
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('vernier-metric-')),
        [],
      );
    });
  }

  test('that is not installed is told so', async () => {
    const metric = { kind: 'command', command: 'no-such-program score.py', timeLimitSeconds: 5 } as const;
    await assert.rejects(measure(metric), {
      code: 'options-invalid',
      message: /"no-such-program" could not be started/,
    });
  });

  test('that wants the memory of the machine is stopped', async () => {
    const hungry = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(5e7, 1)), 5);';
    const program = runProgram({
      command: process.execPath,
      parameters: ['-e', hungry],
      name: 'hungry',
      folder,
      timeLimitSeconds: 30,
      memoryBytes: 2e8,
      signal: new AbortController().signal,
    });
    await assert.rejects(program, { code: process.platform === 'linux' ? 'out-of-memory' : 'time-limit' });
  });

  test('is cancelled with the run', async () => {
    const controller = new AbortController();
    const started = join(folder, 'started');
    const text = `import { writeFileSync } from 'node:fs'; export default () => { writeFileSync(${JSON.stringify(started)}, ''); for (;;); }`;
    const running = measure(byModule('endless.mjs', text), controller.signal);
    const look = setInterval(() => existsSync(started) && controller.abort(), 20);
    await assert.rejects(running, { name: 'CancelledError' });
    clearInterval(look);
  });

  test('cannot be named by a request, which histories, bundles and pages write', () => {
    const request = { runId: 'r', modelPath: '/m', outPath: '/o', data: { random: true }, recipe: {} };
    for (const key of ['customMetric', 'metric', 'metricCommand']) {
      const parsed = compressRequestSchema.safeParse({ ...request, [key]: 'rm' });
      assert.ok(parsed.error?.issues.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes(key)));
    }
  });

  test('is started without a shell', () => {
    assert.deepEqual(splitCommand(`python "my score.py" --at '0.5 0.9' $HOME;ls`), [
      'python',
      'my score.py',
      '--at',
      '0.5 0.9',
      '$HOME;ls',
    ]);
  });
});
