import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import {
  exportAs,
  goTo,
  openRun,
  openTab,
  readColumn,
  table,
  takePicture,
  waitForStage,
  waitForVerdict,
} from './steps.ts';
import { story } from './story.ts';

/**
 * In one host: the other has its click on the sample in packaged.test.ts. Timed as usual, because it is watched while it is.
 * The search is told to the end by `npm run sample`.
 */
const options = { hosts: ['browser'], environment: { VERNIER_TIMING_SECONDS: '' } } as const;

story('one click runs the sample, which is watched, read and found again', options, async (first) => {
  {
    const { page } = first;
    await page.getByRole('heading', { name: 'Make an ONNX model smaller and faster' }).waitFor();
    await takePicture(first, 'first-start');
    await page.getByRole('button', { name: 'Try the sample' }).click();

    await page.getByRole('button', { name: 'Cancel run' }).waitFor();
    await page.getByRole('progressbar', { name: 'Progress of Sample' }).first().waitFor();
    await waitForStage(page, 'Calibrate');
    await page.getByText(/^Calibration ranges \(\d+ tensors\)$/).waitFor();
    assert.ok((await readColumn(page.getByRole('grid', { name: /^Calibration ranges/ }), 'Tensor')).length > 3);
    await page
      .getByText(/about .+ left/)
      .first()
      .waitFor();
    // The rest of the app stays usable meanwhile.
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await goTo(page, 'Queue');
    await page.getByRole('main').getByRole('link', { name: 'Sample' }).click();
    await waitForStage(page, 'Quantize');
    // Candidates drop into the plane of size and closeness as they are compared.
    await page.getByRole('img', { name: /^Candidates \([1-9]\d* compared\)/ }).waitFor({ timeout: 240_000 });
    await page.getByText(/^(Best so far: .+ dB, .+|Nothing chosen yet\.)$/).waitFor();
    await takePicture(first, 'search');
    await page.getByRole('button', { name: 'Good enough, stop here' }).click();
    await page.getByRole('button', { name: 'Finishing with the best model so far…' }).waitFor();
    await waitForStage(page, 'Latency', 400_000);
    await page.getByText(/^Original .+ \(n = [1-9].*\) · Compressed .+ \(n = [1-9].*\)$/).waitFor();
    await takePicture(first, 'running');

    const verdict = await waitForVerdict(page);
    assert.match(await verdict.innerText(), /× smaller[^]*Top-1 accuracy/);
    await page.getByRole('rowheader', { name: 'Latency, median' }).waitFor();
    await takePicture(first, 'verdict');
    await openTab(page, 'Layers');
    assert.ok((await readColumn(table(page, 'Layers'), 'Runs as')).includes('w8 a8'));
    // The picture of it: keys move along edges, and what they select is selected in the table, too.
    await openTab(page, 'Graph');
    const picture = page.getByRole('application', { name: /^Network of \d+ nodes$/ });
    await picture.locator('canvas').first().waitFor();
    await page.getByText('Laying out').waitFor({ state: 'detached' });
    await picture.focus();
    for (let step = 0; step < 3; step++) await picture.press('ArrowDown');
    await page.getByRole('button', { name: 'Show layer' }).click();
    const layer = new URL(page.url()).hash.match(/layer=([^&]+)/)![1]!;
    const row = table(page, 'Layers').locator('[role=row][aria-selected=true]');
    assert.ok((await row.innerText()).includes(decodeURIComponent(layer).split('/').at(-2)!));
    await openTab(page, 'Graph');
    await page.getByText('Difference', { exact: true }).click();
    await page.getByText('folded', { exact: true }).first().waitFor();
    await takePicture(first, 'graph');
    const model = await exportAs(first, 'Compressed model (.onnx)', 'small.onnx');
    assert.ok(statSync(model).size > 1_000_000);
  }
  const { page } = await first.restart();
  await page.getByRole('grid', { name: 'Recent runs' }).getByText('Sample').waitFor();
  await openRun(page, 'Sample');
  await waitForVerdict(page);
});
