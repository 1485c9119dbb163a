import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import { runEngineJob } from '../../electron/worker/engine-client.ts';
import { launchNodeEngine, type LaunchEngine } from '../../electron/worker/launch-engine.ts';
import { waitUntil } from '../wait-until.ts';
import { stubEnginePath as entryPath } from './stub-engine-path.ts';

interface Run {
  readonly result: Promise<unknown>;
  readonly controller: AbortController;
  /** Resolves with the first progress detail. */
  readonly reported: Promise<string>;
  readonly killCount: () => number;
}

function start(behaviour: string, graceMs?: number): Run {
  const controller = new AbortController();
  let tell: (detail: string) => void = () => undefined;
  const reported = new Promise<string>((resolve) => (tell = resolve));
  let killCount = 0;
  const launch: LaunchEngine = (options) => {
    const engine = launchNodeEngine(options);
    const kill = () => {
      killCount += 1;
      engine.kill();
    };
    return { ...engine, kill };
  };
  const result = runEngineJob(
    { kind: 'inspect', modelPath: behaviour, dims: {} },
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress') tell(event.detail);
      },
      entryPath,
      launch,
      ...(graceMs === undefined ? {} : { graceMs }),
    },
  );
  return { result, controller, reported, killCount: () => killCount };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Dead but not yet collected by its new parent (`Z` after the name in parentheses) is dead.
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
}

function waitUntilGone(pid: number, what: string): Promise<void> {
  return waitUntil(() => !isAlive(pid), `${what} is gone`);
}

async function rejection(result: Promise<unknown>): Promise<AppError> {
  const error: unknown = await result.then(
    () => assert.fail('expected an error'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  return error;
}

void test('a result comes back with its typed arrays', async () => {
  assert.deepEqual(await start('answer').result, { answer: 42, big: new Float32Array([1.5, 2.5]) });
});

void test('an error keeps its code, message and details', async () => {
  const error = await rejection(start('refuse').result);
  assert.equal(error.code, 'model-malformed');
  assert.equal(error.message, 'Not a model.');
  assert.deepEqual(error.details, { offset: 7 });
});

void test('what native code prints does not reach the standard output of the host', async () => {
  // The runner would take stray output for test results; here it only has to be read and dropped.
  assert.ok(await start('write to stdout').result);
});

void test('a crash is an error that says how the engine ended', async () => {
  const exit = await rejection(start('exit').result);
  assert.equal(exit.code, 'engine-crashed');
  assert.match(exit.message, /exit code 7.*native library gave up/);
  const segfault = await rejection(start('segfault').result);
  assert.equal(segfault.code, 'engine-crashed');
  assert.match(segfault.message, /SIGSEGV/);
});

void test('running out of memory is told from a crash', async () => {
  assert.equal((await rejection(start('run out of heap').result)).code, 'out-of-memory');
  assert.equal((await rejection(start('be killed').result)).code, 'out-of-memory');
});

void test('an engine above its memory cap is ended, though the memory is not JavaScript and it hears nobody', async () => {
  const result = runEngineJob(
    { kind: 'inspect', modelPath: 'hold too much outside the heap, in native code', dims: {} },
    { signal: new AbortController().signal, onEvent: () => undefined, entryPath, memoryMb: 300 },
  );
  const error = await rejection(result);
  assert.equal(error.code, 'out-of-memory');
  assert.match(error.message, /needed more memory \(\d+ MB\) than its limit of 300 MB.*--memory-limit/);
});

/** From here on the clock of this process stands still, and goes on only when it is told to. */
function stopClock(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout'] });
}

void test('a cancelled job that stops by itself is cancelled at once: nothing of the grace period has to pass', async (context) => {
  const { result, controller, reported } = start('hang politely');
  await reported;
  stopClock(context);
  controller.abort();
  await assert.rejects(result, CancelledError);
});

for (const [graceMs, name] of [
  [150, 'the usual grace period of 150 ms'],
  [300, 'a grace period of 300 ms'],
] as const) {
  void test(`an engine stuck in native code is killed after ${name}, not sooner or later, with its helpers and temporary files`, async (context) => {
    const { result, controller, reported, killCount } = start(
      'hang in native code with a helper',
      graceMs === 150 ? undefined : graceMs,
    );
    const [enginePid = '', helperPid = '', scratch = ''] = (await reported).split(' ');
    // It hangs now, and hears nothing any more.
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(existsSync(scratch));
    stopClock(context);
    controller.abort();
    context.mock.timers.tick(graceMs - 1);
    assert.equal(killCount(), 0);
    context.mock.timers.tick(1);
    assert.equal(killCount(), 1);
    // With the clock standing still it is the end of the processes that ends this: no time is waited for.
    await assert.rejects(result, CancelledError);
    context.mock.timers.reset();
    await waitUntilGone(Number(enginePid), 'the engine');
    await waitUntilGone(Number(helperPid), 'its helper');
    assert.equal(existsSync(scratch), false);
  });
}

void test('an engine stuck in native code ends itself, its helpers and its temporary files when its host was killed', async () => {
  const host = fork(new URL('./stub-host.ts', import.meta.url));
  const [detail] = (await once(host, 'message')) as [string];
  const [enginePid = '', helperPid = '', scratch = ''] = detail.split(' ');
  await new Promise((resolve) => setTimeout(resolve, 200));
  host.kill('SIGKILL');
  await once(host, 'exit');
  assert.ok(isAlive(Number(enginePid)) && existsSync(scratch), 'it is not the host that ends them');
  await waitUntilGone(Number(enginePid), 'the engine');
  await waitUntilGone(Number(helperPid), 'its helper');
  assert.equal(existsSync(scratch), false);
});

void test('a job that takes longer than its limit is ended, and its engine with it', async () => {
  const started = performance.now();
  const result = runEngineJob(
    { kind: 'inspect', modelPath: 'run for ever in native code', dims: {} },
    { signal: new AbortController().signal, onEvent: () => undefined, entryPath, timeLimitSeconds: 1 },
  );
  assert.equal((await rejection(result)).code, 'time-limit');
  assert.ok(performance.now() - started >= 1000);
});

void test('a job cancelled before it starts never starts', async () => {
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(
    runEngineJob(
      { kind: 'doctor' },
      { signal: controller.signal, onEvent: () => undefined, entryPath: '/nowhere/engine.ts' },
    ),
    CancelledError,
  );
});

void test('an engine that cannot be started is an error, not a hang', async () => {
  const controller = new AbortController();
  const error = await rejection(
    runEngineJob(
      { kind: 'doctor' },
      { signal: controller.signal, onEvent: () => undefined, entryPath: '/nowhere/engine.ts' },
    ),
  );
  assert.equal(error.code, 'engine-crashed');
});

void test('the doctor job runs a real int8 model in the real engine process', async () => {
  const health = await runEngineJob(
    { kind: 'doctor' },
    { signal: new AbortController().signal, onEvent: () => undefined },
  );
  assert.equal(health.onnxRuntimeProblem, null);
  assert.equal(health.imageProblem, null);
  assert.equal(typeof health.int8ProductsExact, 'boolean');
});
