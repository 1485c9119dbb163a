import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import { RunQueue, type QueuedRun } from '../../electron/host/run-queue.ts';
import type { EventBatch, LiveEvents } from '../../shared/contract/results.ts';
import type { EngineEvent } from '../../shared/events.ts';

const line = (number: number): EngineEvent => ({ type: 'log', level: 'info', message: String(number) });

void test('whenever a window asks what a run reported, the batches go on where the answer ends', async () => {
  const told = Array.from({ length: 40 }, (_, index) => line(index));
  const batches: EventBatch[] = [];
  const answers: LiveEvents[] = [];
  const ended = Promise.withResolvers<undefined>();
  const queue = new RunQueue({
    perform: async (_run, _signal, onEvent) => {
      for (const event of told) {
        onEvent(event);
        answers.push(queue.live('a-run')!);
        await sleep(4);
      }
    },
    onEvents: (_runId, batch) => batches.push(batch),
    onStatus: (_runId, status) => status === 'ended' && ended.resolve(undefined),
    onChange: () => undefined,
  });
  void queue.add({ request: { runId: 'a-run', data: {}, recipe: {} }, marks: {} } as unknown as QueuedRun);
  await ended.promise;
  assert.ok(batches.length > 1);
  assert.equal(answers.length, told.length);
  for (const { count, events } of answers) {
    const later = batches.flatMap((batch) => batch.events.slice(Math.max(0, count - batch.first)));
    assert.deepEqual([...events, ...later], told);
  }
});
