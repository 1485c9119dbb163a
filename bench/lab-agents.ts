/** The agents of `bench/lab.ts`, many in one process: each with a connection, a place on the list of devices and queues of its own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { connectLab, type Lab } from '../electron/lab/connect-lab.ts';
import { changeJobState } from '../electron/lab/job-states.ts';
import { decode, jobHeaderSchema } from '../electron/lab/lab-messages.ts';
import { registerDevice } from '../electron/lab/register-device.ts';
import { openQueues, takeJob } from '../electron/lab/take-job.ts';

const [server, count, workMs] = process.argv.slice(2) as [string, string, string];
const stop = new AbortController();
process.on('message', () => stop.abort());

/** As `electron/lab/agent.ts` does it, but for the engine. */
async function work(lab: Lab, name: string): Promise<void> {
  const instance = randomUUID();
  const queues = await openQueues(lab, name, {});
  while (!stop.signal.aborted) {
    const message = await takeJob(lab, queues, stop.signal);
    const header = message === null ? null : decode(jobHeaderSchema, message.data);
    if (message === null || header === null) continue;
    const claimed = await changeJobState(lab, header.jobId, (state) =>
      state.phase === 'queued' ? { phase: 'running', attempt: state.attempt + 1, device: name, instance } : null,
    );
    if (claimed?.isChanged !== true) process.send?.({ duplicate: header.jobId });
    else {
      process.send?.({ started: header.jobId, delayMs: Date.now() - claimed.state.submittedTimestampMs });
      await wait(Number(workMs));
      await changeJobState(lab, header.jobId, () => ({ phase: 'done' }));
      process.send?.({ done: header.jobId });
    }
    await message.ackAck();
  }
}

const agents = await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const name = `agent-${index}`;
    const lab = await connectLab({ server }, { keepTrying: true });
    const registration = await registerDevice(lab, { name, labels: {} }, () => stop.abort());
    return { lab, name, registration };
  }),
);
process.send?.({ ready: true, rssBytes: process.memoryUsage().rss });
await Promise.all(agents.map(({ lab, name }) => work(lab, name)));
process.send?.({ ended: true, rssBytes: process.memoryUsage().rss });
await Promise.all(
  agents.map(async ({ lab, registration }) => {
    await registration.leave();
    await lab.close();
  }),
);
process.disconnect();
