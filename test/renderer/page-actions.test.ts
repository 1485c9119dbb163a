import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { waitUntil } from '../wait-until.ts';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { hostOf, pageCases, type PageCase } from './pages.ts';
import { detailsOf, fixtureRuns, makeStubHost, type StubControls } from './stub-bridge.ts';

const size = { width: 1280, height: 800 };

function caseNamed(name: string): PageCase {
  const found = pageCases.find((page) => page.name === name);
  assert.ok(found, `no page ${name}`);
  return found;
}

function callsOf(page: Page): Promise<StubControls['calls']> {
  return page.evaluate(() => (globalThis as unknown as { stubControls: StubControls }).stubControls.calls);
}

void describe('what is done on the pages of the window', { skip }, () => {
  let browser: StartedBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  void it('sorts layers by a click on the header and filters them by words', async () => {
    const pageCase = caseNamed('run-layers');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const firstName = () => page.locator('[role=row][aria-rowindex="2"] [role=gridcell]').first().innerText();
    await page.getByRole('button', { name: 'ms before' }).click();
    const slowest = [...fixtureRuns.auto.layers].sort(
      (left, right) => (right.latencyBeforeMs ?? -1) - (left.latencyBeforeMs ?? -1),
    )[0];
    await waitUntil(async () => (await firstName()) === slowest?.name, 'the slowest layer comes first');
    await page.getByPlaceholder('Filter layers').fill('gemm');
    const gemmCount = fixtureRuns.auto.layers.filter((layer) => layer.opType === 'Gemm').length;
    const rows = page.locator('[role=rowgroup] [role=row]');
    await waitUntil(async () => (await rows.count()) === gemmCount, `${gemmCount} layers are left`);
    // The address has both: what is loaded again, Back and Forward show the same.
    await page.reload();
    await waitUntil(async () => (await rows.count()) === gemmCount, `${gemmCount} layers are left after loading again`);
    await page.goBack();
    await page.getByText(`${fixtureRuns.auto.layers.length} layers`, { exact: true }).waitFor();
    assert.equal(await firstName(), slowest?.name, 'still sorted');
    await page.goBack();
    await page.locator('[role=columnheader][aria-sort=none]', { hasText: 'ms before' }).waitFor();
    await page.goForward();
    await page.locator('[role=columnheader][aria-sort=descending]', { hasText: 'ms before' }).waitFor();
    // With Shift a second column orders what is alike in the first.
    await page.getByRole('button', { name: 'Runs as' }).click();
    await page.getByRole('button', { name: 'ms before' }).click({ modifiers: ['Shift'] });
    await waitUntil(() => Promise.resolve(page.url().includes('sort=kept.asc%2Cbefore.desc')), 'two columns sort');
    await waitUntil(async () => (await firstName()) === 'average_pooling2d', 'the slowest of those that run as a8');
    await page.context().close();
  });

  void it('moves through layers with the arrow keys and shows the chosen range', async () => {
    const pageCase = caseNamed('run-layers');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.getByText('Activation histogram').waitFor();
    const chosen = page.locator('[aria-selected=true] [role=gridcell]').first();
    await waitUntil(async () => (await chosen.innerText()) === 'conv2d', 'the first layer is chosen again');
    await page.context().close();
  });

  void it('leads by keys from a cell of the confusion matrix to its samples, and keeps it in the address', async () => {
    const pageCase = caseNamed('run-confusion');
    const { page } = await openPage(
      browser,
      { ...pageCase, hash: pageCase.hash.replace('&cell=3-5', '') },
      hostOf(pageCase, {}),
      size,
    );
    const grid = page.getByRole('grid', { name: 'Confusion matrix, Difference' });
    await grid.getByRole('gridcell').first().focus();
    for (const key of [
      'ArrowDown',
      'ArrowDown',
      'ArrowDown',
      'End',
      'Home',
      'ArrowRight',
      'ArrowRight',
      'ArrowRight',
    ]) {
      await page.keyboard.press(key);
    }
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const chosen = page.getByRole('region', { name: 'Chosen cell' });
    await chosen.getByRole('heading', { name: 'ship (3) → dog (5)' }).waitFor();
    await waitUntil(() => Promise.resolve(page.url().includes('cell=3-5')), 'the address names the cell');
    await page.locator('td[aria-selected=true]', { hasText: '+1' }).waitFor();
    // Only the classes that are asked for, and those they are confused with.
    await page.getByRole('searchbox', { name: 'Find classes: cat, dog' }).fill('3');
    await page.getByText('1 of 10 classes match').waitFor();
    await chosen.getByRole('button', { name: 'Show 4 samples in the list' }).click();
    await page.getByText('4 shown').waitFor();
    await page.getByRole('button', { name: 'All cells' }).click();
    await waitUntil(() => Promise.resolve(!page.url().includes('cell=')), 'the address names no cell any more');
    await page.context().close();
  });

  void it('compares the networks of two files, and says at its field which of them cannot be read', async () => {
    const pageCase = caseNamed('history');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('link', { name: 'Compare networks' }).click();
    await page.getByText('Choose two models, or drop two .onnx files').waitFor();
    const fields = ['First model', 'Second model'].map((name) => page.getByRole('combobox', { name, exact: true }));
    const type = async (field: 0 | 1, path: string): Promise<void> => {
      await fields[field]!.fill(path);
      await fields[field]!.press('Enter');
    };
    await type(0, '/models/a.onnx');
    await waitUntil(() => Promise.resolve(page.url().includes('a.onnx')), 'the address names the first file');
    await type(1, '/models/broken.onnx');
    await page.getByText('"/models/broken.onnx" is no ONNX model.').waitFor();
    assert.deepEqual(
      await Promise.all(fields.map((field) => field.getAttribute('aria-invalid'))),
      [null, 'true'],
      'only the one that cannot be read',
    );
    await type(1, '/models/b.onnx');
    // Side by side, each under its name.
    await page.getByText('b.onnx', { exact: true }).waitFor();
    await page.getByRole('application').locator('canvas:not([aria-hidden])').nth(1).waitFor();
    await page.getByText('First', { exact: true }).click();
    await page.locator('input[type=radio][value=before]:checked').waitFor({ state: 'attached' });
    await page.getByRole('combobox', { name: 'Colour by' }).click();
    await page.getByRole('option', { name: 'Bytes' }).click();
    const least = page.getByRole('slider', { name: 'Bytes at least' });
    await least.focus();
    await page.keyboard.press('End');
    await page.getByText(/^[1-3] of \d+ stand out$/).waitFor();
    await waitUntil(() => Promise.resolve(/threshold=[\d.]+/.test(page.url())), 'the address has the threshold');
    await page.reload();
    await page.getByText(/^[1-3] of \d+ stand out$/).waitFor();
    await page.getByRole('button', { name: 'Clear threshold' }).click();
    await waitUntil(() => Promise.resolve(!page.url().includes('threshold')), 'all are shown again');
    await page.context().close();
  });

  void it('speaks the language that was chosen last, though the letters of another come later', async () => {
    const pageCase = caseNamed('run-layers');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const settings = (['zh-CN', 'en'] as const).map((language) => hostOf(pageCase, { language }).settings);
    const language = await page.evaluate(async (choices) => {
      const { stubControls } = globalThis as unknown as { stubControls: StubControls };
      let arrive = (): void => undefined;
      const arrived = new Promise<void>((resolve) => (arrive = resolve));
      const chinese = { isAsked: false };
      document.fonts.load = async (_, text) => {
        chinese.isAsked ||= text !== undefined;
        if (text !== undefined) await arrived;
        return [];
      };
      const nextFrame = () => new Promise(requestAnimationFrame);
      stubControls.send({ name: 'settings.changed', payload: choices[0]! });
      for (let frame = 0; frame < 600 && !chinese.isAsked; frame++) await nextFrame();
      stubControls.send({ name: 'settings.changed', payload: choices[1]! });
      for (let frame = 0; frame < 5; frame++) await nextFrame();
      arrive();
      for (let frame = 0; frame < 5; frame++) await nextFrame();
      return `${chinese.isAsked ? 'asked' : 'not asked'}, ${document.documentElement.lang}`;
    }, settings);
    assert.equal(language, 'asked, en');
    await page.context().close();
  });

  void it('moves one row for each arrow key, however fast they come', async () => {
    const pageCase = caseNamed('run-layers');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const grid = page.getByRole('grid');
    // Nothing but the page's own work comes between two of them.
    await grid.evaluate(async (element) => {
      for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown']) {
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        await Promise.resolve();
      }
    });
    await page.locator('[role=row][aria-rowindex="5"][aria-selected=true]').waitFor();
    await page.context().close();
  });

  void it('makes columns wider by keys and by the mouse, keeps them, and puts them back', async () => {
    const pageCase = caseNamed('run-layers');
    const { page, problems } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const edge = page.getByRole('separator', { name: 'Width of Layer', exact: true });
    const widthOf = async () => Number(await edge.getAttribute('aria-valuenow'));
    const until = (width: number, why: string) =>
      waitUntil(async () => (await widthOf()) === width, `${width}: ${why}`);
    const keptIs = (widths: object) =>
      waitUntil(
        async () => {
          const last = (await callsOf(page)).findLast(({ name }) => name === 'settings.set');
          return JSON.stringify(last?.parameters) === JSON.stringify({ columnWidths: widths });
        },
        `kept: ${JSON.stringify(widths)}`,
      );
    const head = page.getByRole('columnheader', { name: 'Layer', exact: true });
    // Widths in between pixels are told as whole ones.
    const isAsDrawn = async () => Math.abs((await widthOf()) - (await head.boundingBox())!.width) <= 1;
    await waitUntil(isAsDrawn, 'as wide as it is drawn');
    const drawn = await widthOf();
    await edge.focus();
    await page.keyboard.press('ArrowRight');
    await until(drawn + 8, 'one step');
    await page.keyboard.press('Escape');
    await until(drawn, 'undone');
    const { x, y } = (await edge.boundingBox())!;
    await page.mouse.move(x + 4, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + 64, y + 10);
    await until(drawn + 60, 'dragged');
    await page.keyboard.press('Escape');
    await until(drawn, 'the drag is undone');
    await page.mouse.move(x + 94, y + 10);
    await page.mouse.up();
    assert.equal(await widthOf(), drawn, 'and over');
    await edge.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await until(drawn + 40, 'a large step');
    await keptIs({ layers: { name: drawn + 40 } });
    await page.keyboard.press('Home');
    await until(48, 'the least');
    await edge.dblclick();
    await waitUntil(async () => (await widthOf()) > 60, 'as wide as its names');
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('menuitem', { name: 'Reset columns' }).click();
    await until(drawn, 'as before');
    await keptIs({});
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  void it('shows layers in their modules, closed and opened by keys, and in the address', async () => {
    const pageCase = caseNamed('run-layers');
    const own = hostOf(pageCase, {});
    const rename = (name: string, index: number): string =>
      index < 4 ? `/stem/block${index >> 1}/${name}` : `/head/${name}`;
    const layers = fixtureRuns.auto.layers.map((layer, index) => ({ ...layer, name: rename(layer.name, index) }));
    const details = [detailsOf({ ...fixtureRuns.auto, layers }, {})];
    const { page, problems } = await openPage(browser, pageCase, { ...own, details }, size);
    await page.getByText('Modules', { exact: true }).click();
    const tree = page.getByRole('treegrid', { name: 'Layers' });
    await tree.getByRole('row', { name: /^stem .* of 4 low-bit/ }).waitFor();
    await page.getByRole('button', { name: 'Close all modules' }).click();
    await waitUntil(async () => (await tree.locator('[aria-level]').count()) === 2, 'two modules are left');
    await tree.focus();
    await page.keyboard.press('Home');
    const current = tree.locator('[aria-selected=true]');
    await current.and(page.locator('[aria-level="1"][aria-expanded=false]')).waitFor();
    await page.getByRole('region', { name: 'Selected module' }).getByText('stem', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await current.and(page.locator('[aria-level="1"][aria-expanded=true]')).waitFor();
    await page.keyboard.press('ArrowRight');
    await current.and(page.locator('[aria-level="2"]')).waitFor();
    await page.keyboard.press('ArrowRight');
    await waitUntil(async () => (await tree.locator('[aria-level="3"]').count()) === 2, 'layers of the block');
    await page.reload();
    await waitUntil(async () => (await tree.locator('[aria-level="3"]').count()) === 2, 'the address has it');
    await tree.getByRole('row', { name: /^stem .* of 4 low-bit/ }).click();
    await page.keyboard.press('ArrowLeft');
    await waitUntil(async () => (await tree.locator('[aria-level]').count()) === 2, 'closed again');
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  void it('selects two runs with the keyboard and compares them', async () => {
    const pageCase = caseNamed('history');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('grid').focus();
    for (const key of ['Home', 'Space', 'ArrowDown', 'ArrowDown', 'Space']) await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    await page.getByText('B cannot be compared fairly with A').waitFor();
    await page.context().close();
  });

  void it('deletes runs and brings them back', async () => {
    const pageCase = caseNamed('history');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No runs yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('ResNet-8, measured choice').waitFor();
    await page.context().close();
  });

  void it('says so when what was written on a run cannot be kept, and loses no note', async () => {
    const pageCase = caseNamed('run-overview');
    const host = { ...hostOf(pageCase, {}), updateError: 'The disk is full.' };
    const { page } = await openPage(browser, pageCase, host, size);
    await page.getByRole('button', { name: 'Edit note' }).click();
    await page.getByRole('textbox', { name: 'Notes' }).fill('Ask QA again.');
    await page.getByRole('textbox', { name: 'Notes' }).blur();
    await page.getByText('The disk is full.').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Notes' }).inputValue(), 'Ask QA again.');
    const unstar = page.getByRole('button', { name: 'Remove star' });
    await unstar.click();
    await page.getByText('The disk is full.').nth(1).waitFor();
    await unstar.waitFor();
    await page.context().close();
  });

  void it('gives a view away as Markdown and as a link, and draws notes without what is HTML in them', async () => {
    const pageCase = caseNamed('run-overview');
    const layersHash = `${pageCase.hash}?tab=layers`;
    const notes = `**Ship** on Friday <img src=x>\n[layers](${layersHash}) [site](https://a.example/)\n\n- [x] QA`;
    const own = makeStubHost();
    const details = own.details.map((run, index) => (index === 0 ? { ...run, row: { ...run.row, notes } } : run));
    const { page, problems } = await openPage(browser, pageCase, { ...hostOf(pageCase, {}), details }, size);
    await page.locator('strong', { hasText: /^Ship$/ }).waitFor();
    await page.getByText('<img src=x>').waitFor();
    assert.equal(await page.getByRole('link', { name: 'site' }).count(), 0, 'it leads nowhere outside');
    await page.evaluate(() => {
      const copied: string[] = [];
      const writeText = (text: string) => Promise.resolve(void copied.push(text));
      Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
      Object.assign(globalThis, { copied });
    });
    const readCopied = () => page.evaluate(() => (globalThis as unknown as { copied: string[] }).copied);
    const copy = async (name: string, said: string): Promise<string> => {
      const { length: before } = await readCopied();
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name, exact: true }).click();
      await waitUntil(async () => (await readCopied()).length > before, `${name} copies`);
      // That of the time before may still be there.
      await page.getByText(said).first().waitFor();
      await page.getByRole('menu').waitFor({ state: 'hidden' });
      return (await readCopied()).at(-1)!;
    };
    const overview = await copy('Copy as Markdown', 'View copied as Markdown');
    assert.match(overview, /^# ResNet-8, measured choice\n/);
    for (const line of [notes, '- Not proven · ', '## Findings', '| Stored bytes | 320 kB | 99.8 kB | 3.21× |']) {
      assert.ok(overview.includes(line), `${line} in ${overview}`);
    }
    await page.getByRole('link', { name: 'layers', exact: true }).click();
    await page.getByRole('grid').waitFor();
    const address = await copy('Copy link', 'Link to this view copied');
    assert.equal(address, `${browser.url}${layersHash}`);
    await page.getByPlaceholder('Filter layers').fill('dense');
    await page.getByText('2 of 30 layers').waitFor();
    const layers = await copy('Copy as Markdown', 'View copied as Markdown');
    const rows = layers.split('\n').filter((line) => line.startsWith('| '));
    assert.deepEqual(rows.length, 4, 'head, rule and what is left of the layers');
    assert.match(rows[2]!, /^\| dense \| w8 a8 \| 0\.004 \| 0\.005 \| 0\.80× \|/, 'figures as they are drawn');
    assert.ok(layers.includes(`<${page.url()}>`));
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  void it('finds the run to compare with by the keyboard alone', async () => {
    const pageCase = caseNamed('run-overview');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('button', { name: 'Compare with…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Compare ResNet-8, measured choice with' });
    await dialog.locator('input:focus').waitFor();
    await dialog.getByText('another model, mobilenetv2.onnx').waitFor();
    await page.keyboard.type('entropy');
    await waitUntil(async () => (await dialog.getByRole('link').count()) === 1, 'one run is left');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    assert.ok(page.url().endsWith(`run=${fixtureRuns.auto.runId}&run=${fixtureRuns.entropy.runId}`));
    await page.context().close();
  });

  void it('shows what led to a failure and starts the same run again', async () => {
    const pageCase = caseNamed('run-failed');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const log = page.getByRole('list', { name: 'Log' });
    await waitUntil(
      async () => /Prepare[^]*Opset 9[^]*Calibrate/.test(await log.innerText()),
      'the stages and messages stand in their order',
    );
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForFunction(
      () => (globalThis as unknown as { location: { hash: string } }).location.hash === '#/run/new-run',
    );
    const start = (await callsOf(page)).find((call) => call.name === 'run.start');
    const { request } = start?.parameters as { request: { modelPath: string; threads: number } };
    assert.deepEqual([request.modelPath, request.threads], [fixtureRuns.auto.model.original.path, 1]);
    await page.context().close();
  });

  void it('does not call a history empty that cannot be read', async () => {
    const pageCase = caseNamed('history');
    const host = { ...hostOf(pageCase, {}), listError: 'The disk is gone.' };
    const { page } = await openPage(browser, { ...pageCase, ready: '[role=alert], [role=note]' }, host, size);
    await page.getByText('The disk is gone.').waitFor();
    assert.equal(await page.getByText('No runs yet.').count(), 0);
    await page.context().close();
  });

  void it('does not read the history for each of many runs that change at once', async () => {
    const pageCase = caseNamed('history');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const countLists = async () => (await callsOf(page)).filter(({ name }) => name === 'runs.list').length;
    const before = await countLists();
    await page.evaluate(async () => {
      const { stubControls } = globalThis as unknown as { stubControls: StubControls };
      for (let index = 0; index < 300; index += 1) {
        stubControls.send({ name: 'run.changed', payload: { runId: `run-${index}`, status: 'deleted' } });
        // As messages from another process come: one by one.
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await waitUntil(async () => (await countLists()) > before, 'the history is read');
    // What may come later than one of them comes within this.
    await page.waitForTimeout(300);
    const asked = (await countLists()) - before;
    // Once, or now and then where this machine takes its time between two of them.
    assert.ok(asked < 100, `${asked} times`);
    await page.context().close();
  });

  void it('takes a setting back that cannot be kept', async () => {
    const pageCase = caseNamed('settings');
    const host = { ...hostOf(pageCase, {}), settingsError: 'The disk is full.' };
    const { page } = await openPage(browser, pageCase, host, size);
    await page.getByText('Dark', { exact: true }).click();
    await page.getByText('The disk is full.').waitFor();
    await waitUntil(async () => !(await page.getByRole('radio', { name: 'Dark' }).isChecked()), 'it is not dark');
    await page.context().close();
  });

  void it('starts a run with what the form says', async () => {
    const pageCase = caseNamed('experiment-model');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('textbox', { name: 'Threads' }).fill('2');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForFunction(
      () => (globalThis as unknown as { location: { hash: string } }).location.hash === '#/run/new-run',
    );
    const start = (await callsOf(page)).find((call) => call.name === 'run.start');
    const { request } = start?.parameters as {
      request: { threads: number; modelPath: string; data: { path: string } };
    };
    assert.equal(request.threads, 2);
    assert.equal(request.modelPath, '/home/ada/models/resnet8-cifar10.onnx');
    assert.equal(request.data.path, '/home/ada/data/cifar10');
    await page.context().close();
  });

  void it('saves changed options under a name, offers them again, and deletes them with a way back', async () => {
    const pageCase = caseNamed('experiment-model');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('button', { name: 'All options' }).click();
    await page.getByRole('textbox', { name: 'Calibration samples' }).fill('64');
    await page.getByRole('button', { name: 'Save recipe' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('ours');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Delete recipe' }).waitFor();
    const saved = (await callsOf(page)).find((call) => call.name === 'recipes.save');
    const { recipe } = saved?.parameters as { recipe: { name: string; calibrationSamples: number } };
    assert.deepEqual([recipe.name, recipe.calibrationSamples], ['ours', 64]);

    const preset = page.getByRole('combobox', { name: 'Preset' });
    assert.equal(await preset.inputValue(), 'ours');
    await preset.click();
    await page.getByRole('option', { name: 'int8-static', exact: true }).click();
    await preset.click();
    await page.getByRole('option', { name: 'ours' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Calibration samples' }).inputValue(), '64');

    await page.getByRole('button', { name: 'Delete recipe' }).click();
    await page.getByRole('button', { name: 'Save recipe' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Delete recipe' }).waitFor();
    await page.context().close();
  });

  void it('imports a bundle that is dropped on the window', async () => {
    const pageCase = caseNamed('start');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['zip'], 'lab.vernier'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    });
    // Not before the user says so.
    const question = page.getByRole('dialog', { name: 'Import this bundle?' });
    await question.getByText('/home/ada/lab.vernier').waitFor();
    assert.equal((await callsOf(page)).filter(({ name }) => name === 'runs.import').length, 0);
    await question.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('1 run added · 1 was already here').waitFor();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    const call = (await callsOf(page)).find(({ name }) => name === 'runs.import');
    assert.deepEqual(call?.parameters, { path: '/home/ada/lab.vernier' });
    await page.context().close();
  });

  for (const { language, caseName, button, shown, word } of [
    { language: 'en', caseName: 'running', button: 'Cancel run', shown: '[role=status]', word: 'Cancelling…' },
    { language: 'en', caseName: 'queue', button: 'Cancel ResNet-8, entropy', shown: 'main li', word: 'Cancelling…' },
    { language: 'zh-CN', caseName: 'queue', button: '取消 ResNet-8, entropy', shown: 'main li', word: '正在取消…' },
  ] as const) {
    void it(`asks the host to cancel and says so everywhere in the next frame: ${caseName}, ${language}`, async () => {
      const pageCase = caseNamed(caseName);
      const { page } = await openPage(browser, pageCase, hostOf(pageCase, { language }), size);
      const sidebarCard = 'nav button:has([role=progressbar])';
      const said = await page.getByRole('button', { name: button }).evaluate(
        async (element, places) => {
          (element as HTMLButtonElement).click();
          await new Promise(requestAnimationFrame);
          return places.map((place) => document.querySelector(place)?.textContent ?? '');
        },
        [shown, sidebarCard],
      );
      for (const text of said) assert.ok(text.includes(word), `"${text}" does not say ${word}`);
      assert.equal((await callsOf(page)).filter((call) => call.name === 'run.cancel').length, 1);
      // Another page knows as well.
      await page.locator(sidebarCard).click();
      await page.getByRole('main').getByRole('button', { name: word }).waitFor();
      await page.context().close();
    });
  }

  void it('opens ten thousand runs without asking for all of them', async () => {
    const host = makeStubHost();
    const template = host.details[0]!.row;
    const extraRows = Array.from({ length: 10_000 }, (_, index) => ({
      ...template,
      runId: `many-${index}`,
      name: `Run ${index}`,
      startedTimestampMs: index,
    }));
    const { page } = await openPage(browser, caseNamed('history'), { ...host, extraRows }, size);
    await page.getByText('10006 runs').waitFor();
    const asked = (await callsOf(page))
      .filter((call) => call.name === 'runs.list')
      .map((call) => (call.parameters as { limit: number }).limit);
    assert.ok(asked.every((limit) => limit <= 200));
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.getByText('Run 0', { exact: true }).waitFor();
    await page.context().close();
  });

  void it('switches language and theme at once', async () => {
    const pageCase = caseNamed('settings');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page
      .getByRole('combobox', { name: 'Language' })
      .or(page.getByRole('textbox', { name: 'Language' }))
      .first()
      .click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    await page.getByText('深色').click();
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await page.context().close();
  });
});
