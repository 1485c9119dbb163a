import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createAppHost, type AppHost } from '../../electron/host/app-host.ts';
import { desktopAccess, restrictedAccess } from '../../electron/host/file-access.ts';
import { launchNodeEngine } from '../../electron/worker/launch-engine.ts';
import type { HostEvent } from '../../shared/contract/events.ts';
import type { NewRun, RequestInput, RequestName } from '../../shared/contract/requests.ts';
import type { QueueEntry, RequestResults } from '../../shared/contract/results.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { startAgent, waitForDevice, writeInputs, type RunningAgent } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));
const root = temporaryFolder();
// Settings and lists of files go where nobody else's are.
process.env['XDG_DATA_HOME'] = join(root, 'home');

interface Window {
  readonly host: AppHost;
  readonly ask: <Name extends RequestName>(name: Name, parameters: RequestInput<Name>) => Promise<RequestResults[Name]>;
  /** The first event, past or to come, that is what was waited for. */
  readonly heard: (isIt: (event: HostEvent) => boolean) => Promise<HostEvent>;
}

function openWindow(files = desktopAccess() as ReturnType<typeof restrictedAccess>): Window {
  const host = createAppHost(
    {
      host: 'browser',
      version: '0',
      versions: {},
      files,
      sampleFolder: null,
      launchEngine: launchNodeEngine,
      isOnBattery: () => null,
      pickFiles: () => Promise.resolve(null),
      deliverExport: () => Promise.reject(new Error('nothing is exported here')),
      revealFile: () => false,
    },
    join(root, 'vernier.db'),
  );
  const events: HostEvent[] = [];
  host.onEvent((event) => events.push(event));
  return {
    host,
    ask: async (name, parameters) => {
      const reply = await host.handle(name, parameters);
      if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
      return reply.value as never;
    },
    heard: (isIt) =>
      new Promise((resolve, reject) => {
        const found = events.find(isIt);
        if (found !== undefined) {
          resolve(found);
          return;
        }
        const timer = setTimeout(() => reject(new Error(`not heard among ${JSON.stringify(events)}`)), 120_000);
        const stop = host.onEvent((event) => {
          if (!isIt(event)) return;
          clearTimeout(timer);
          stop();
          resolve(event);
        });
      }),
  };
}

const isEntry =
  (isIt: (entry: QueueEntry) => boolean) =>
  ({ name, payload }: HostEvent): boolean =>
    name === 'queue.changed' && payload.some(isIt);
const hasEnded =
  (runId: string, status: string) =>
  ({ name, payload }: HostEvent): boolean =>
    name === 'run.changed' && payload.runId === runId && payload.status === status;

