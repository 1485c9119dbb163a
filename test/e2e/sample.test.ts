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

story('one click runs the sample, which is watched, read and found again', {}, async (first) => {
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
    // One of the two sees the search to its end.
    if (first.host === 'browser') {
      await page.getByRole('button', { name: 'Good enough, stop here' }).click({ timeout: 120_000 });
      await page.getByRole('button', { name: 'Finishing with the best so far…' }).waitFor();
    }
    await waitForStage(page, 'Latency', 240_000);
    await page.getByText(/^Original .+ \(n = [1-9].*\) · Compressed .+ \(n = [1-9].*\)$/).waitFor();
    await takePicture(first, 'running');
    // The rest of the app stays usable meanwhile.
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await goTo(page, 'Queue');
    await page.getByRole('main').getByRole('link', { name: 'Sample' }).click();

    const verdict = await waitForVerdict(page);
    assert.match(await verdict.innerText(), /× smaller[^]*Top-1 accuracy/);
    await page.getByRole('rowheader', { name: 'Latency, median' }).waitFor();
    await takePicture(first, 'verdict');
    await openTab(page, 'Layers');
    assert.ok((await readColumn(table(page, 'Layers'), 'Becomes')).includes('w8 a8'));
    const model = await exportAs(first, 'Compressed model (.onnx)', 'small.onnx');
    assert.ok(statSync(model).size > 1_000_000);
  }
  const { page } = await first.restart();
  await page.getByRole('grid', { name: 'Recent runs' }).getByText('Sample').waitFor();
  await openRun(page, 'Sample');
  await waitForVerdict(page);
});
