import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { followRun } from '../../renderer/follow-run.ts';
import type { LiveRun } from '../../renderer/live-run.ts';
import type { EventBatch, LiveEvents } from '../../shared/contract/results.ts';
import type { EngineEvent } from '../../shared/events.ts';

const sample = (latencyMs: number): EngineEvent => ({ type: 'latency', variant: 'before', samplesMs: [latencyMs] });
const samples = (first: number, end: number): EngineEvent[] =>
  Array.from({ length: end - first }, (_, index) => sample(first + index));
const batchOf = (first: number, end: number): EventBatch => ({ first, events: samples(first, end) });
const answerOf = (end: number): LiveEvents => ({ count: end, events: samples(0, end) });

/** A followed run whose answers and batches come when the test says so. */
function follow(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: PromiseWithResolvers<LiveEvents>[] = [];
  let send: (batch: EventBatch) => void = () => undefined;
  let shown: LiveRun | null = null;
  const stop = followRun(
    {
      ask: () => {
        const question = Promise.withResolvers<LiveEvents>();
        asked.push(question);
        return question.promise;
      },
      listen: (listener) => {
        send = listener;
        return () => undefined;
      },
    },
    (run) => (shown = run),
  );
  context.after(stop);
  const settle = async () => {
    await Promise.resolve();
    context.mock.timers.tick(1000);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    questions: () => asked.length,
    send: (batch: EventBatch) => send(batch),
    answer: async (answer: LiveEvents) => {
      asked.at(-1)!.resolve(answer);
      await settle();
    },
    fail: async () => {
      asked.at(-1)!.reject(new Error('no connection'));
      await settle();
    },
    settle,
    shownMs: () => shown?.latency.before.newestMs,
  };
}

test('what was gathered when the answer was written, and sent after it, is shown once', async (context) => {
  const run = follow(context);
  await run.answer(answerOf(5));
  run.send(batchOf(3, 8));
  await run.settle();
  assert.deepEqual(run.shownMs(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('what overtook the answer, and is not in it, is not lost', async (context) => {
  const run = follow(context);
  run.send(batchOf(3, 8));
  run.send(batchOf(8, 9));
  await run.answer(answerOf(5));
  assert.deepEqual(run.shownMs(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('what was lost with the connection is asked for again', async (context) => {
  const run = follow(context);
  await run.answer(answerOf(2));
  run.send(batchOf(6, 8));
  await run.settle();
  assert.equal(run.questions(), 2);
  run.send(batchOf(8, 10));
  await run.answer(answerOf(9));
  assert.deepEqual(run.shownMs(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('without an answer what comes is shown', async (context) => {
  const run = follow(context);
  run.send(batchOf(6, 8));
  await run.fail();
  assert.deepEqual(run.shownMs(), [6, 7]);
  assert.equal(run.questions(), 1);
});
