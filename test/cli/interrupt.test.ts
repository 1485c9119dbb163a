import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { stages, type Stage } from '../../shared/events.ts';
import { measureSecond } from '../measure-second.ts';
import { waitUntil } from '../wait-until.ts';
import {
  findProcesses,
  makeFolder,
  parseOutput,
  readHistory,
  startVernier,
  writeSamples,
  writeTinyNet,
  type Started,
} from './fixtures.ts';

interface LongRun extends Started {
  readonly out: string;
  readonly folder: string;
  /** Where the run and everything it starts keep temporary files. */
  readonly scratch: string;
}

/** A run that takes long enough in every stage to be stopped there, and as long as it is wanted in that of latency. */
function startLongRun(context: TestContext, until: Stage = 'calibrate'): LongRun {
  const folder = makeFolder(context);
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const model = writeTinyNet(folder, { channels: 64, convolutions: 5, imageSize: 64 });
  const data = writeSamples(folder, { count: 150, imageSize: 64 });
  const out = join(folder, 'out.onnx');
  const common = ['--json', '--database', join(folder, 'history.db')];
  // What comes before latency need not be long where that is waited for.
  const short = ['--no-effects', '--calibration-samples', '8', '--evaluation-samples', '8'];
  const parameters = [
    ...['compress', model, '--data', data, '--out', out, '--recipe', 'int8-static-minmax', ...common],
    ...(until === 'latency' ? short : []),
  ];
  const started = startVernier(parameters, { environment: { TMPDIR: scratch, VERNIER_TIMING_SECONDS: '600' } });
  context.after(() => started.child.kill('SIGKILL'));
  return { ...started, out, folder, scratch };
}

function readOnlyRun(run: LongRun) {
  const runs = readHistory(join(run.folder, 'history.db'));
  assert.equal(runs.length, 1);
  return runs[0]!;
}

function leftovers(run: LongRun): string[] {
  return [...readdirSync(run.scratch), ...readdirSync(run.folder).filter((name) => name.includes('.tmp'))];
}

void test('Ctrl-C stops within a second in any stage, leaves nothing behind and is recorded as cancelled', async (context) => {
  const cases = [
    ['prepare', 'SIGINT'],
    ['calibrate', 'SIGINT'],
    ['latency', 'SIGTERM'],
  ] as const;
  for (const [stage, signal] of cases) {
    const run = startLongRun(context, stage);
    await run.waitFor(stage);
    const secondMs = await measureSecond();
    const startedMs = performance.now();
    run.child.kill(signal);
    const finished = await run.finished;
    const tookMs = performance.now() - startedMs;
    context.diagnostic(`${stage}: stopped in ${tookMs.toFixed(0)} ms; ${secondMs.toFixed(0)} ms stand for a second`);
    assert.ok(tookMs < secondMs, `${stage}: took ${tookMs} ms where ${secondMs} ms stand for a second`);

    assert.equal(finished.exitCode, 130, finished.stderr);
    assert.equal((parseOutput(finished)['error'] as { code: string }).code, 'cancelled');
    assert.equal(existsSync(run.out), false);
    assert.deepEqual(leftovers(run), [], `after ${stage}`);
    assert.equal(readOnlyRun(run).status, 'cancelled');
    await waitUntil(() => findProcesses(run.scratch).length === 0, `no process is left after ${stage}`, secondMs);
  }
});

void test('signals that npm and the terminal both deliver count as one', async (context) => {
  const run = startLongRun(context);
  await run.waitFor('calibrate');
  run.child.kill('SIGINT');
  run.child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 50));
  run.child.kill('SIGINT');
  assert.equal((await run.finished).exitCode, 130);
  assert.equal(readOnlyRun(run).status, 'cancelled');
});

void test('after kill -9 in mid-run nothing goes on, the history is readable and the run is failed', async (context) => {
  for (const stage of ['calibrate', 'latency'] as const) {
    const run = startLongRun(context, stage);
    await run.waitFor(stage);
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.child.kill('SIGKILL');
    const { signal, stderr } = await run.finished;
    assert.equal(signal, 'SIGKILL');

    // The engine notices that its host is gone and ends with its helpers; it may take 0.8 s for that.
    const secondMs = await measureSecond();
    await waitUntil(() => findProcesses(run.scratch).length === 0, `no process is left after ${stage}`, 3 * secondMs);
    const { status, errorCode, errorMessage } = readOnlyRun(run);
    assert.equal(status, 'failed');
    assert.equal(errorCode, 'engine-crashed');
    // A stage is recorded, then printed: the history knows exactly the last one that was printed, or, killed between the
    // two, the one after it.
    const recorded = /process ended before the run was finished \(last seen in stage "(.+)"\)/.exec(
      errorMessage ?? '',
    )?.[1];
    const printed = stages.findLast((one) => new RegExp(`^ +[\\d.]+ m?s  ${one}\\b`, 'm').test(stderr))!;
    const ahead = stages.indexOf(recorded as Stage) - stages.indexOf(printed);
    assert.ok(ahead === 0 || ahead === 1, `killed after "${printed}" was printed: ${errorMessage}`);
    assert.equal(existsSync(run.out), false);
    assert.deepEqual(leftovers(run), [], `after ${stage}`);
  }
});

void test('when only the engine is killed the run fails with a reason', async (context) => {
  const run = startLongRun(context);
  await run.waitFor('calibrate');
  const engine = findProcesses(run.scratch).find((pid) => pid !== run.child.pid);
  if (engine === undefined) {
    context.skip('processes cannot be listed on this system');
    return;
  }
  process.kill(engine, 'SIGKILL');
  const finished = await run.finished;
  assert.equal(finished.exitCode, 1);
  assert.equal((parseOutput(finished)['error'] as { code: string }).code, 'out-of-memory');
  assert.equal(readOnlyRun(run).status, 'failed');
  assert.deepEqual(leftovers(run), []);
});
