import assert from 'node:assert/strict';
import { waitUntil } from '../wait-until.ts';
import { seededRunCount } from './seeded-history.ts';
import { choose, field, goTo, openRun, readColumn, sortBy, table, waitForValue } from './steps.ts';
import { oneHost, story } from './story.ts';

story(
  'notes, tags, a name and a star outlive a restart, and are found',
  { history: 'seeded', hosts: oneHost },
  async (first) => {
    {
      const { page } = first;
      await openRun(page, 'MobileNetV2');
      await field(page, 'Name of the run').fill('Phone camera');
      await page.keyboard.press('Enter');
      await field(page, 'Notes').fill('Discussed with Grace: faster, but the halo is visible.');
      await page.getByRole('combobox', { name: 'Tags' }).fill('halo');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Star', exact: true }).click();
      await goTo(page, 'History');
      await page.getByRole('link', { name: 'Phone camera' }).waitFor();
    }
    const { page } = await first.restart();
    await goTo(page, 'History');
    const history = table(page, 'History');
    const search = page.getByRole('searchbox', { name: 'Search names, notes, tags, paths' });
    for (const words of ['phone CAMERA', 'grace halo', 'mobilenetv2']) {
      await search.fill(words);
      await page.getByText('1 run', { exact: true }).waitFor();
      assert.deepEqual(await readColumn(history, 'Run'), ['Phone camera'], words);
    }
    await search.fill('no such thing');
    await page.getByText('No runs match the search and filters.').waitFor();
    await search.fill('');
    await page.getByRole('button', { name: 'Only starred' }).click();
    await page.getByText('1 run', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Only starred' }).click();

    await page.getByText(`${seededRunCount} runs`).waitFor();
    await choose(page, 'Status', 'Failed');
    await page.getByText('1 run', { exact: true }).waitFor();
    assert.deepEqual(await readColumn(history, 'Run'), ['ResNet-8, entropy']);
    await openRun(page, 'ResNet-8, entropy');

    await openRun(page, 'Phone camera');
    await page.getByText('Discussed with Grace: faster, but the halo is visible.').waitFor();
    await page.getByRole('button', { name: 'Edit note' }).click();
    await waitForValue(field(page, 'Notes'), 'Discussed with Grace: faster, but the halo is visible.');
    await page.getByText('halo', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove star' }).waitFor();
  },
);

story(
  'runs are sorted, deleted together, and brought back',
  { history: 'seeded', hosts: oneHost },
  async ({ page }) => {
    await goTo(page, 'History');
    const history = table(page, 'History');
    await sortBy(history, 'Speed-up');
    await history.locator('[aria-sort=descending]').filter({ hasText: 'Speed-up' }).waitFor();
    // The host sorts: its rows come after the header says so.
    await waitUntil(async () => {
      const speedups = (await readColumn(history, 'Speed-up')).map(Number.parseFloat).filter(Number.isFinite);
      return speedups.length >= 4 && speedups.join() === speedups.toSorted((a, b) => b - a).join();
    }, 'the fastest come first');

    await page.getByRole('checkbox', { name: 'Select ResNet-8, measured' }).check();
    await page.getByRole('checkbox', { name: 'Select MobileNetV2' }).check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('2 runs deleted').waitFor();
    await page.getByText(`${seededRunCount - 2} runs`, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'MobileNetV2' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(`${seededRunCount} runs`, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'MobileNetV2' }).waitFor();
  },
);
