import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Lab } from './connect-lab.ts';
import { afterBreaks } from './upload-files.ts';

/*
 * The whole of a bucket, read in bunches through a consumer that lives as long as the question. The client's own `history()` and `list()`
 * wait for ever where an entry changes between their first question and their subscription; here the server says with each message how many
 * are left, and every bunch has a deadline.
 */

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  /** By the server's clock. */
  readonly created: Date;
}

const entriesAtOnce = 500;
/** The least that the client takes. */
const bunchMs = 1000;
/** Whoever may write to a server may fill it. More is no lab. */
const mostEntries = 200_000;
/** More than any record or description has. */
const longestEntryBytes = 256 << 10;

/**
 * The last message of every subject below `prefix`.
 * @throws AppError `lab-job` where there are more than any lab has; `lab-unreachable`.
 */
export async function readLatest(lab: Lab, stream: string, prefix: string): Promise<Entry[]> {
  return afterBreaks(lab, null, async () => {
    const { name, num_pending: count } = await lab.manager.consumers.add(stream, {
      ack_policy: 'none',
      deliver_policy: 'last_per_subject',
      filter_subject: `${prefix}>`,
      inactive_threshold: nanos(60_000),
      mem_storage: true,
      num_replicas: 1,
    });
    if (count > mostEntries) throw new AppError('lab-job', tell('labOverfull', { count, most: mostEntries }));
    try {
      return await drain(lab, await lab.jetStream.consumers.get(stream, name), count, prefix);
    } finally {
      await lab.manager.consumers.delete(stream, name).catch(() => undefined);
    }
  });
}

/** @throws Error where something was lost on the way, or nothing comes any more: then all of it is asked for anew. */
async function drain(lab: Lab, consumer: Consumer, count: number, prefix: string): Promise<Entry[]> {
  const entries = new Map<string, Entry>();
  let read = 0;
  let heardMs = performance.now();
  // Those that change meanwhile come again, at the end, and may go on doing so.
  for (let left = count; left > 0 && read <= 2 * count;) {
    const before = read;
    for await (const message of await consumer.fetch({
      max_messages: Math.min(left, entriesAtOnce),
      expires: bunchMs,
    })) {
      read += 1;
      if (message.info.deliverySequence !== read) throw new Error('messages were lost');
      left = message.info.pending;
      keep(entries, message, prefix);
    }
    if (read > before) heardMs = performance.now();
    else {
      // What was left may have expired.
      const { num_pending: pending, delivered } = await consumer.info();
      if (delivered.consumer_seq !== read) throw new Error('messages were lost');
      if (performance.now() - heardMs > lab.timing.stallMs) throw new Error('nothing came any more');
      left = pending;
    }
  }
  return [...entries.values()];
}

function keep(entries: Map<string, Entry>, message: JsMsg, prefix: string): void {
  const key = message.subject.slice(prefix.length);
  const isGone = message.headers?.has('KV-Operation') === true;
  if (isGone) entries.delete(key);
  else if (message.data.byteLength <= longestEntryBytes) {
    entries.set(key, { key, value: message.data, created: new Date(message.info.timestampNanos / 1e6) });
  }
}

/** Every entry that a bucket holds now, deleted ones left out. */
export async function readBucket(lab: Lab, name: string): Promise<Entry[]> {
  return readLatest(lab, `KV_${name}`, `$KV.${name}.`);
}

/** The keys of a bucket, deleted ones too, without what they hold. */
export async function listKeys(lab: Lab, name: string): Promise<string[]> {
  const prefix = `$KV.${name}.`;
  return afterBreaks(lab, null, async () => {
    const { state } = await lab.manager.streams.info(`KV_${name}`, { subjects_filter: `${prefix}>` });
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  });
}
