import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { readMessages } from './messages.ts';
import { failedRunId, seededRuns } from './seeded-history.ts';
import { chooseChinese, takePicture } from './steps.ts';
import { oneHost, story } from './story.ts';

const english = readMessages('en');
const chinese = readMessages('zh-CN');
/** What must not be seen any more: texts that differ in Chinese. Words such as "int8" and "MACs" are the same in both. */
const chineseTexts = new Set(chinese.values());
const englishOnly = new Set([...english.values()].filter((text) => !chineseTexts.has(text)));

/** Every text a user can see, hover or hear. */
function readTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() !== null) texts.push(walker.currentNode.textContent ?? '');
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '');
    }
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  });
}

const runAddress = `#/run/${seededRuns.auto.runId}`;
const pages: readonly { readonly address: string; readonly heading: string; readonly tab?: string }[] = [
  { address: '#/', heading: 'start.title' },
  { address: '#/new', heading: 'navigation.experiment' },
  { address: '#/queue', heading: 'navigation.queue' },
  { address: '#/history', heading: 'navigation.history' },
  ...['overview', 'layers', 'candidates', 'diagnostics', 'conditions'].map((tab) => ({
    address: runAddress,
    heading: `run.tab.${tab}`,
    tab: `run.tab.${tab}`,
  })),
  { address: `#/run/${failedRunId}`, heading: 'run.askedFor' },
  { address: `#/compare?run=${seededRuns.auto.runId}&run=${seededRuns.twoThreads.runId}`, heading: 'compare.runs' },
  { address: '#/devices', heading: 'devices.whatTitle' },
  { address: '#/settings', heading: 'navigation.settings' },
];

story(
  'every page speaks Chinese once it is chosen, also after a restart',
  { history: 'seeded', hosts: oneHost },
  async (first) => {
    await chooseChinese(first.page);
    const window = await first.restart();
    const { page } = window;
    for (const { address, heading, tab } of pages) {
      await page.evaluate((hash) => {
        globalThis.location.hash = hash;
      }, address);
      if (tab !== undefined) await page.getByRole('tab', { name: chinese.get(tab)! }).click();
      await page
        .getByText(chinese.get(heading)!)
        .or(page.getByLabel(chinese.get(heading)!))
        .first()
        .waitFor();
      await page.getByRole('main').getByLabel(chinese.get('common.loading')!).waitFor({ state: 'detached' });
      const texts = await readTexts(page);
      const leftovers = texts.filter((text) => english.has(text) || englishOnly.has(text));
      assert.deepEqual(leftovers, [], `${address} ${tab ?? ''} shows English or names of keys`);
      assert.ok(texts.filter((text) => /\p{Script=Han}/u.test(text)).length > 10, address);
    }
    await takePicture(window, 'chinese-settings');
  },
);
