import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import { Looks } from '../../electron/host/looks.ts';
import { launchNodeEngine } from '../../electron/worker/launch-engine.ts';
import { stubEnginePath } from '../worker/stub-engine-path.ts';

const inspect = (behaviour: string) => ({ kind: 'inspect', modelPath: behaviour, dims: {} }) as const;
const endless = inspect('run for ever in native code');

/** Looks into engines that misbehave, and how many of those have been started. */
function open(timeLimitSeconds: number | null = null) {
  let started = 0;
  const looks = new Looks(() => ({
    entryPath: stubEnginePath,
    timeLimitSeconds,
    launch: (options) => {
      started += 1;
      return launchNodeEngine(options);
    },
  }));
  return { looks, started: () => started };
}

const isCancelled = (error: unknown) => error instanceof CancelledError;

void test('a look is given up by the name it was given', async () => {
  const { looks } = open();
  const look = looks.look(endless, { lookId: 'first' });
  assert.equal(looks.cancel('another'), false);
  assert.equal(looks.cancel('first'), true);
  await assert.rejects(look, isCancelled);
  assert.equal(looks.cancel('first'), false, 'it is not there any more');
  await looks.close();
});

void test('a look is given up when whoever asked hangs up', async () => {
  const { looks } = open();
  const gone = new AbortController();
  const look = looks.look(endless, { signal: gone.signal });
  gone.abort();
  await assert.rejects(look, isCancelled);
  await looks.close();
});

void test('one that waits for its turn is given up without an engine', async () => {
  const { looks, started } = open();
  const running = [looks.look(endless, { lookId: 'a' }), looks.look(endless, { lookId: 'b' })];
  const waiting = looks.look(inspect('answer'), { lookId: 'c' });
  assert.equal(looks.cancel('c'), true);
  looks.cancel('a');
  looks.cancel('b');
  const ended = await Promise.allSettled([...running, waiting]);
  assert.deepEqual(
    ended.map((outcome) => outcome.status === 'rejected' && isCancelled(outcome.reason)),
    [true, true, true],
  );
  assert.ok(started() <= 2);
  await looks.close();
});

void test('a look that never ends is stopped with a sentence that says how to give it more time', async () => {
  const { looks } = open(1);
  await assert.rejects(looks.look(endless), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'time-limit');
    assert.match(error.message, /longer than its limit of 1 s.*--time-limit or in the settings/);
    return true;
  });
  await looks.close();
});

void test('closing ends what is under way', async () => {
  const { looks } = open();
  const look = looks.look(endless);
  await Promise.all([assert.rejects(look, isCancelled), looks.close()]);
});
