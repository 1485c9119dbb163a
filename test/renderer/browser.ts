import { chromium, type Browser, type Page } from 'playwright-core';
import { areRequired, findChromium } from '../../scripts/test-programs.ts';
import type { PageCase } from './pages.ts';
import { serveBuild } from './serve-build.ts';
import { installStub, type StubHost } from './stub-bridge.ts';

/** Chromium of the machine; null where there is none. */
export const chromiumPath = findChromium();

/** For `describe`: false where there is Chromium, or has to be. */
export const skip = chromiumPath === null && !areRequired ? 'no Chromium: apt-get install chromium' : false;

export interface StartedBrowser {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<StartedBrowser> {
  if (chromiumPath === null)
    throw new Error('No Chromium found; install Debian\'s "chromium" or set VERNIER_CHROMIUM.');
  const { url, server } = await serveBuild();
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    browser,
    url,
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Opens a page over a stub host. `problems` gathers what the page complained about, CSP violations among it. */
export async function openPage(
  { browser, url }: StartedBrowser,
  pageCase: PageCase,
  host: StubHost,
  look: { readonly width: number; readonly height: number },
): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  await page.addInitScript(installStub, host);
  await page.goto(url + pageCase.hash);
  await page.waitForSelector('h1', { state: 'attached' });
  if (pageCase.tab !== undefined) await page.getByRole('tab').nth(pageCase.tab).click();
  await page.waitForSelector(pageCase.ready);
  // Charts draw in the next frames, with the letters that are there then.
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  });
  return { page, problems };
}
