/**
 * `node test/renderer/screenshots.ts OUT [filter]`: every page in light and dark, both sizes, both languages, from the built
 * renderer (npx vite build) with a stub host; to be looked at, not compared.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostOf, pageCases } from './pages.ts';
import { openPage, startBrowser } from './browser.ts';

const [out = 'out/screenshots', filter = ''] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await startBrowser();
const looks = [
  { theme: 'light', language: 'en', width: 1280, height: 800 },
  { theme: 'dark', language: 'en', width: 1920, height: 1080 },
  { theme: 'dark', language: 'en', width: 1280, height: 800 },
  { theme: 'light', language: 'zh-CN', width: 1280, height: 800 },
] as const;
for (const page of pageCases) {
  for (const look of looks) {
    const name = `${page.name}-${look.theme}-${look.language}-${look.width}`;
    if (!name.includes(filter)) continue;
    const opened = await openPage(browser, page, hostOf(page, look), look);
    await opened.page.screenshot({ path: join(out, `${name}.png`) });
    for (const problem of opened.problems) console.log(`${name}: ${problem}`);
    await opened.page.close();
  }
}
await browser.close();
