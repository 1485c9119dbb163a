import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { connectLab } from '../../electron/lab/connect-lab.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));

void test('the server is killed and started again while a job runs: nothing is lost', { skip: skipLab }, async (t) => {
  const folder = temporaryFolder();
  const server = await startNats();
  const lab = await connectLab({ server: server.url }, { keepTrying: true, timing: quick });
  t.after(async () => {
    await stopAgents();
    await lab.close();
    await server.stop();
  });
  await startAgent(server.url, folder, { name: 'patient', entryPath });
  const place = { kind: 'device', name: 'patient' } as const;
  const submitOf = (name: string) => {
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name });
    return submit(lab, { kind: 'compress', request: makeLabRequest(join(folder, 'in'), { recipe }), place, tags: [] });
  };
  const [running, queued] = [await submitOf('slow'), await submitOf('done')];
  await waitForJob(lab, running.jobId, ({ phase, stage }) => phase === 'running' && stage !== null);
  await server.kill();
  await server.start();
  for (const { jobId } of [running, queued]) {
    const ended = await waitForJob(lab, jobId);
    assert.deepEqual([ended.phase, ended.device], ['done', 'patient']);
  }
});
