import assert from 'node:assert/strict';
import test from 'node:test';
import { JobSlots } from '../../electron/host/job-slots.ts';

void test('a job that fails before it begins gives its slot back', async () => {
  const slots = new JobSlots(1);
  const failing = slots.use(() => {
    throw new Error('no engine');
  });
  await assert.rejects(failing, /no engine/);
  assert.equal(await slots.use(() => Promise.resolve('done')), 'done');
  await slots.drained();
});

void test('jobs beyond the slots wait for their turn', async () => {
  const slots = new JobSlots(1);
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
