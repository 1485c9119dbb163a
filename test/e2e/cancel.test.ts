import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { fillExperiment, goTo, waitForStage } from './steps.ts';
import { story } from './story.ts';

async function timeUntil(shown: Locator, click: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await click();
  await shown.waitFor();
  return performance.now() - started;
}

story('cancelling answers within a second, and the queue goes on', {}, async ({ page, folder }) => {
  const modelPath = writeTinyNet(folder, { channels: 16 });
  const dataPath = writeSamples(folder);
  const names = ['First', 'Second', 'Third', 'Fourth'];
  for (const name of names) {
    await fillExperiment(page, { modelPath, dataPath, name });
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  }
  await page.getByText('Waiting for its turn').waitFor();

  // The promise is about the app: a second more than any click takes on this machine now, and if it was busy with something
  // else for a moment, then not each of three times.
  const delaysMs: number[] = [];
  for (const name of names.slice(0, 3)) {
    await goTo(page, 'Queue');
    const cancel = page.getByRole('button', { name: 'Cancel run' });
    const link = page.getByRole('main').getByRole('link', { name });
    const ordinaryMs = await timeUntil(cancel, () => link.click());
    await waitForStage(page, 'Latency');
    delaysMs.push((await timeUntil(page.getByText(/^Cancelled after/), () => cancel.click())) - ordinaryMs);
    if (delaysMs.at(-1)! < 1000) break;
  }
  assert.ok(
    Math.min(...delaysMs) < 1000,
    `cancelling took ${delaysMs.map(Math.round).join(', ')} ms more than a click`,
  );

  await goTo(page, 'Queue');
  const next = names[delaysMs.length]!;
  await page
    .getByRole('progressbar', { name: `Progress of ${next}` })
    .first()
    .waitFor({ state: 'attached' });
  for (const name of names.slice(delaysMs.length).reverse()) {
    await page
      .getByRole('main')
      .getByRole('button', { name: `Cancel ${name}` })
      .click();
  }
  await page.getByRole('heading', { name: 'Nothing is running' }).waitFor();
  await goTo(page, 'History');
  await page.getByRole('row', { name: 'First' }).getByRole('gridcell', { name: 'Cancelled' }).waitFor();
});
