/**
 * `npm run bench:lab [-- --agents 200 --jobs 10000 --work-ms 20 --seconds 180]`: how far one lab server carries. Real nats-server, real queues,
 * records and device list; the agents do nothing but wait in place of an engine. Says throughput, how long jobs waited beyond what
 * the work itself makes them wait, and the memory of both sides. Ends with 1 where a job was lost or done twice.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectLab, type Lab } from '../electron/lab/connect-lab.ts';
import { listDevices } from '../electron/lab/device-list.ts';
import { createJobState, listJobStates } from '../electron/lab/job-states.ts';
import { labProtocol, queueOf } from '../electron/lab/lab-names.ts';
import { vernierVersion } from '../electron/engine/runtime/environment.ts';
import { formatBytes, formatDuration } from '../shared/units.ts';
import { startNats } from '../test/lab/nats-server.ts';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '200' },
    jobs: { type: 'string', default: '10000' },
    'work-ms': { type: 'string', default: '20' },
    seconds: { type: 'string', default: '180' },
  },
});
const agentCount = Number(values.agents);
const jobCount = Number(values.jobs);
const submittersAtOnce = 32;

type FromAgents = { readonly ready?: true; readonly ended?: true; readonly rssBytes?: number } & {
  readonly started?: string;
  readonly delayMs?: number;
  readonly done?: string;
  readonly duplicate?: string;
};

function residentBytes(processId: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** A record and a message, as `submitJob` makes them; files are another matter. */
async function submit(lab: Lab): Promise<void> {
  const jobId = randomUUID();
  await createJobState(lab, {
    jobId,
    runId: randomUUID(),
    kind: 'compress',
    title: 'model.onnx',
    submittedBy: 'bench',
    submittedTimestampMs: Date.now(),
    place: { kind: 'any' },
    phase: 'queued',
    attempt: 0,
    device: null,
    instance: null,
    stage: null,
    error: null,
    result: null,
    inputs: [],
  });
  // As long as a job of a recipe with overrides.
  const job = { protocol: labProtocol, vernierVersion, jobId, filler: 'x'.repeat(2000) };
  await lab.jetStream.publish(queueOf({ kind: 'any' }).subject, JSON.stringify(job), { msgID: jobId });
}

const server = await startNats();
const agents = fork(
  fileURLToPath(new URL('lab-agents.ts', import.meta.url)),
  [server.url, String(agentCount), values['work-ms']],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
const timer = setTimeout(
  () => {
    console.error(`not done after ${values.seconds} s: fewer --jobs or --agents`);
    agents.kill('SIGKILL');
    void server.stop().finally(() => process.exit(1));
  },
  Number(values.seconds) * 1000,
);
const ready = Promise.withResolvers<undefined>();
const allDone = Promise.withResolvers<undefined>();
const ended = Promise.withResolvers<undefined>();
const delays: number[] = [];
let doneCount = 0;
let duplicates = 0;
let agentsRssBytes = 0;
agents.on('message', (message: FromAgents) => {
  if (message.rssBytes !== undefined) agentsRssBytes = Math.max(agentsRssBytes, message.rssBytes);
  if (message.ready) ready.resolve(undefined);
  if (message.ended) ended.resolve(undefined);
  if (message.delayMs !== undefined) delays.push(message.delayMs);
  if (message.duplicate !== undefined) duplicates += 1;
  if (message.done !== undefined && ++doneCount === jobCount) allDone.resolve(undefined);
});
await ready.promise;
const lab = await connectLab({ server: server.url });
const listedMs = performance.now();
const listed = await listDevices(lab);
console.log(`${listed.length} of ${agentCount} agents listed in ${formatDuration(performance.now() - listedMs)}`);

const startedMs = performance.now();
let left = jobCount;
await Promise.all(
  Array.from({ length: submittersAtOnce }, async () => {
    while (left-- > 0) await submit(lab);
  }),
);
const submittedMs = performance.now() - startedMs;
await allDone.promise;
const totalMs = performance.now() - startedMs;
const statesMs = performance.now();
const states = await listJobStates(lab);
const statesTookMs = performance.now() - statesMs;
const serverBytes = residentBytes(server.processId());
const diskBytes = folderBytes(join(server.folder, 'jetstream'));
agents.send('stop');
await ended.promise;
const sorted = delays.toSorted((a, b) => a - b);
console.log(
  `submitted ${Math.round((1000 * jobCount) / submittedMs)} jobs/s, done ${Math.round((1000 * jobCount) / totalMs)} jobs/s (${formatDuration(totalMs)} in all)`,
);
console.log(
  `waited in the queue: median ${formatDuration(quantile(sorted, 0.5))}, 99 % ${formatDuration(quantile(sorted, 0.99))}`,
);
console.log(`list of all jobs: ${formatDuration(statesTookMs)}`);
console.log(
  `memory: server ${formatBytes(serverBytes)}, ${agentCount} agents ${formatBytes(agentsRssBytes)} in one process, submitter ${formatBytes(process.memoryUsage().rss)}; disk ${formatBytes(diskBytes)}`,
);
const notDone = jobCount - states.filter(({ phase }) => phase === 'done').length;
console.log(`lost ${notDone}, done twice ${Math.max(0, doneCount - jobCount)}, delivered again ${duplicates}`);
clearTimeout(timer);
await lab.close();
await server.stop();
process.exitCode = notDone === 0 && doneCount === jobCount ? 0 : 1;
