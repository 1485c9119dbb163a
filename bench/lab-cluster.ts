import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../shared/recipe.ts';
import { connectLab } from '../electron/lab/connect-lab.ts';
import { isEnded, listJobStates } from '../electron/lab/job-states.ts';
import { temporaryFolder } from '../test/engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, submit, waitForJob } from '../test/lab/lab-fixture.ts';
import { skipLab, startCluster } from '../test/lab/nats-server.ts';

const entryPath = fileURLToPath(new URL('../test/lab/lab-engine.ts', import.meta.url));
const jobCount = 50;
/** Fifty processes are started, on a machine that may do other things as well. */
const deadlineMs = 200_000;

/** A cluster that was just started has no leader yet, and does not answer. */
async function whenReady<Value>(connect: () => Promise<Value>): Promise<Value> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
  }
}

void test(
  'one of three servers is lost during a sweep of 50 jobs: none is lost, none done twice',
  { skip: skipLab, timeout: 2 * deadlineMs },
  async (context) => {
    const folder = temporaryFolder();
    const cluster = await startCluster(3);
    const closing: (() => Promise<void>)[] = [];
    context.after(async () => {
      for (const close of closing.toReversed()) await close();
      await Promise.all(cluster.map((one) => one.stop()));
    });
    const address = { server: cluster.map(({ url }) => url).join(','), replicas: 3 };
    // More patient than with one server: a cluster chooses a new leader first.
    const timing = { ...quick, jobWaitMs: 5000, deviceWaitMs: 9000 };
    const lab = await whenReady(() => connectLab(address, { keepTrying: true, timing }));
    closing.push(() => lab.close());
    const agents = await Promise.all(
      ['one', 'two', 'three', 'four'].map((name) => startAgent(address, folder, { name, entryPath, timing })),
    );
    closing.push(async () => {
      await Promise.all(agents.map((agent) => agent.stop()));
    });
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: 'done' });
    const request = makeLabRequest(join(folder, 'in'), { recipe });
    const jobIds: string[] = [];
    for (let index = 0; index < jobCount; index++) {
      const own = { ...request, runId: crypto.randomUUID() };
      jobIds.push((await submit(lab, { kind: 'compress', request: own, place: { kind: 'any' }, tags: [] })).jobId);
      // The one that leads the queue, while jobs run and others are on their way.
      if (index === jobCount / 2) {
        const { cluster: found } = await lab.manager.streams.info('vernier_jobs');
        await cluster.find(({ name }) => name === found?.leader)!.kill();
      }
    }
    const ends = await Promise.all(jobIds.map((jobId) => waitForJob(lab, jobId, isEnded, deadlineMs))).catch(
      (error: unknown) => {
        context.diagnostic(JSON.stringify(agents.map(({ log }) => log)));
        throw error;
      },
    );
    assert.deepEqual(new Set(ends.map(({ phase }) => phase)), new Set(['done']));
    const states = await listJobStates(lab);
    assert.equal(states.length, jobCount);
    const doneLines = agents.flatMap(({ log }) => log.filter((line) => line.endsWith(': done')));
    assert.equal(doneLines.length, jobCount, 'a job was recorded twice, or by nobody');
  },
);