void suite('a window of a lab', { skip: skipLab }, async () => {
  if (skipLab !== false) return;
  const server = await startNats('authorization { user: "a", password: "right" }');
  const passwordPath = join(root, 'password');
  writeFileSync(passwordPath, 'right\n');
  const address = { server: server.url, user: 'a', passwordPath };
  const agents = new Set<RunningAgent>();
  const agentOf = async (name: string): Promise<RunningAgent> => {
    const agent = await startAgent(address, root, { name, entryPath, labels: { room: 'attic' } });
    agents.add(agent);
    // It has started before it is on the list.
    await waitForDevice(agent.lab, name);
    return agent;
  };
  const { modelPath, dataPath } = writeInputs(join(root, 'in'));
  const runOf = (behaviour: string): NewRun =>
    ({
      modelPath,
      data: { path: dataPath },
      recipe: recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: behaviour }),
    }) as unknown as NewRun;
  let window = openWindow();
  after(async () => {
    await window.host.close();
    await Promise.all([...agents].map((agent) => agent.stop()));
    await server.stop();
  });

  await test('without a server it has no lab; secrets stay in their files; a wrong address is told', async () => {
    assert.equal(await window.ask('lab.overview', {}), null);
    const lab = { server: 'nats://a:right@127.0.0.1:4222' };
    await assert.rejects(window.ask('settings.set', { lab }), { code: 'options-invalid' });
    await window.ask('settings.set', { lab: { server: server.url } });
    await assert.rejects(window.ask('lab.overview', {}), { code: 'lab-denied' });
    await assert.rejects(window.ask('run.start', { request: runOf('done'), place: 'any' }), { code: 'lab-denied' });
    assert.deepEqual(await window.ask('run.queue', {}), []);
    // A page of the browser host may not have any file of the machine sent to a server that it chooses.
    const confined = openWindow(restrictedAccess([join(root, 'in')]));
    await assert.rejects(confined.ask('settings.set', { lab: address }), { code: 'file-unreadable' });
    await confined.host.close();
    const settings = await window.ask('settings.set', { lab: address });
    assert.doesNotMatch(JSON.stringify(settings), /right/);
  });

  await test('a run goes to a device: it is seen on its way, cancelled within a second, and recorded', async () => {
    const agent = await agentOf('one');
    const overview = await window.ask('lab.overview', {});
    const [device] = overview!.devices;
    assert.deepEqual([device!.name, device!.state, device!.labels], ['one', 'idle', ['room=attic']]);
    assert.ok(device!.secondsSinceSeen < 60);
    await assert.rejects(window.ask('run.start', { request: runOf('done'), place: 'a b' }), {
      code: 'options-invalid',
    });

    const { runId } = await window.ask('run.start', { request: runOf('hang'), place: 'label=room=attic', name: 'Far' });
    await window.heard(
      isEntry(({ lab, status, name }) => lab?.device === 'one' && status === 'running' && name === 'Far'),
    );
    await window.heard(({ name, payload }) => name === 'run.events' && payload.runId === runId);
    assert.equal((await window.ask('run.live', { runId })).events[0]!.type, 'progress');
    assert.deepEqual(
      (await window.ask('lab.overview', {}))!.jobs.map(({ place, phase }) => [place, phase]),
      [['label=room=attic', 'running']],
    );
    const cancelledMs = performance.now();
    assert.deepEqual(await window.ask('run.cancel', { runId }), { cancelled: true });
    await window.heard(hasEnded(runId, 'cancelled'));
    const { runId: next } = await window.ask('run.start', { request: runOf('refuse'), place: 'one' });
    await window.heard(hasEnded(next, 'failed'));
    // Shown, and the machine is free for another.
    assert.ok(performance.now() - cancelledMs < 15_000);
    const { row } = await window.ask('runs.get', { runId: next });
    assert.deepEqual([row.errorCode, row.tags], ['model-malformed', ['device:one']]);
    await agent.stop();
  });

  await test('a queued run outlives the window, and is proven on every device', async () => {
    const { runId } = await window.ask('run.start', { request: runOf('done'), place: 'one', name: 'Later' });
    await window.heard(isEntry((entry) => entry.runId === runId && entry.lab?.phase === 'waiting'));
    assert.equal(window.host.isBusy(), false);
    await window.host.close();
    await agentOf('one');
    await agentOf('two');
    window = openWindow();
    await window.heard(hasEnded(runId, 'done'));
    const { row, request } = await window.ask('runs.get', { runId });
    assert.deepEqual([row.name, row.tags, request.modelPath], ['Later', ['device:one'], modelPath]);
    assert.deepEqual(await window.ask('runs.devices', { runId }), []);

    const { runIds } = await window.ask('lab.prove', { runId, places: ['one', 'two'] });
    await window.heard(isEntry((entry) => entry.runId === runIds[0] && entry.work === 'prove'));
    await Promise.all(runIds.map((id) => window.heard(hasEnded(id, 'done'))));
    const rows = await window.ask('runs.devices', { runId });
    assert.deepEqual(rows.map(({ device }) => device).sort(), ['one', 'two']);
    // A proof is measured once more from its own page.
    const [proofId] = runIds;
    const { runIds: again } = await window.ask('lab.prove', { runId: proofId!, places: ['one'] });
    await window.heard(hasEnded(again[0]!, 'done'));
    assert.deepEqual(await window.ask('run.queue', {}), []);
  });
});
