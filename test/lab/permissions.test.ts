import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { collectLabGarbage } from '../../electron/lab/collect-lab-garbage.ts';
import { connectLab, type LabAddress } from '../../electron/lab/connect-lab.ts';
import { listDevices } from '../../electron/lab/device-list.ts';
import { withResult } from '../../electron/lab/fetch-result.ts';
import { hearJob } from '../../electron/lab/job-events.ts';
import { cancelJob } from '../../electron/lab/job-states.ts';
import { parsePlace, type JobState } from '../../electron/lab/lab-messages.ts';
import { openBundle } from '../../electron/report/bundle/read-bundle.ts';
import { waitUntil } from '../wait-until.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { certificates } from './certificates.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForDevice, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));
const never = AbortSignal.timeout(180_000);

/** The strictest configuration, as the docs have it. */
function readDocumented(): string {
  const docs = readFileSync(new URL('../../docs/lab.md', import.meta.url), 'utf8');
  const block = docs.split('```').find((text) => text.includes('accounts {'));
  assert.ok(block !== undefined);
  return block;
}

void test(
  'under the strictest configuration of the docs whole jobs run, and nobody does what is not theirs',
  { skip: skipLab, timeout: 180_000 },
  async (context) => {
    const folder = temporaryFolder();
    const write = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const tlsCaPath = write('lab.crt', certificates.known.certificate);
    const keyPath = write('lab.key', certificates.known.key);
    const server = await startNats(
      readDocumented().replace('/etc/vernier/lab.crt', tlsCaPath).replace('/etc/vernier/lab.key', keyPath),
    );
    const addressOf = (user: string, password: string): LabAddress => ({
      server: server.url.replace('nats:', 'tls:'),
      tlsCaPath,
      user,
      passwordPath: write(`${user}.password`, password),
    });
    const client = addressOf('client', 'a long one');
    const device = addressOf('pi4', 'another long one');
    await assert.rejects(connectLab(device), { code: 'lab-denied', message: /keeps no lab yet/ });
    const lab = await connectLab(client, { timing: quick });
    context.after(async () => {
      await stopAgents();
      await lab.close();
      await server.stop();
    });

    const submitTo = (place: string, behaviour: string, kind: 'compress' | 'prove' = 'compress'): Promise<JobState> => {
      const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: behaviour });
      const request = makeLabRequest(join(folder, 'in'), { recipe });
      const outPath = kind === 'prove' ? request.modelPath : request.outPath;
      return submit(lab, { kind, request: { ...request, outPath }, place: parsePlace(place), tags: [] });
    };
    const labels = { arch: 'arm64' };
    const agent = await startAgent(device, folder, { name: 'pi4', labels, entryPath });
    await waitForDevice(lab, 'pi4');

    // Every way to it, from its files to its result.
    const jobs = [
      await submitTo('any', 'done'),
      await submitTo('label=arch=arm64', 'done'),
      await submitTo('pi4', 'done', 'prove'),
    ];
    for (const { jobId } of jobs) {
      const ended = await waitForJob(lab, jobId);
      assert.deepEqual([ended.phase, ended.device], ['done', 'pi4'], JSON.stringify({ ended, log: agent.log }));
      await withResult(lab, ended, never, async (path) => {
        const bundle = await openBundle(path);
        bundle.close();
        assert.deepEqual(bundle.runs[0]!.marks.tags, ['device:pi4']);
      });
    }
    // Seen on its way, and cancelled.
    const hanging = await submitTo('pi4', 'hang');
    const heard: string[] = [];
    const stopHearing = hearJob(lab, hanging.jobId, ({ type }) => heard.push(type));
    await waitForJob(lab, hanging.jobId, ({ phase, stage }) => phase === 'running' && stage !== null);
    assert.equal(await cancelJob(lab, hanging.jobId), true);
    await waitUntil(() => agent.log.some((line) => line.endsWith(': cancelled')), 'the agent hears of the cancel');
    await waitUntil(() => heard.includes('progress'), 'what the job said was heard');
    stopHearing();
    assert.equal((await collectLabGarbage(lab, Date.now() + 1000, false)).jobs, 4);

    // A device as another, at a queue that is not its own, and as one that submits.
    for (const other of [
      { name: 'laptop', labels: {} },
      { name: 'pi4', labels: { arch: 'x64' } },
    ]) {
      await agent.stop();
      const stranger = await startAgent(device, folder, { ...other, entryPath });
      await assert.rejects(stranger.ended, { code: 'lab-denied', message: /does not have the rights/ });
    }
    const deviceLab = await connectLab(device, { timing: quick });
    const request = makeLabRequest(join(folder, 'in'));
    await assert.rejects(submit(deviceLab, { kind: 'compress', request, place: { kind: 'any' }, tags: [] }), {
      code: 'lab-denied',
    });
    await assert.rejects(deviceLab.manager.streams.delete('vernier_jobs'), /permissions violation/i);
    await assert.rejects(deviceLab.manager.streams.getMessage('vernier_jobs', { seq: 1 }), /permissions violation/i);
    await deviceLab.close();
    // Who submits as a device.
    await assert.rejects(lab.devices.put('laptop', '{}'), /permissions violation/i);
    assert.deepEqual(await listDevices(lab), []);
  },
);
