import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRuns } from './seeded-history.ts';
import { waitUntil } from '../wait-until.ts';
import { openRun, openTab, table, waitForVerdict } from './steps.ts';
import { oneHost, story, type StoryWindow } from './story.ts';

const run = seededRuns.auto;
const charts = [
  'Latency distribution',
  'Size by layer kind',
  'Accuracy with 95 % intervals',
  'Time share by layer kind',
  'Speed-up per layer',
];

function readClipboard({ app, page }: StoryWindow): Promise<string> {
  return app === null
    ? page.evaluate(() => navigator.clipboard.readText())
    : app.evaluate(({ clipboard }) => clipboard.readText());
}

async function clearClipboard({ app, page }: StoryWindow): Promise<void> {
  if (app === null) await page.evaluate(() => navigator.clipboard.writeText(''));
  else await app.evaluate(({ clipboard }) => clipboard.clear());
}

/** The browser downloads it; the desktop's dialog is answered for it. @returns the file */
async function savePicture({ app, page, folder }: StoryWindow, save: () => Promise<void>): Promise<string> {
  const path = join(folder, 'chart.png');
  rmSync(path, { force: true });
  if (app === null) {
    const [download] = await Promise.all([page.waitForEvent('download'), save()]);
    await download.saveAs(path);
    return path;
  }
  await app.evaluate(({ session }, savePath) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(savePath));
  }, path);
  await save();
  await waitUntil(() => existsSync(path) && statSync(path).size > 0, 'the picture is saved');
  return path;
}

story(
  'every chart has a table behind it, to copy, and is saved as a picture',
  { history: 'seeded' },
  async (window) => {
    const { app, page } = window;
    if (app === null) await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openRun(page, 'ResNet-8, measured');
    await waitForVerdict(page);
    for (const title of charts) {
      const chart = page.getByRole('figure', { name: title, exact: true });
      await chart.getByRole('img', { name: new RegExp(`^${title}`) }).waitFor();
      await clearClipboard(window);
      await chart.getByRole('button', { name: `Copy the table: ${title}` }).click();
      await chart.getByRole('button', { name: `Show as table: ${title}` }).click();
      const rows = await table(page, title).getAttribute('aria-rowcount');
      const copiedRows = async () => (await readClipboard(window)).trimEnd().split('\n').length;
      await waitUntil(async () => (await copiedRows()) === Number(rows), `${title}: what is copied is the table`);
      await chart.getByRole('button', { name: `Show as chart: ${title}` }).click();

      const picture = await savePicture(window, () =>
        chart.getByRole('button', { name: `Save as PNG: ${title}` }).click(),
      );
      const { format, width } = await sharp(picture).metadata();
      assert.equal(format, 'png');
      assert.ok(width > 200);
    }
  },
);

story('a layer chosen in a chart is chosen in the table', { history: 'seeded', hosts: oneHost }, async ({ page }) => {
  await openRun(page, 'ResNet-8, measured');
  await openTab(page, 'Layers');
  const selected = page.getByRole('region', { name: 'Selected layer' });
  const shown = selected.locator('div:has(+ dl)').first();
  const before = await shown.innerText();
  const bars = page.getByRole('img', { name: /^Speed-up per layer/ });
  const box = (await bars.boundingBox())!;
  await bars.click({ position: { x: box.width - 20, y: 30 } });
  await selected.filter({ hasNot: page.getByText(before, { exact: true }) }).waitFor();
  const name = await shown.innerText();
  assert.ok(run.layers.some((layer) => layer.name === name));
  await table(page, 'Layers').locator('[aria-selected=true]').filter({ hasText: name }).waitFor();
});
