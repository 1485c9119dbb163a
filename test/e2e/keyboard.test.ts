import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { field, pathField, readColumn, table, waitForVerdict } from './steps.ts';
import { oneHost, story } from './story.ts';

/** Presses Tab (or Shift+Tab) until this has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 100; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`100 presses of ${key} did not reach ${target.toString()}`);
}

story(
  'an experiment is started and its layers sorted without a mouse',
  { hosts: oneHost },
  async ({ page, folder }) => {
    const { keyboard } = page;
    const modelPath = writeTinyNet(folder, { channels: 16 });
    const dataPath = writeSamples(folder);
    await tabTo(page, page.getByRole('navigation').getByRole('link', { name: 'New experiment' }));
    await keyboard.press('Enter');
    await tabTo(page, pathField(page, 'ONNX file'));
    await keyboard.type(modelPath);
    await keyboard.press('Enter');
    await tabTo(page, pathField(page, 'Samples'));
    await keyboard.type(dataPath);
    await keyboard.press('Enter');
    await tabTo(page, page.getByRole('combobox', { name: 'Preset' }));
    await keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'int8-static-minmax' }).waitFor();
    // Past the one that mixes schemes.
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.getByText('Every supported layer in int8, with MinMax ranges. No search.').waitFor();
    await tabTo(page, field(page, 'Name (optional)'));
    await keyboard.type('By hand');
    await tabTo(page, page.getByRole('button', { name: 'Run', exact: true }), 'Shift+Tab');
    await keyboard.press('Enter');
    await waitForVerdict(page);

    // Away and back: through the history.
    await tabTo(page, page.getByRole('navigation').getByRole('link', { name: 'History' }));
    await keyboard.press('Enter');
    await tabTo(page, table(page, 'History'));
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await tabTo(page, page.getByRole('tab', { name: 'Overview' }));
    await keyboard.press('ArrowRight');
    const layers = table(page, 'Layers');
    await tabTo(page, layers);
    await tabTo(page, layers.getByRole('columnheader', { name: 'Layer' }).getByRole('button'));
    await keyboard.press('Enter');
    await layers.locator('[aria-sort=ascending]').waitFor();
    const names = await readColumn(layers, 'Layer');
    assert.deepEqual(names.slice(0, 3), ['classes', 'conv0', 'conv1']);
    await tabTo(page, layers, 'Shift+Tab');
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await page.getByRole('region', { name: 'Selected layer' }).getByText('conv0', { exact: true }).waitFor();
  },
);
