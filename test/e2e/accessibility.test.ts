import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { findViolations } from '../renderer/find-violations.ts';
import { failedRunId, seededRuns } from './seeded-history.ts';
import { field, fillExperiment, goTo, openTab, pressRun, table, waitForStage } from './steps.ts';
import { story } from './story.ts';

const schemes = ['light', 'dark'] as const;

/** In both schemes the page follows the system and axe finds nothing to object to. */
async function assertAccessible(page: Page, place: string): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    assert.deepEqual(await findViolations(page), [], `${place}, ${colorScheme}`);
  }
}

async function open(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    globalThis.location.hash = hash;
  }, address);
}

story('axe finds nothing on any page, in light and in dark', { history: 'seeded' }, async ({ page, folder }) => {
  await table(page, 'Recent runs').waitFor();
  await assertAccessible(page, 'start');
  await goTo(page, 'History');
  await page.getByRole('checkbox', { name: 'Select MobileNetV2' }).check();
  await assertAccessible(page, 'history');
  await goTo(page, 'Settings');
  await assertAccessible(page, 'settings');
  await page.getByRole('button', { name: 'Find what can be removed' }).click();
  await page.getByText('Nothing to remove.').waitFor();
  await assertAccessible(page, 'storage');
  await page.keyboard.press('Escape');
  await open(page, `#/run/${seededRuns.auto.runId}`);
  for (const tab of ['Overview', 'Layers', 'Candidates', 'Diagnostics', 'Conditions']) {
    await openTab(page, tab);
    await page.getByRole('tabpanel', { name: tab }).waitFor();
    await assertAccessible(page, `run, ${tab}`);
  }
  await open(page, `#/run/${failedRunId}`);
  await page.getByText(/^Failed after/).waitFor();
  await assertAccessible(page, 'failed run');
  await open(page, `#/compare?run=${seededRuns.auto.runId}&run=${seededRuns.twoThreads.runId}`);
  await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
  await assertAccessible(page, 'compare');
  await page.getByRole('button', { name: 'Save comparison' }).click();
  await field(page, 'Name').fill('Threads');
  await assertAccessible(page, 'save comparison');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Saved comparisons' }).click();
  await page.getByRole('link', { name: 'Threads', exact: true }).waitFor();
  await assertAccessible(page, 'saved comparisons');

  await fillExperiment(page, { modelPath: writeTinyNet(folder, { channels: 16 }), dataPath: writeSamples(folder) });
  for (const tab of ['net.onnx', 'Data', 'What will be quantized']) {
    await openTab(page, tab);
    await assertAccessible(page, `experiment, ${tab}`);
  }
  await pressRun(page);
  await waitForStage(page, 'Latency');
  await assertAccessible(page, 'running');
  await goTo(page, 'Queue');
  await assertAccessible(page, 'queue');
});

story('the window follows the system from light to dark, unless told otherwise', {}, async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const colors: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    colors.push(await background());
  }
  assert.notEqual(colors[0], colors[1]);
  await goTo(page, 'Settings');
  await page.getByText('Light', { exact: true }).click();
  await page.locator('html[data-mantine-color-scheme=light]').waitFor({ state: 'attached' });
  assert.equal(await background(), colors[0]);
});
