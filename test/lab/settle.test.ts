import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { settleLabJob, submitOwnJob } from '../../electron/host/settle-lab-job.ts';
import { connectLab } from '../../electron/lab/connect-lab.ts';
import { cancelJob } from '../../electron/lab/job-states.ts';
import { parsePlace } from '../../electron/lab/lab-messages.ts';
import { listLabJobs } from '../../electron/store/lab-jobs.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { getRunRow, listRuns } from '../../electron/store/run-rows.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const never = AbortSignal.timeout(120_000);
const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));

void suite('the end of a job comes into the history of who submitted it', { skip: skipLab }, async () => {
  if (skipLab !== false) return;
  const folder = temporaryFolder();
  const server = await startNats();
  const lab = await connectLab({ server: server.url }, { timing: quick });
  const agent = await startAgent(server.url, folder, { name: 'one', entryPath });
  const open = () => openStore(join(folder, 'history.db'));
  after(async () => {
    await agent.stop();
    await lab.close();
    await server.stop();
  });

  const submitAs = async (behaviour: string, place = 'one') => {
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: behaviour });
    const request = makeLabRequest(join(folder, 'in'), { recipe });
    const store = open();
    const submission = { kind: 'compress', request, place: parsePlace(place), tags: ['study:1'] } as const;
    const { state } = await submitOwnJob(store, lab, submission, { name: 'Mine', notes: 'why' }, never);
    // The client is gone; another one opens the history later.
    closeStore(store);
    return { request, state };
  };

  await test('a result: as it was asked for, marked, and once whoever fetches it', async () => {
    const { request, state } = await submitAs('done');
    const ended = await waitForJob(lab, state.jobId);
    const store = open();
    assert.deepEqual(
      listLabJobs(store).map(({ jobId, place, request: { modelPath } }) => ({ jobId, place, modelPath })),
      [{ jobId: state.jobId, place: 'one', modelPath: request.modelPath }],
    );
    await Promise.all([settleLabJob(store, lab, ended, never), settleLabJob(store, lab, ended, never)]);
    await settleLabJob(store, lab, ended, never);
    const { row, request: kept } = getRunRow(store, request.runId);
    assert.deepEqual([row.name, row.notes, row.tags], ['Mine', 'why', ['device:one', 'study:1']]);
    // Where it lies here, to be run again, and not where it lay on the device.
    assert.equal(kept.modelPath, request.modelPath);
    assert.equal(listRuns(store).length, 1);
    assert.deepEqual(listLabJobs(store), []);
    closeStore(store);
  });

  await test('a failure, with its reason and device; a cancel; a result that is lost', async () => {
    const failing = await submitAs('refuse');
    const cancelled = await submitAs('done', 'nobody');
    const lost = await submitAs('done');
    await cancelJob(lab, cancelled.state.jobId);
    const lostEnd = await waitForJob(lab, lost.state.jobId);
    await lab.artifacts.delete(lostEnd.result!.sha256);
    const store = open();
    for (const { state } of [failing, cancelled]) {
      assert.equal(await settleLabJob(store, lab, await waitForJob(lab, state.jobId), never), null);
    }
    await assert.rejects(settleLabJob(store, lab, lostEnd, never), { code: 'lab-artifact' });
    const ends = [failing, cancelled, lost].map(({ request }) => {
      const { status, errorCode, tags } = getRunRow(store, request.runId).row;
      return [status, errorCode, tags.join(' ')];
    });
    assert.deepEqual(ends, [
      ['failed', 'model-malformed', 'device:one study:1'],
      ['cancelled', 'lab-job', 'study:1'],
      ['failed', 'lab-artifact', 'device:one study:1'],
    ]);
    assert.deepEqual(listLabJobs(store), []);
    closeStore(store);
  });
});
