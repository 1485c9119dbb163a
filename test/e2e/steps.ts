/** What a user does in the window, in the words of its English labels. */
import type { Locator, Page } from 'playwright-core';
import { waitUntil } from '../wait-until.ts';
import { screenshotPath } from './harness.ts';
import type { StoryWindow } from './story.ts';

export type PageName = 'Start' | 'New experiment' | 'Queue' | 'History' | 'Devices' | 'Settings';

export async function goTo(page: Page, name: PageName): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
}

export function field(page: Page, label: string): Locator {
  return page.getByRole('textbox', { name: label, exact: true });
}

export interface Experiment {
  readonly modelPath: string;
  readonly dataPath: string;
  readonly name?: string;
  /** One that searches nothing is the quickest. */
  readonly preset?: string;
}

/** Fills the form as somebody does who knows the paths. */
export async function fillExperiment(page: Page, experiment: Experiment): Promise<void> {
  await goTo(page, 'New experiment');
  await typePath(page, 'ONNX file', experiment.modelPath);
  await typePath(page, 'Samples', experiment.dataPath);
  await choose(page, 'Preset', experiment.preset ?? 'int8-static-minmax');
  if (experiment.name !== undefined) await field(page, 'Name (optional)').fill(experiment.name);
}

/** A field for a path, which also offers recent ones. */
export function pathField(page: Page, label: string): Locator {
  return page.getByRole('combobox', { name: label, exact: true });
}

export async function typePath(page: Page, label: string, path: string): Promise<void> {
  await pathField(page, label).fill(path);
  await pathField(page, label).press('Enter');
}

/** What a field holds comes with what was loaded, which may be after the field. */
export async function waitForValue(input: Locator, value: string): Promise<void> {
  await waitUntil(async () => (await input.inputValue()) === value, `${input.toString()} holds "${value}"`);
}

/** Chooses from a drop-down list. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

export async function pressRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel run' }).waitFor();
}

/** A run that got to its end shows its verdict. */
export async function waitForVerdict(page: Page, timeoutMs = 240_000): Promise<Locator> {
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await verdict.waitFor({ timeout: timeoutMs });
  return verdict;
}

/** From here on, labels are Chinese: see messages.ts. */
export async function chooseChinese(page: Page): Promise<void> {
  await goTo(page, 'Settings');
  await choose(page, 'Language', '简体中文');
  await page.getByRole('heading', { name: '设置' }).waitFor();
}

/** Waits until the run on screen is in this stage or beyond it. */
export async function waitForStage(page: Page, stage: string, timeoutMs = 60_000): Promise<void> {
  await page
    .getByRole('list', { name: 'Stages' })
    .getByRole('listitem')
    .filter({ hasText: stage })
    .and(page.locator('[data-state=current], [data-state=done]'))
    .waitFor({ timeout: timeoutMs });
}

export async function openRun(page: Page, name: string): Promise<void> {
  await goTo(page, 'History');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor({ state: 'attached' });
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

export function table(page: Page, label: string): Locator {
  return page.getByRole('grid', { name: label, exact: true });
}

/** What the rows on screen say under this header, from top to bottom. */
export async function readColumn(grid: Locator, header: string): Promise<string[]> {
  return grid.evaluate((element, wanted) => {
    const textOf = (cell: Element): string => (cell as HTMLElement).innerText.trim();
    const headers = [...element.querySelectorAll('[role=columnheader]')].map(textOf);
    const column = headers.indexOf(wanted);
    if (column === -1) throw new Error(`No column "${wanted}" among ${headers.join(', ')}`);
    return [...element.querySelectorAll('[role=rowgroup] [role=row]')]
      .sort((left, right) => Number(left.ariaRowIndex) - Number(right.ariaRowIndex))
      .map((row) => textOf([...row.querySelectorAll('[role=gridcell]')][column]!));
  }, header);
}

/** @returns when the column says that it is sorted otherwise than before; rows that a host sorts come later. */
export async function sortBy(grid: Locator, header: string): Promise<void> {
  const column = grid.getByRole('columnheader', { name: header, exact: true });
  const before = await column.getAttribute('aria-sort');
  await column.getByRole('button').click();
  await waitUntil(async () => (await column.getAttribute('aria-sort')) !== before, `${header} is sorted otherwise`);
}

/** Does what saves a file, and tells where the file lies. */
export async function saveFile(window: StoryWindow, fileName: string, save: () => Promise<void>): Promise<string> {
  const path = `${window.folder}/${fileName}`;
  if (window.app === null) {
    const [download] = await Promise.all([window.page.waitForEvent('download'), save()]);
    await download.saveAs(path);
    return path;
  }
  // Nobody sits in front of the native dialog.
  await window.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await save();
  await window.page.getByText(`${fileName} was saved`).waitFor();
  return path;
}

/** Does what asks for a folder, and answers with one that lies in the story's. */
export async function chooseFolder(window: StoryWindow, name: string, ask: () => Promise<void>): Promise<void> {
  const path = `${window.folder}/${name}`;
  await window.app?.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
  }, path);
  await ask();
  if (window.app !== null) return;
  const picker = window.page.getByRole('dialog', { name: 'Choose a folder' });
  await picker.getByRole('gridcell', { name: window.folder, exact: true }).dblclick();
  await picker.getByRole('gridcell', { name, exact: true }).click();
  await picker.getByRole('button', { name: 'Use this folder' }).click();
}

/** Exports what is on screen or selected; tells where the file lies. */
export function exportAs(window: StoryWindow, format: string, fileName: string): Promise<string> {
  return saveFile(window, fileName, async () => {
    await window.page.getByRole('button', { name: 'Export', exact: true }).click();
    await window.page.getByRole('menuitem', { name: format }).click();
  });
}

/** Drags a file in from outside the window, as a file manager does. */
export async function dropFile(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
  await session.detach();
}

/** Something worth looking at in the middle of a story. */
export async function takePicture({ host, page }: StoryWindow, name: string): Promise<void> {
  await page.screenshot({ path: screenshotPath(`${host}-${name}`) });
}
