import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { findViolations } from './find-violations.ts';
import { hostOf, pageCases } from './pages.ts';

const size = { width: 1280, height: 800 };
const caseOf = (name: string) => pageCases.find((each) => each.name === name)!;

void describe('the command palette', { skip }, () => {
  let browser: StartedBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  const openPalette = async (page: Page): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Find runs, layers, pages and actions').waitFor();
  };

  // From one window, as people go from page to page: loading it again for each would be most of what this takes.
  let shared: Awaited<ReturnType<typeof openPage>> | null = null;
  for (const name of ['start', 'experiment-empty', 'queue', 'history', 'settings', 'run-failed']) {
    it(`opens from ${name} and leads to a page by keys alone`, async () => {
      const pageCase = caseOf(name);
      shared ??= await openPage(browser, pageCase, hostOf(caseOf('queue'), {}), size);
      const { page, problems } = shared;
      await page.evaluate((hash) => void (globalThis.location.hash = hash), pageCase.hash);
      await page.locator(pageCase.ready).first().waitFor();
      await openPalette(page);
      await page.keyboard.type(name === 'settings' ? 'Queue' : 'Settings');
      await page.getByRole('button', { name: name === 'settings' ? 'Queue' : 'Settings', exact: true }).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(name === 'settings' ? /#\/queue/ : /#\/settings/);
      assert.deepEqual(problems, []);
    });
  }

  it('is there and has the focus before the next key, and keeps its words where it was closed a moment ago', async () => {
    const pageCase = caseOf('queue');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    const focused = await page.evaluate(async () => {
      const press = async (init: KeyboardEventInit) => {
        const to = document.activeElement ?? document.body;
        to.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
        // No key comes sooner than the next task.
        await new Promise((resolve) => void setTimeout(resolve));
        return document.activeElement?.getAttribute('placeholder');
      };
      const open = { key: 'k', code: 'KeyK', ctrlKey: true };
      return [await press(open), await press({ key: 'Escape', code: 'Escape' }), await press(open)];
    });
    assert.deepEqual(focused, ['Find runs, layers, pages and actions', null, 'Find runs, layers, pages and actions']);
    await page.context().close();
  });

  it('finds a layer of the run on screen, and Back leads to where it was called', async () => {
    const pageCase = caseOf('run-overview');
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await openPalette(page);
    assert.deepEqual(await findViolations(page), []);
    await page.keyboard.type('conv2d_3');
    await page
      .getByRole('button', { name: /^conv2d_3/ })
      .first()
      .click();
    await page.waitForURL(/tab=layers&layer=conv2d_3/);
    await page.getByRole('tab', { name: /Layers/, selected: true }).waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor();
    await page.context().close();
  });
});
