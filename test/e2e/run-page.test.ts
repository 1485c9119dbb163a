import assert from 'node:assert/strict';
import { formatTimes } from '../../renderer/format.ts';
import { waitUntil } from '../wait-until.ts';
import { seededRuns } from './seeded-history.ts';
import { openRun, pathField, readColumn, sortBy, table, takePicture, waitForValue, waitForVerdict } from './steps.ts';
import { oneHost, story } from './story.ts';

const run = seededRuns.auto;

story(
  'the verdict, and a ledger that says what each figure means',
  { history: 'seeded', hosts: oneHost },
  async ({ page }) => {
    await openRun(page, 'ResNet-8, measured');
    const verdict = await waitForVerdict(page);
    assert.match(await verdict.innerText(), new RegExp(`${run.latency.speedup.ratio.toFixed(2)}× faster`));

    const claims = page.getByRole('table').getByRole('row');
    await waitUntil(async () => (await claims.count()) === 1 + run.ledger.length, 'every claim is listed');
    const bops = run.ledger.find((row) => row.claim === 'bops')!;
    await claims.filter({ hasText: 'BOPs' }).getByText(formatTimes(bops.ratio)).waitFor();
    // The definition is one hover away.
    await page.getByRole('rowheader').getByText('BOPs', { exact: true }).hover();
    await page.getByText(bops.definition).waitFor();
  },
);

story(
  'layers are sorted, filtered, chosen, and seen in the charts',
  { history: 'seeded', hosts: oneHost },
  async (window) => {
    const { page } = window;
    await openRun(page, 'ResNet-8, measured');
    // A layer in the strip of the whole network leads to its row.
    await page.getByRole('img', { name: /^Time and error along the network/ }).click({ position: { x: 400, y: 52 } });
    await page.getByRole('tab', { name: 'Layers', selected: true }).waitFor();
    const chosen = new URL(page.url()).hash.match(/layer=([^&]+)/)![1]!;
    assert.ok(
      run.layers.some(({ name, latencyBeforeMs }) => name === decodeURIComponent(chosen) && latencyBeforeMs! > 0),
    );
    const layers = table(page, 'Layers');

    await sortBy(layers, 'ms before');
    const slowestFirst = [...run.layers].sort((a, b) => (b.latencyBeforeMs ?? -1) - (a.latencyBeforeMs ?? -1));
    const shown = await readColumn(layers, 'Layer');
    assert.deepEqual(
      shown.slice(0, 5),
      slowestFirst.slice(0, 5).map((layer) => layer.name),
    );
    await sortBy(layers, 'ms before');
    const times = (await readColumn(layers, 'ms before')).filter((text) => text !== '–').map(Number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
      'a second click sorts the other way',
    );

    await page.getByRole('searchbox', { name: 'Filter layers' }).fill('conv');
    const convolutions = run.layers.filter((layer) => /conv/i.test(`${layer.name} ${layer.opType} ${layer.reason}`));
    await page.getByText(`${convolutions.length} of ${run.layers.length} layers`).waitFor();
    await page.getByText('Slower', { exact: true }).click();
    const isSlower = (speedup: string) => Number.parseFloat(speedup) < 1;
    await waitUntil(async () => {
      const speedups = await readColumn(layers, 'Speed-up');
      return speedups.length > 0 && speedups.every(isSlower);
    }, 'only slower layers are left');
    await page.getByText('All', { exact: true }).click();
    await page.getByRole('searchbox', { name: 'Filter layers' }).fill('');

    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'MACs' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'SQNR', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    await layers.getByRole('columnheader', { name: 'MACs' }).waitFor();
    await layers.getByRole('columnheader', { name: 'SQNR' }).waitFor({ state: 'detached' });

    const layer = run.layers.find((other) => other.name === 'conv2d')!;
    await layers.getByRole('gridcell', { name: layer.name, exact: true }).click();
    const selected = page.getByRole('region', { name: 'Selected layer' });
    await selected.getByText(layer.name, { exact: true }).waitFor();
    await selected.getByRole('img', { name: /^Activation histogram/ }).waitFor();
    await takePicture(window, 'layers');
    // Every chart has its table behind it.
    await selected.getByRole('button', { name: 'Show as table: Activation histogram' }).click();
    await table(page, 'Activation histogram').waitFor();
  },
);

story(
  'a failed run says why, and can be started again with changes',
  { history: 'seeded', hosts: oneHost },
  async ({ page }) => {
    await openRun(page, 'ResNet-8, entropy');
    await page.getByText('The engine ran out of memory. Lower the number of calibration samples.').waitFor();
    await page.getByRole('link', { name: 'Run again with changes' }).click();
    await page.getByRole('heading', { name: 'New experiment' }).waitFor();
    await waitForValue(pathField(page, 'ONNX file'), seededRuns.entropy.model.original.path);
    await waitForValue(pathField(page, 'Samples'), seededRuns.entropy.data.path!);
  },
);
