import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { findViolations } from './find-violations.ts';
import { hostOf, pageCases, type PageCase } from './pages.ts';
import { fixtureRuns, type StubControls } from './stub-bridge.ts';

const size = { width: 1280, height: 800 };
const looks = [
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'zh-CN' },
] as const;
type Look = (typeof looks)[number];

interface ShownPage {
  readonly pageCase: PageCase;
  readonly page: Page;
  readonly problems: string[];
}

/** As a change in the settings page arrives in every window: nothing is loaded again. */
async function changeLook({ pageCase, page }: ShownPage, look: Look): Promise<void> {
  await page.evaluate((settings) => {
    const { stubControls } = globalThis as unknown as { stubControls: StubControls };
    stubControls.send({ name: 'settings.changed', payload: settings });
  }, hostOf(pageCase, look).settings);
  await page
    .locator(`html[data-mantine-color-scheme=${look.theme}][lang=${look.language}]`)
    .waitFor({ state: 'attached' });
}

const loopTexts = {
  en: [/Closed loop, 200 steps:\s+6\.0 dB · 87\.5 % of decisions alike/, /Do not ship[^]*After 200 steps.* 50\.1 %/],
  'zh-CN': [/闭环运行 200 步：\s+6\.0 dB · 决策一致率 87\.5 %/, /不要发布[^]*运行 200 步后.* 50\.1 %/],
};

/** The closed loop is shown beside what single steps say, and judged by. */
async function assertLoop({ page }: ShownPage, { language }: Look): Promise<void> {
  const text = await page.locator('main section').first().innerText();
  for (const pattern of loopTexts[language]) assert.match(text, pattern);
}

/** Nothing is said of classes where nothing ranks them. */
async function assertUnranked({ pageCase: { name }, page }: ShownPage): Promise<void> {
  const text = await page.locator('main').innerText();
  assert.doesNotMatch(text, /\b(?:NaN|null|undefined|Infinity)\b/);
  assert.doesNotMatch(text, /Same class|Same first class|Top-1|类别一致/);
  if (name !== 'unranked-run' && name !== 'unranked-compare') return;
  const { sqnrDb, cosine } = fixtureRuns.auto.accuracy.agreement;
  for (const figure of [`${sqnrDb!.toFixed(1)} dB`, cosine.toFixed(5)]) assert.ok(text.includes(figure), figure);
}

void describe('pages of the window', { skip }, () => {
  let browser: StartedBrowser;
  let shown: ShownPage | null = null;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  /** Loading the window takes longer than all that is tried on a page: tabs of one page are one page. */
  async function show(pageCase: PageCase): Promise<ShownPage> {
    const isNext =
      shown !== null &&
      pageCase.tab !== undefined &&
      shown.pageCase.hash === pageCase.hash &&
      shown.pageCase.host === pageCase.host;
    if (isNext) {
      const { page, problems } = shown!;
      shown = { pageCase, page, problems };
      await changeLook(shown, looks[0]);
      const tab = page.getByRole('tab').nth(pageCase.tab);
      await tab.click();
      await tab.and(page.locator('[aria-selected=true]')).waitFor();
      await page.locator(pageCase.ready).first().waitFor();
      return shown;
    }
    await shown?.page.context().close();
    shown = null;
    shown = { pageCase, ...(await openPage(browser, pageCase, hostOf(pageCase, looks[0]), size)) };
    return shown;
  }

  for (const pageCase of pageCases) {
    void it(`${pageCase.name} is accessible and complains of nothing, in light English and in dark Chinese`, async () => {
      const showing = await show(pageCase);
      for (const look of looks) {
        if (look !== looks[0]) await changeLook(showing, look);
        assert.deepEqual(await findViolations(showing.page), [], look.theme);
        assert.deepEqual(showing.problems, [], look.theme);
        if (pageCase.name === 'loop-run') await assertLoop(showing, look);
        if (pageCase.name.startsWith('unranked-')) await assertUnranked(showing);
      }
    });
  }
});
