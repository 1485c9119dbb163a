import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { hostOf, pageCases } from './pages.ts';

const size = { width: 1280, height: 800 };
const layers = pageCases.find(({ name }) => name === 'run-layers')!;

void describe('letters of the window', { skip }, () => {
  let browser: StartedBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  it('Chinese has a font of its own, in both weights, before charts are drawn', async () => {
    const loaded = async (language: 'en' | 'zh-CN') => {
      const { page } = await openPage(browser, layers, hostOf(layers, { language }), size);
      const fonts = await page.evaluate(() =>
        [...document.fonts]
          .filter(({ family, status }) => family.includes('Vernier Noto Sans SC') && status === 'loaded')
          .map(({ weight }) => weight),
      );
      await page.context().close();
      return fonts.sort();
    };
    assert.deepEqual(await loaded('zh-CN'), ['400 550', '551 900']);
    assert.deepEqual(await loaded('en'), []);
  });

  it('no letter is drawn as another, and only figures below each other are tabular', async () => {
    const { page } = await openPage(browser, layers, hostOf(layers, {}), size);
    const styles = await page.evaluate(() => {
      const of = (selector: string) => getComputedStyle(document.querySelector(selector)!);
      return {
        text: of('body').fontVariantLigatures,
        input: of('input').fontVariantLigatures,
        words: of('[role=gridcell]').fontVariantNumeric,
        figures: of('[role=gridcell][data-align=end]').fontVariantNumeric,
      };
    });
    assert.deepEqual(styles, {
      text: 'no-contextual',
      input: 'no-contextual',
      words: 'normal',
      figures: 'tabular-nums',
    });
    await page.context().close();
  });
});
