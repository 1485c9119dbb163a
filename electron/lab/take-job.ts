import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setTimeout as wait } from 'node:timers/promises';
import { nanos } from '@nats-io/transport-node';
import type { Lab } from './connect-lab.ts';
import { jobStream, queueOf, type Place } from './lab-names.ts';

/** The queues that a device takes jobs from, its own first. */
export async function openQueues(
  lab: Lab,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<Consumer[]> {
  const places: Place[] = [
    { kind: 'device', name },
    ...Object.entries(labels).map(([key, value]): Place => ({ kind: 'label', key, value })),
    { kind: 'any' },
  ];
  const consumers: Consumer[] = [];
  for (const place of places) {
    const { consumer, subject } = queueOf(place);
    await lab.manager.consumers.add(jobStream, {
      durable_name: consumer,
      ack_policy: 'explicit',
      deliver_policy: 'all',
      filter_subject: subject,
      ack_wait: nanos(lab.timing.jobWaitMs),
      // How often a job is started is counted in its state: a message may also come back unopened.
      max_deliver: -1,
      max_ack_pending: 10_000,
    });
    consumers.push(await lab.jetStream.consumers.get(jobStream, consumer));
  }
  return consumers;
}

/** After its time a pull has to end by itself. */
const graceMs = 500;

/**
 * Waits at all queues at once for one job.
 * @returns null when none came in the time of one pull, or the connection broke.
 */
export async function takeJob(lab: Lab, queues: readonly Consumer[], signal: AbortSignal): Promise<JsMsg | null> {
  const pulls: ConsumerMessages[] = [];
  let taken: JsMsg | null = null;
  let isOver = false;
  const stopAll = (): void => {
    for (const pull of pulls) pull.stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  const read = async (queue: Consumer): Promise<void> => {
    const pull = await queue.fetch({ max_messages: 1, expires: lab.timing.pullMs });
    pulls.push(pull);
    if (taken !== null || signal.aborted) pull.stop();
    for await (const message of pull) {
      if (taken === null && !isOver && !signal.aborted) {
        taken = message;
        stopAll();
      } else message.nak();
    }
  };
  try {
    // A pull that breaks with the connection, or that a server forgot when it was started anew, is made again at the next turn.
    await Promise.race([
      Promise.allSettled(queues.map(read)),
      wait(lab.timing.pullMs + graceMs, undefined, { signal }).catch(() => undefined),
    ]);
  } finally {
    isOver = true;
    stopAll();
    signal.removeEventListener('abort', stopAll);
  }
  return taken;
}
