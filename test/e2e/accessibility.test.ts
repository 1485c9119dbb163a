import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { findViolations } from '../renderer/find-violations.ts';
import { field, fillExperiment, goTo, pressRun, waitForStage } from './steps.ts';
import { endlessTiming, oneHost, story } from './story.ts';

const schemes = ['light', 'dark'] as const;

/** In both schemes the page follows the system and axe finds nothing to object to. */
async function assertAccessible(page: Page, place: string): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    assert.deepEqual(await findViolations(page), [], `${place}, ${colorScheme}`);
  }
}

/** Every page over a stub host is in test/renderer/pages.test.ts; here is what comes only of clicking, and of a run that is going. */
story(
  'axe finds nothing in what opens over pages, nor while a run goes on, in light and in dark',
  { history: 'seeded', hosts: oneHost, environment: endlessTiming },
  async ({ page, folder }) => {
    await goTo(page, 'History');
    await page.getByRole('checkbox', { name: 'Select ResNet-8, measured' }).check();
    await page.getByRole('checkbox', { name: 'Select ResNet-8, two threads' }).check();
    await page.getByText('2 selected').waitFor();
    await assertAccessible(page, 'history');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    await page.getByRole('button', { name: 'Save comparison' }).click();
    await field(page, 'Name').fill('Threads');
    await assertAccessible(page, 'save comparison');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Saved comparisons' }).click();
    await page.getByRole('link', { name: 'Threads', exact: true }).waitFor();
    await assertAccessible(page, 'saved comparisons');
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Find what can be removed' }).click();
    await page.getByText('Nothing to remove.').waitFor();
    await assertAccessible(page, 'storage');
    await page.keyboard.press('Escape');

    await fillExperiment(page, { modelPath: writeTinyNet(folder, { channels: 16 }), dataPath: writeSamples(folder) });
    await pressRun(page);
    await waitForStage(page, 'Latency');
    await assertAccessible(page, 'running');
  },
);

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
