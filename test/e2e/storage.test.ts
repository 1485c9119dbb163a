import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelsFolder } from '../../electron/store/places.ts';
import { seededRuns } from './seeded-history.ts';
import { field, goTo, readColumn, table, takePicture } from './steps.ts';
import { oneHost, story } from './story.ts';

story('what nothing needs is shown, then removed', { history: 'seeded', hosts: oneHost }, async (window) => {
  const { page, folder } = window;
  // What an import leaves whose process was killed, and a run that was deleted.
  const strayFolder = join(modelsFolder(join(folder, 'vernier.db')), randomUUID());
  mkdirSync(strayFolder, { recursive: true });
  writeFileSync(join(strayFolder, 'net.int8.onnx'), Buffer.alloc(1_500_000));
  await goTo(page, 'History');
  await page.getByRole('checkbox', { name: 'Select MobileNetV2' }).check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('1 run deleted').waitFor();

  await goTo(page, 'Settings');
  const look = page.getByRole('button', { name: 'Find what can be removed' });
  await look.click();
  const garbage = table(page, 'What can be removed');
  await garbage.getByText(strayFolder).waitFor();
  const runCell = `Run ${seededRuns.mobilenet.runId.slice(0, 8)}`;
  assert.ok(!(await readColumn(garbage, 'What')).includes(runCell), 'deleted a moment ago: it may be wanted back');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  assert.ok(existsSync(strayFolder), 'looking removes nothing');

  await field(page, 'Deleted runs older than (days)').fill('0');
  await look.click();
  await garbage.getByText(runCell).waitFor();
  const reasons = await readColumn(garbage, 'Why');
  assert.ok(reasons.includes('of a run that is not in the history') && reasons.some((why) => /^deleted on/.test(why)));
  await takePicture(window, 'storage');
  await page.getByRole('button', { name: 'Remove for good' }).click();
  await page.getByText(/^Removed for good: .* \(deleted runs: 1, /).waitFor();
  assert.ok(!existsSync(strayFolder));
  await look.click();
  await page.getByText('Nothing to remove.').waitFor();
});
