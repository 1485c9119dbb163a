import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import {
  askVernier,
  assertFailure,
  makeFolder,
  parseOutput,
  runVernier,
  startVernier,
  writeSamples,
  writeTinyNet,
} from './fixtures.ts';

const quick = ['--recipe', 'int8-static-minmax', '--calibration-samples', '8'];

interface Study {
  readonly tag: string;
  readonly summary: string | null;
  readonly winners: readonly string[];
  readonly members: readonly {
    readonly scheme: string;
    readonly runId: string | null;
    readonly status: string;
    readonly place: number | null;
    readonly outPath: string;
    readonly error: { readonly code: string } | null;
    readonly figures: { readonly sizeBytes: number; readonly gatesMet: boolean } | null;
  }[];
}

interface Listed {
  readonly runs: readonly { readonly runId: string; readonly status: string; readonly tags: readonly string[] }[];
}

void test('a sweep is one recorded run after another, under one tag, and compares by it', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { channels: 48, convolutions: 3 });
  const database = ['--database', join(folder, 'history.db')];
  const sweep = ['sweep', model, '--data', writeSamples(folder), ...quick, ...database, '--json'];
  const finished = await runVernier([...sweep, '--min-speedup', '1000']);
  assert.equal(finished.exitCode, 3, finished.stderr);
  assert.match(finished.stderr, /^1 of 2: int8-static$[^]*^2 of 2: int8-dynamic$/m);
  const study = parseOutput(finished) as unknown as Study;
  assert.match(study.tag, /^study:[0-9a-f]{8}$/);
  assert.deepEqual(study.members.map(({ scheme }) => scheme).toSorted(), ['int8-dynamic', 'int8-static']);
  for (const { scheme, status, outPath, figures } of study.members) {
    assert.equal(status, 'done');
    assert.equal(outPath, join(folder, `net.${scheme}.onnx`));
    assert.equal(figures!.sizeBytes, statSync(outPath).size);
    assert.equal(figures!.gatesMet, false);
  }
  const first = study.members[0]!;
  assert.equal(first.place, 1);
  assert.ok(study.winners.includes(first.runId!));
  assert.ok(study.summary!.includes(first.scheme), study.summary!);

  // In the history by its tag, and side by side by it.
  const listed = parseOutput(
    await askVernier(['history', '--tag', study.tag, '--json', ...database]),
  ) as unknown as Listed;
  assert.deepEqual(new Set(listed.runs.map(({ runId }) => runId)), new Set(study.members.map(({ runId }) => runId)));
  const compared = parseOutput(await askVernier(['compare', study.tag, '--json', ...database]));
  const baseline = study.members.find(({ scheme }) => scheme === 'int8-static')!.runId;
  assert.equal(compared['baselineRunId'], baseline, 'in the order of their start');

  // What was changed since is not replaced, and no member runs before that is known.
  writeFileSync(join(folder, 'net.int8-dynamic.onnx'), 'not what it was');
  assertFailure(await runVernier(sweep), 'file-exists');
  const after = parseOutput(await askVernier(['history', '--json', ...database])) as unknown as Listed;
  assert.equal(after.runs.length, 2);
});

void test('a member that fails is told and recorded, and the others go on', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const database = ['--database', join(folder, 'history.db')];
  // Without its last layer nothing is left that dynamic int8 stores.
  const schemes = ['--schemes', 'int8-dynamic,int8-static', '--exclude-nodes', 'classes'];
  const out = join(folder, 'swept');
  const data = ['--data', writeSamples(folder), '--out', out];
  const finished = await runVernier(['sweep', model, ...schemes, ...data, ...quick, ...database]);
  assert.equal(finished.exitCode, 1, finished.stderr);
  assert.match(finished.stderr, /^error: int8-dynamic: Nothing in .* can be quantized/m);
  assert.match(finished.stdout.split('\n')[0]!, /int8-static \(/);
  assert.match(finished.stdout, /^int8-dynamic +–.* failed/m);
  assert.ok(existsSync(join(out, 'net.int8-static.onnx')));
  assert.equal(existsSync(join(out, 'net.int8-dynamic.onnx')), false);
  const { runs } = parseOutput(await askVernier(['history', '--json', ...database])) as unknown as Listed;
  assert.deepEqual(
    runs.map(({ status }) => status),
    ['done', 'failed'],
    'newest first',
  );
  assert.equal(new Set(runs.flatMap(({ tags }) => tags)).size, 1, 'the failed one has the tag, too');
});

void test('Ctrl-C ends a sweep and keeps what is done', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const database = ['--database', join(folder, 'history.db')];
  const schemes = ['--schemes', 'int8-static,int8-weights,float16-weights'];
  const run = startVernier([
    'sweep',
    model,
    '--data',
    writeSamples(folder),
    ...schemes,
    ...quick,
    ...database,
    '--json',
  ]);
  context.after(() => run.child.kill('SIGKILL'));
  await run.waitFor('2 of 3');
  run.child.kill('SIGINT');
  const finished = await run.finished;
  assert.equal(finished.exitCode, 130, finished.stderr);
  const { members, winners } = parseOutput(finished) as unknown as Study;
  assert.deepEqual(
    members.map(({ scheme, status, runId }) => [scheme, status, runId === null]),
    [
      ['int8-static', 'done', false],
      ['int8-weights', 'cancelled', false],
      ['float16-weights', 'notStarted', true],
    ],
  );
  assert.deepEqual(winners, [members[0]!.runId]);
  assert.ok(existsSync(join(folder, 'net.int8-static.onnx')));
  assert.equal(existsSync(join(folder, 'net.int8-weights.onnx')), false);
  const { runs } = parseOutput(await askVernier(['history', '--json', ...database])) as unknown as Listed;
  assert.deepEqual(
    runs.map(({ status }) => status),
    ['cancelled', 'done'],
  );
});

void test('a sweep of one, of nothing known, or over what is not ours is refused before it begins', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const common = [model, '--random-data', '--database', join(folder, 'history.db')];
  const cases: readonly (readonly [readonly string[], RegExp, number])[] = [
    [['--schemes', 'int8-static'], /at least two runs/, 2],
    [['--schemes', 'int8-static,int8-static', '--threads', '2'], /at least two runs/, 2],
    [['--schemes', 'int8-static,int5'], /Allowed choices are int8-static, /, 2],
    [['--threads', '1,0'], /whole number from 1 to 256/, 2],
    [['--recipe', 'int4'], /neither a preset/, 2],
    [['--out', model], /cannot|not a folder|a file/i, 1],
  ];
  for (const [options, pattern, exitCode] of cases) {
    const finished = await runVernier(['sweep', ...common, ...options]);
    assert.equal(finished.exitCode, exitCode, `${options.join(' ')}\n${finished.stderr}`);
    assert.match(finished.stderr, pattern, options.join(' '));
    assert.equal(finished.stdout, '');
  }
});
