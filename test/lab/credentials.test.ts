import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { connectLab, type LabAddress } from '../../electron/lab/connect-lab.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';
import { makeOperator } from './operator.ts';

const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));

void test(
  'credentials files: a job runs from end to end with good ones, and each bad one is told',
  { skip: skipLab, timeout: 120_000 },
  async (context) => {
    const folder = temporaryFolder();
    const operator = makeOperator();
    const server = await startNats(operator.configuration);
    const addressOf = (name: string, credentials: string): LabAddress => {
      const credsPath = join(folder, `${name}.creds`);
      writeFileSync(credsPath, credentials);
      return { server: server.url, credsPath };
    };
    const lab = await connectLab(addressOf('client', operator.makeCredentials()), { timing: quick });
    context.after(async () => {
      await stopAgents();
      await lab.close();
      await server.stop();
    });
    const agent = await startAgent(addressOf('pi4', operator.makeCredentials()), folder, { name: 'pi4', entryPath });
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: 'done' });
    const request = makeLabRequest(join(folder, 'in'), { recipe });
    const { jobId } = await submit(lab, { kind: 'compress', request, place: { kind: 'any' }, tags: [] });
    const ended = await waitForJob(lab, jobId);
    assert.equal(ended.phase, 'done', JSON.stringify({ ended, log: agent.log }));

    const good = operator.makeCredentials();
    const [token] = good.split('\n').slice(1);
    const bad: Record<string, string> = {
      stranger: operator.makeCredentials({ isStranger: true }),
      expired: operator.makeCredentials({ expiresSeconds: -60 }),
      // The key of another user behind this one's token.
      mixed: operator.makeCredentials().replace(/^ey.*$/m, token!),
      cut: good.slice(0, good.length / 2),
      'no-credentials': 'a password\n',
      empty: '',
    };
    for (const [name, credentials] of Object.entries(bad)) {
      await assert.rejects(connectLab(addressOf(name, credentials)), { code: 'lab-denied', message: /--creds/ }, name);
    }
    await assert.rejects(connectLab({ server: server.url }), { code: 'lab-denied' });
    await assert.rejects(connectLab({ server: server.url, credsPath: join(folder, 'none') }), {
      code: 'file-unreadable',
    });
  },
);
