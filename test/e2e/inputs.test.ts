import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describeOwnOption, recipeOptionNames } from '../../shared/recipe-options.ts';
import { root } from './harness.ts';
import { dropFile, goTo, openTab, pathField, readColumn, table, takePicture, typePath, waitForValue } from './steps.ts';
import { oneHost, story } from './story.ts';

const texts = JSON.parse(readFileSync(join(root, 'renderer', 'i18n', 'en.json'), 'utf8')) as {
  readonly recipe: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
const optionHelp = recipeOptionNames.map(
  (option) => describeOwnOption(option)?.explained.en ?? texts.recipe[option]!['help']!,
);

const sample = join(root, 'resources', 'sample');

/** The sample's model, and a few of its labelled pictures, one of them twice. */
function writeInputs(folder: string): { readonly modelPath: string; readonly dataPath: string } {
  const modelPath = join(folder, 'parts.onnx');
  const dataPath = join(folder, 'parts');
  copyFileSync(join(sample, 'model.onnx'), modelPath);
  mkdirSync(join(dataPath, 'images'), { recursive: true });
  copyFileSync(join(sample, 'data', 'preprocessor_config.json'), join(dataPath, 'preprocessor_config.json'));
  const [, ...rows] = readFileSync(join(sample, 'data', 'labels.csv'), 'utf8')
    .trim()
    .split('\n');
  const few = rows.slice(0, 12).map((row) => row.split(',').slice(0, 2) as [name: string, label: string]);
  for (const [name] of few) copyFileSync(join(sample, 'data', 'images', name), join(dataPath, 'images', name));
  copyFileSync(join(dataPath, 'images', few[0]![0]), join(dataPath, 'images', 'again.jpg'));
  few.push(['again.jpg', few[0]![1]]);
  writeFileSync(join(dataPath, 'labels.csv'), `${['file,label', ...few.map((row) => row.join(','))].join('\n')}\n`);
  return { modelPath, dataPath };
}

/** Pixels of a picture on the page, so that it is known to be one. */
function pictureSizes(page: Page): Promise<number[]> {
  return page
    .locator('figure img')
    .evaluateAll((pictures) => pictures.map((picture) => (picture as HTMLImageElement).naturalWidth));
}

story('model, data and plan are seen before anything runs', { hosts: oneHost }, async (window) => {
  const { host, page, folder, restart } = window;
  const { modelPath, dataPath } = writeInputs(folder);
  await goTo(page, 'New experiment');
  await typePath(page, 'ONNX file', modelPath);
  // Its inspection at once: inputs, totals, layers.
  await page.getByText('2,694,201').waitFor();
  const layers = table(page, 'Layers of the model');
  assert.ok((await readColumn(layers, 'Operator')).includes('Conv'));

  // A folder of pictures is dropped; a browser does not tell where it lies.
  if (host === 'electron') await dropFile(page, dataPath);
  else await typePath(page, 'Samples', dataPath);
  await openTab(page, 'Data');
  await page.getByText('Three samples, before and after preprocessing').waitFor();
  await waitForValue(pathField(page, 'Samples'), dataPath);
  await page.waitForFunction(() => [...document.images].every((picture) => picture.complete));
  const sizes = await pictureSizes(page);
  assert.equal(sizes.length, 6);
  assert.ok(sizes.every((width) => width > 0));
  for (const warning of ['Very few samples', 'Duplicate samples']) await page.getByText(warning).waitFor();
  await takePicture(window, 'data-warnings');

  await openTab(page, 'What will be quantized');
  const plan = table(page, 'What will be quantized');
  await plan.getByText('/stem/conv/Conv', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'All options' }).click();
  // Every option with a line of explanation.
  for (const help of optionHelp) await page.getByText(help, { exact: true }).first().waitFor();
  await page.getByRole('combobox', { name: 'Operators kept in float' }).fill('Gemm');
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox', { name: 'Filter layers' }).fill('Gemm');
  await plan.getByRole('row', { name: /Gemm.*float.*excluded by the recipe/ }).waitFor();

  await page.getByText('Random', { exact: true }).click();
  await openTab(page, 'Data');
  await page.getByText('Random data', { exact: true }).waitFor();

  // Opened once, a model is offered again.
  const again = await restart();
  await goTo(again.page, 'New experiment');
  await pathField(again.page, 'ONNX file').click();
  await again.page.getByRole('option', { name: modelPath }).click();
  await again.page.getByText('2,694,201').waitFor();
});
