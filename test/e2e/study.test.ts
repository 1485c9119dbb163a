import assert from 'node:assert/strict';
import { precisionOf } from '../../shared/precision.ts';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { request } from './harness.ts';
import { fillExperiment, openTab, table, takePicture, waitForVerdict } from './steps.ts';
import { oneHost, story } from './story.ts';

/** Both in one start: the second goes on with what the first has run. */
story(
  'static and dynamic are compared; then a layer is switched to float, predicted and tried',
  { hosts: oneHost },
  async (window) => {
    const { page, folder } = window;
    await fillExperiment(page, { modelPath: writeTinyNet(folder), dataPath: writeSamples(folder), name: 'Both' });
    await page.getByRole('button', { name: 'Compare static and dynamic' }).click();
    // The page that will compare them says what it waits for, and comes to it by itself.
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor({ timeout: 240_000 });
    const runs = page.getByRole('list', { name: 'Runs', exact: true }).getByRole('listitem');
    assert.equal(await runs.count(), 2);
    await runs.nth(0).getByText('int8-static-minmax').waitFor();
    await runs.nth(1).getByText('int8-dynamic').waitFor();
    await takePicture(window, 'study');

    await runs.nth(0).getByRole('link').click();
    await waitForVerdict(page);
    await openTab(page, 'Layers');
    await table(page, 'Layers').getByRole('checkbox', { name: 'Keep conv1 in float' }).click();
    const predicted = page.getByRole('status', { name: '1 layer in float, predicted' });
    const size = (await predicted.innerText()).match(/→\s*([\d.]+ [kM]?B)/)![1]!;
    await takePicture(window, 'what-if');
    await predicted.getByRole('button', { name: 'Try this' }).click();

    // It is a run of its own, which says afterwards how good the prediction was.
    const outcome = page.getByRole('table', { name: 'Prediction and outcome' });
    await outcome.waitFor({ timeout: 240_000 });
    const cells = await outcome.getByRole('row').filter({ hasText: 'Size' }).getByRole('cell').allInnerTexts();
    assert.equal(cells[0], size);
    assert.match(cells[1]!, /^[\d.]+ [kM]?B$/);
    assert.match(cells[2]!, /^[+−]?[\d.]+ %$/);
    assert.ok(Math.abs(Number.parseFloat(cells[2]!.replace('−', '-'))) < 15, `the size is off by ${cells[2]!}`);
    const runId = new URL(page.url()).hash.match(/#\/run\/([^?]+)/)![1]!;
    const details = await request(page, 'runs.get', { runId });
    assert.ok(details.ok && details.value.document?.status === 'done');
    const conv1 = details.value.document.layers.find(({ name }) => name === 'conv1')!;
    assert.equal(precisionOf(conv1).scheme, 'float');
    await takePicture(window, 'prediction');
  },
);
