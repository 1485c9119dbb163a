import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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

  const open = async (name: string) => {
    const pageCase = caseOf(name);
    const opened = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await opened.page.keyboard.press('Control+k');
    const search = opened.page.getByPlaceholder('Find runs, layers, pages and actions');
    await search.waitFor();
    return { ...opened, search };
  };

  for (const name of ['start', 'experiment-empty', 'queue', 'history', 'settings', 'run-failed']) {
    it(`opens from ${name} and leads to a page by keys alone`, async () => {
      const { page, problems } = await open(name);
      await page.keyboard.type(name === 'settings' ? 'Queue' : 'Settings');
      await page.getByRole('button', { name: name === 'settings' ? 'Queue' : 'Settings', exact: true }).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(name === 'settings' ? /#\/queue/ : /#\/settings/);
      assert.deepEqual(problems, []);
      await page.context().close();
    });
  }

  it('finds a layer of the run on screen, and Back leads to where it was called', async () => {
    const { page } = await open('run-overview');
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
