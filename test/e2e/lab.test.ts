import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { startAgent, stopAgents } from '../lab/lab-fixture.ts';
import { skipLab, startNats } from '../lab/nats-server.ts';
import { waitUntil } from '../wait-until.ts';
import {
  choose,
  field,
  fillExperiment,
  goTo,
  openTab,
  readColumn,
  table,
  takePicture,
  waitForVerdict,
} from './steps.ts';
import { oneHost, story } from './story.ts';

/** Answers at once in place of an engine: what is told here is the way there and back. */
const entryPath = fileURLToPath(new URL('../lab/lab-engine.ts', import.meta.url));

if (skipLab === false)
  story('an experiment runs on every device of a lab', { hosts: oneHost }, async (window, context) => {
    const { page, folder } = window;
    const server = await startNats();
    context.after(async () => {
      await stopAgents();
      await server.stop();
    });
    for (const name of ['attic', 'cellar']) await startAgent(server.url, folder, { name, entryPath });

    await goTo(page, 'Devices');
    await page.getByText('One experiment on many machines').waitFor();
    await field(page, 'Address').fill(server.url);
    await page.getByRole('button', { name: 'Connect' }).click();
    const devices = table(page, 'Devices');
    await waitUntil(
      async () => (await devices.isVisible()) && (await readColumn(devices, 'Device')).join() === 'attic,cellar',
      'both devices are listed',
    );

    await fillExperiment(page, { modelPath: writeTinyNet(folder), dataPath: writeSamples(folder) });
    await choose(page, 'Run on', 'Every device, one run on each');
    await takePicture(window, 'every-device');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await waitForVerdict(page);

    await goTo(page, 'History');
    const history = table(page, 'History');
    await waitUntil(
      async () => (await readColumn(history, 'Device')).toSorted().join() === 'attic,cellar',
      'each device has its run',
    );
    await history.getByRole('link').first().click();
    await waitForVerdict(page);
    await openTab(page, 'Devices');
    const matrix = table(page, 'Devices');
    await matrix.waitFor();
    assert.deepEqual((await readColumn(matrix, 'Device')).toSorted(), ['attic', 'cellar']);
    await page.getByText(/on \d of 2 machines/).waitFor();
  });
