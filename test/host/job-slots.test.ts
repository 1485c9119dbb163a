import assert from 'node:assert/strict';
import test from 'node:test';
import { JobSlots } from '../../electron/host/job-slots.ts';

void test('a job that fails before it begins gives its slot back', async () => {
  const slots = new JobSlots({ count: 1, patienceMs: 60_000, most: 4 });
  const failing = slots.use(() => {
    throw new Error('no engine');
  });
  await assert.rejects(failing, /no engine/);
  assert.equal(await slots.use(() => Promise.resolve('done')), 'done');
  await slots.drained();
});

void test('jobs beyond the slots wait for their turn', async () => {
  const slots = new JobSlots({ count: 1, patienceMs: 60_000, most: 4 });
  const order: string[] = [];
  const run = (name: string) =>
    slots.use(async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
    });
  await Promise.all([run('first'), run('second')]);
  assert.deepEqual(order, ['first begins', 'first ends', 'second begins', 'second ends']);
});

/** Jobs that end when they are told to, and the names of those that have begun. */
function startJobs(slots: JobSlots, names: readonly string[]) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const done = names.map((name) =>
    slots.use(() => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    }),
  );
  return { begun, done: Promise.all(done), end: (name: string) => ends.get(name)!() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

void test('jobs that never end keep later ones waiting for a while, not for ever', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const slots = new JobSlots({ count: 2, patienceMs: 5000, most: 6 });
  const { begun, done, end } = startJobs(slots, ['endless 1', 'endless 2', 'small 1', 'small 2', 'small 3']);
  await turn();
  assert.deepEqual(begun, ['endless 1', 'endless 2']);
  context.mock.timers.tick(4999);
  await turn();
  assert.equal(begun.length, 2);
  context.mock.timers.tick(1);
  await turn();
  assert.deepEqual(begun, ['endless 1', 'endless 2', 'small 1', 'small 2'], 'two at a time beside those');
  end('small 1');
  await turn();
  assert.equal(begun.at(-1), 'small 3');
  for (const name of ['endless 1', 'endless 2', 'small 2', 'small 3']) end(name);
  await Promise.all([done, slots.drained()]);
});

void test('however many never end, no more than so many run', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const slots = new JobSlots({ count: 1, patienceMs: 10, most: 3 });
  const names = ['a', 'b', 'c', 'd'];
  const { begun, done, end } = startJobs(slots, names);
  for (let round = 0; round < 5; round++) {
    await turn();
    context.mock.timers.tick(10);
  }
  assert.deepEqual(begun, ['a', 'b', 'c']);
  end('b');
  await turn();
  assert.deepEqual(begun, names);
  for (const name of ['a', 'c', 'd']) end(name);
  await done;
});
