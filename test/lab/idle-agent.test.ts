import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectLab } from '../../electron/lab/connect-lab.ts';
import { listDevices } from '../../electron/lab/device-list.ts';
import { labProtocol, queueOf } from '../../electron/lab/lab-names.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { waitUntil } from '../wait-until.ts';
import { quick, waitForDevice } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const limitBytes = 120e6;
const command = fileURLToPath(new URL('../../bin/vernier.js', import.meta.url));

function residentBytes(processId: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))![1]);
}

void test(
  'an idle agent holds less than 120 MB, before and after it was given work, and ends when told',
  { skip: skipLab !== false ? skipLab : process.platform !== 'linux' && 'reads /proc', timeout: 180_000 },
  async (context) => {
    const folder = temporaryFolder();
    const server = await startNats();
    const lab = await connectLab({ server: server.url }, { timing: quick });
    const agent = spawn(
      process.execPath,
      [command, 'agent', '--server', server.url, '--name', 'idle', '--folder', folder],
      { env: { ...process.env, VERNIER_DATABASE: join(folder, 'history.db') }, stdio: 'ignore' },
    );
    const ended = once(agent, 'exit');
    context.after(async () => {
      agent.kill('SIGKILL');
      await ended;
      await lab.close();
      await server.stop();
    });
    const device = await waitForDevice(lab, 'idle', 60_000);
    // It started itself anew: whoever started it still has it.
    assert.equal(device.processId, agent.pid);
    await waitUntil(() => residentBytes(agent.pid!) < limitBytes, 'it holds little');
    // Refused, for another version sent it.
    const job = { protocol: labProtocol, vernierVersion: '0.0.0', jobId: randomUUID() };
    await lab.jetStream.publish(queueOf({ kind: 'device', name: 'idle' }).subject, JSON.stringify(job));
    await waitUntil(async () => (await listDevices(lab))[0]?.jobsDone === 1, 'it has read the job');
    await waitUntil(() => residentBytes(agent.pid!) < limitBytes, 'it holds little again');
    agent.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  },
);
