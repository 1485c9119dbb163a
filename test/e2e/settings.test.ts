import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { field, goTo, pathField, typePath, waitForValue } from './steps.ts';
import { story } from './story.ts';

story('threads, memory cap and the place of the history are set, and hold', {}, async (first) => {
  const databasePath = join(first.folder, 'elsewhere', 'history.db');
  {
    const { page } = first;
    await goTo(page, 'Settings');
    await field(page, 'Threads').fill('3');
    await typePath(page, 'Database file', databasePath);
    await field(page, 'Memory limit').fill('256');
    await page.keyboard.press('Tab');

    await goTo(page, 'New experiment');
    await waitForValue(field(page, 'Threads'), '3');
    await goTo(page, 'Start');
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await page.getByText(/needed more memory \(\d+ MB\) than its limit of 256 MB/).waitFor();
    await page.getByText('out-of-memory').waitFor();
  }
  const { page } = await first.restart();
  await goTo(page, 'Settings');
  await waitForValue(field(page, 'Threads'), '3');
  await waitForValue(field(page, 'Memory limit'), '256 MB');
  await waitForValue(pathField(page, 'Database file'), databasePath);
  await page.getByText(databasePath, { exact: true }).waitFor();
  assert.ok(existsSync(databasePath), 'the history is kept there from the next start on');
});
