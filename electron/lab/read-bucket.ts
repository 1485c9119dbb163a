import type { KV, KvEntry } from '@nats-io/kv';
import type { ObjectInfo } from '@nats-io/obj';
import type { Lab } from './connect-lab.ts';
import { artifactBucket } from './lab-names.ts';
import { afterBreaks } from './upload-files.ts';

/*
 * The whole of a bucket, by one question for the names and one for each of them. The client's own `history()` and `list()` subscribe
 * instead, and wait for ever where an entry changes between their first question and the subscription.
 */

const questionsAtOnce = 64;

/** What a subject is below `prefix`, for every subject of a stream that has one. */
async function listNames(lab: Lab, stream: string, prefix: string): Promise<string[]> {
  const { state } = await lab.manager.streams.info(stream, { subjects_filter: `${prefix}>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
}

async function askForEach<Answer>(
  names: readonly string[],
  ask: (name: string) => Promise<Answer | null>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let first = 0; first < names.length; first += questionsAtOnce) {
    const some = await Promise.all(names.slice(first, first + questionsAtOnce).map(ask));
    answers.push(...some.filter((answer) => answer !== null));
  }
  return answers;
}

/** Every entry that a bucket holds now, deleted ones left out. */
export async function readBucket(lab: Lab, bucket: KV, name: string): Promise<KvEntry[]> {
  return afterBreaks(lab, null, async () => {
    const keys = await listNames(lab, `KV_${name}`, `$KV.${name}.`);
    const entries = await askForEach(keys, (key) => bucket.get(key));
    return entries.filter(({ operation }) => operation === 'PUT');
  });
}

/** Every artifact on the server, deleted ones left out. */
export async function listArtifacts(lab: Lab): Promise<ObjectInfo[]> {
  return afterBreaks(lab, null, async () => {
    const names = await listNames(lab, `OBJ_${artifactBucket}`, `$O.${artifactBucket}.M.`);
    const objects = await askForEach(names, (name) => lab.artifacts.info(Buffer.from(name, 'base64url').toString()));
    return objects.filter(({ deleted }) => !deleted);
  });
}
