import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import {
  dropFile,
  field,
  fillExperiment,
  goTo,
  openTab,
  pathField,
  readColumn,
  table,
  typePath,
  waitForValue,
} from './steps.ts';
import { oneHost, story } from './story.ts';

story('a model and its data are dropped on the window', {}, async ({ host, page, folder }) => {
  const modelPath = writeTinyNet(folder);
  const dataPath = writeSamples(folder);
  await page.getByRole('heading', { name: 'Make an ONNX model smaller and faster' }).waitFor();
  await dropFile(page, modelPath);
  if (host === 'browser') {
    // It cannot know the path; it says what to do instead, and offers it.
    await page.getByText('The browser does not reveal where “net.onnx” is.').waitFor();
    await page.getByRole('button', { name: 'Choose it' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a model' });
    await picker.getByRole('gridcell', { name: folder, exact: true }).dblclick();
    await picker.getByRole('gridcell', { name: 'net.onnx' }).dblclick();
  }
  const layers = table(page, 'Layers of the model');
  await layers.waitFor();
  await waitForValue(pathField(page, 'ONNX file'), modelPath);
  assert.ok((await readColumn(layers, 'Operator')).includes('Conv'));
  if (host === 'browser') return;
  await dropFile(page, dataPath);
  await openTab(page, 'Data');
  await page.getByText('Tensors of the first sample').waitFor();
  await waitForValue(pathField(page, 'Samples'), dataPath);
});

story('a model is chosen by browsing', {}, async ({ app, page, folder }) => {
  const modelPath = writeTinyNet(folder);
  await goTo(page, 'New experiment');
  await app?.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, modelPath);
  await page.getByRole('button', { name: 'Browse: ONNX file' }).click();
  if (app === null) {
    const picker = page.getByRole('dialog', { name: 'Choose a model' });
    await picker.getByRole('gridcell', { name: folder, exact: true }).dblclick();
    await picker.getByRole('gridcell', { name: 'net.onnx' }).dblclick();
  }
  await table(page, 'Layers of the model').waitFor();
  await waitForValue(pathField(page, 'ONNX file'), modelPath);
});

story('bad files get a clear message, and the form loses nothing', { hosts: oneHost }, async ({ page, folder }) => {
  const modelPath = writeTinyNet(folder);
  const notAModel = join(folder, 'notes.onnx');
  writeFileSync(notAModel, 'Buy milk.\n');
  const wrongShape = writeSamples(folder, { imageSize: 20 });
  await fillExperiment(page, { modelPath, dataPath: wrongShape, name: 'My careful settings' });
  await field(page, 'Threads').fill('2');
  const assertKept = async (): Promise<void> => {
    await waitForValue(field(page, 'Name (optional)'), 'My careful settings');
    await waitForValue(field(page, 'Threads'), '2');
    await waitForValue(page.getByRole('combobox', { name: 'Preset' }), 'int8-static-minmax');
  };

  await openTab(page, 'Data');
  await page
    .getByText(/20.*16/)
    .first()
    .waitFor();
  await assertKept();

  await typePath(page, 'ONNX file', notAModel);
  await page.getByRole('alert').filter({ hasText: 'notes.onnx' }).first().waitFor();
  await assertKept();
  await waitForValue(pathField(page, 'Samples'), wrongShape);

  await typePath(page, 'ONNX file', modelPath);
  await typePath(page, 'Samples', join(folder, 'nowhere'));
  await openTab(page, 'Data');
  await page.getByRole('alert').filter({ hasText: 'nowhere' }).first().waitFor();
  await assertKept();

  // Started all the same: a failed run that says why, and keeps every setting.
  await typePath(page, 'Samples', wrongShape);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText(/^Failed after/).waitFor();
  await page.getByText('data-shape-mismatch').waitFor();
  await page.getByRole('link', { name: 'Run again with changes' }).click();
  await field(page, 'Threads').waitFor();
  await waitForValue(field(page, 'Threads'), '2');
  await waitForValue(pathField(page, 'Samples'), wrongShape);
});
