import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTinyNet } from '../cli/fixtures.ts';
import { readZip } from './read-zip.ts';
import { seededRuns } from './seeded-history.ts';
import { exportAs, field, goTo, readColumn, sortBy, table, typePath } from './steps.ts';
import { oneHost, story } from './story.ts';

story(
  'two runs are compared, and what is not comparable is marked',
  { history: 'seeded', hosts: oneHost },
  async ({ page, folder }) => {
    await goTo(page, 'History');
    await page.getByRole('checkbox', { name: 'Select ResNet-8, measured' }).check();
    await page.getByRole('checkbox', { name: 'Select ResNet-8, two threads' }).check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();

    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    await page.getByText('B cannot be compared fairly with A').waitFor();
    await page
      .getByText(/Different number of threads: 2 instead of 1|Different number of threads: 1 instead of 2/)
      .waitFor();
    // What is alike in both is left out until it is asked for.
    await page.getByRole('rowheader', { name: 'Latency, median' }).waitFor();
    assert.equal(await page.getByRole('rowheader', { name: 'Stored bytes' }).count(), 0);
    await page.getByRole('switch', { name: /^Differences only/ }).uncheck({ force: true });
    for (const claim of ['Stored bytes', 'BOPs', 'Latency, median']) {
      await page.getByRole('rowheader', { name: claim }).waitFor();
    }
    await page.getByRole('img', { name: /^Latency of the compressed models/ }).waitFor();
    await page.getByRole('img', { name: /^Size, latency, accuracy/ }).waitFor();

    const layers = table(page, 'Layer by layer');
    await sortBy(layers, 'Layer');
    const names = await readColumn(layers, 'Layer');
    assert.ok(names.length > 5 && names.every((name) => seededRuns.auto.layers.some((layer) => layer.name === name)));

    // Their models lie on another machine: it says so, and any two files can be compared instead.
    await page.getByRole('link', { name: 'Networks', exact: true }).click();
    await page.getByRole('heading', { name: 'Compare networks' }).waitFor();
    await page.getByRole('alert').filter({ hasText: '.onnx' }).waitFor();
    const model = writeTinyNet(folder);
    const text = join(folder, 'text.onnx');
    writeFileSync(text, 'no model');
    await goTo(page, 'History');
    await page.getByRole('link', { name: 'Compare networks' }).click();
    await typePath(page, 'First model', model);
    await typePath(page, 'Second model', text);
    await page.locator('input[aria-invalid=true]').waitFor();
    await page.getByText(/"[^"]*text\.onnx"/).waitFor();
    await typePath(page, 'Second model', model);
    await page
      .getByRole('application', { name: /^Network of \d+ nodes$/ })
      .locator('canvas')
      .nth(1)
      .waitFor();
  },
);

story('a comparison is saved, opened again, and deleted', { history: 'seeded', hosts: oneHost }, async (first) => {
  {
    const { page } = first;
    await goTo(page, 'History');
    await page.getByRole('checkbox', { name: 'Select ResNet-8, measured' }).check();
    await page.getByRole('checkbox', { name: 'Select ResNet-8, MinMax' }).check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('button', { name: 'Save comparison' }).click();
    await field(page, 'Name').fill('Search against MinMax');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Comparison “Search against MinMax” is saved').waitFor();
  }
  const { page } = await first.restart();
  await goTo(page, 'History');
  const saved = page.getByRole('button', { name: 'Saved comparisons' });
  await saved.click();
  await page.getByText('2 runs', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Search against MinMax' }).click();
  await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
  const runs = page.getByRole('list', { name: 'Runs', exact: true });
  await runs.getByRole('link', { name: 'ResNet-8, measured' }).waitFor();
  await runs.getByRole('link', { name: 'ResNet-8, MinMax' }).waitFor();

  await saved.click();
  await page.getByRole('button', { name: 'Delete comparison Search against MinMax' }).click();
  await page.getByText('None yet.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  // The list closes when something outside it is clicked, and opens again once the comparison is back.
  const restored = page.getByRole('link', { name: 'Search against MinMax' });
  await restored.click();
  await restored.waitFor({ state: 'hidden' });
});

story('selected runs are exported as CSV tables in one zip', { history: 'seeded', hosts: oneHost }, async (window) => {
  const { page } = window;
  await goTo(page, 'History');
  await page.getByRole('checkbox', { name: 'Select ResNet-8, measured' }).check();
  await page.getByRole('checkbox', { name: 'Select MobileNetV2' }).check();
  const path = await exportAs(window, 'Figures (CSV)', 'runs.zip');
  const tables = await readZip(path);
  for (const name of ['runs.csv', 'ledger.csv', 'layers.csv']) assert.ok(tables.has(name), name);
  const runs = tables.get('runs.csv')!;
  assert.ok(runs.includes(seededRuns.auto.runId) && runs.includes(seededRuns.mobilenet.runId));
  assert.ok(!runs.includes(seededRuns.minmax.runId));
});
