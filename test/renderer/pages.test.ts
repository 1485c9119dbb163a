import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { findViolations } from './find-violations.ts';
import { hostOf, pageCases } from './pages.ts';
import { fixtureRuns } from './stub-bridge.ts';

const size = { width: 1280, height: 800 };

void describe('pages of the window', { skip }, () => {
  let browser: StartedBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  for (const pageCase of pageCases) {
    for (const look of [
      { theme: 'light', language: 'en' },
      { theme: 'dark', language: 'zh-CN' },
    ] as const) {
      void it(`${pageCase.name} is accessible and complains of nothing (${look.theme}, ${look.language})`, async () => {
        const { page, problems } = await openPage(browser, pageCase, hostOf(pageCase, look), size);
        assert.deepEqual(await findViolations(page), []);
        assert.deepEqual(problems, []);
        await page.context().close();
      });
    }
  }

  for (const [language, figure, advice] of [
    ['en', /Closed loop, 200 steps:\s+6\.0 dB · 87\.5 % of decisions alike/, /Do not ship[^]*Over 200 steps.* 50\.1 %/],
    ['zh-CN', /闭环运行 200 步：\s+6\.0 dB · 判定一致率 87\.5 %/, /不要发布[^]*运行 200 步后.* 50\.1 %/],
  ] as const) {
    void it(`shows the closed loop beside what single steps say, and judges by it (${language})`, async () => {
      const pageCase = pageCases.find(({ name }) => name === 'loop-run')!;
      const { page } = await openPage(browser, pageCase, hostOf(pageCase, { language }), size);
      const text = await page.locator('main section').first().innerText();
      assert.match(text, figure);
      assert.match(text, advice);
      await page.context().close();
    });
  }

  for (const language of ['en', 'zh-CN'] as const) {
    void it(`says nothing of classes where nothing ranks them (${language})`, async () => {
      const texts = new Map<string, string>();
      for (const pageCase of pageCases.filter(({ name }) => name.startsWith('unranked-'))) {
        const { page } = await openPage(browser, pageCase, hostOf(pageCase, { language }), size);
        const text = await page.locator('main').innerText();
        assert.doesNotMatch(text, /\b(?:NaN|null|undefined|Infinity)\b/, pageCase.name);
        assert.doesNotMatch(text, /Same class|Same first class|Top-1|类别一致/, pageCase.name);
        texts.set(pageCase.name, text);
        await page.context().close();
      }
      const { sqnrDb, cosine } = fixtureRuns.auto.accuracy.agreement;
      for (const name of ['unranked-run', 'unranked-compare']) {
        assert.ok(texts.get(name)!.includes(`${sqnrDb!.toFixed(1)} dB`), name);
        assert.ok(texts.get(name)!.includes(cosine.toFixed(5)), name);
      }
    });
  }
});
