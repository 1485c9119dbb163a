import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { connectLab } from '../../electron/lab/connect-lab.ts';
import { withResult } from '../../electron/lab/fetch-result.ts';
import { deviceBucket } from '../../electron/lab/lab-names.ts';
import { readBucket } from '../../electron/lab/read-bucket.ts';
import { openBundle } from '../../electron/report/bundle/read-bundle.ts';
import { runEngineJob } from '../../electron/worker/engine-client.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const never = new AbortController().signal;

void suite('an agent', { skip: skipLab }, async () => {
  if (skipLab !== false) return;
  const folder = temporaryFolder();
  const server = await startNats();
  const lab = await connectLab({ server: server.url }, { timing: quick });
  after(async () => {
    await stopAgents();
    await lab.close();
    await server.stop();
  });

  await test('lists are whole while what they tell changes all the time', async () => {
    const state = '{}';
    let revision = await lab.devices.put('changing', state);
    let changes = 0;
    const stop = new AbortController();
    const changing = (async () => {
      while (!stop.signal.aborted) {
        revision = await lab.devices.update('changing', state, revision);
        changes++;
      }
    })();
    for (let turn = 0; turn < 300 || (changes <= 300 && turn < 10_000); turn++) {
      assert.deepEqual(
        (await readBucket(lab, deviceBucket)).map(({ key }) => key),
        ['changing'],
      );
    }
    stop.abort();
    await changing;
    assert.ok(changes > 300, `${changes} changes`);
    await lab.devices.purge('changing');
    assert.deepEqual(await readBucket(lab, deviceBucket), []);
  });

  await test('makes the bytes that a run here makes, and its result knows the device', async () => {
    const agent = await startAgent(server.url, folder, { name: 'one', labels: { room: 'attic' } });
    const prover = await startAgent(server.url, folder, { name: 'prover' });
    const request = makeLabRequest(join(folder, 'local'));
    // At once: bytes are compared, not times.
    const running = runEngineJob({ kind: 'compress', request }, { signal: never, onEvent: () => undefined });
    const state = await submit(lab, {
      kind: 'compress',
      request,
      place: { kind: 'label', key: 'room', value: 'attic' },
      tags: ['study:1'],
    });
    // A model is a compressed form of itself, one that is the same everywhere.
    const proof = makeLabRequest(join(folder, 'proof'));
    const proving = await submit(lab, {
      kind: 'prove',
      request: { ...proof, outPath: proof.modelPath },
      place: { kind: 'device', name: 'prover' },
      tags: ['proof'],
    });
    const ended = await waitForJob(lab, state.jobId);
    const here = await running;
    assert.equal(ended.phase, 'done', JSON.stringify({ ended, log: agent.log }));
    await withResult(lab, ended, never, async (path) => {
      const bundle = await openBundle(path);
      assert.deepEqual(bundle.runs[0]!.marks.tags, ['study:1', 'device:one']);
      assert.equal(bundle.runs[0]!.models[0]!.sha256, hashOf(request.outPath));
      const document = await bundle.readRun(request.runId);
      assert.ok(document.status === 'done');
      assert.equal(document.model.compressed.sha256, here.model.compressed.sha256);
      assert.equal(document.model.original.path, 'tiny.onnx');
      assert.equal(document.data.path, 'x.npy');
      assert.doesNotMatch(JSON.stringify(document), /agent-one|vernier-/);
      bundle.close();
    });
    const proven = await waitForJob(lab, proving.jobId);
    assert.equal(proven.phase, 'done', JSON.stringify({ proven, log: prover.log }));
    await withResult(lab, proven, never, async (path) => {
      const bundle = await openBundle(path);
      assert.deepEqual(bundle.runs[0]!.marks.tags, ['proof', 'device:prover']);
      // Who asks has both models.
      assert.deepEqual(bundle.runs[0]!.models, []);
      const document = await bundle.readRun(proof.runId);
      assert.ok(document.status === 'done');
      const sha256 = hashOf(proof.modelPath);
      assert.deepEqual([document.model.original.sha256, document.model.compressed.sha256], [sha256, sha256]);
      assert.equal(document.accuracy.agreement.sqnrDb, null);
      assert.ok(document.latency.speedup.ratio > 0);
      bundle.close();
    });
    await Promise.all([agent.stop(), prover.stop()]);
  });
});
