import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { describe } from 'node:test';
import { chromium } from 'playwright-core';
import { renderHtml } from '../../electron/report/formats/html.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { chromiumPath } from '../renderer/browser.ts';
import { makeFolder } from '../store/run-fixture.ts';
import { readRealRun, renameLayer } from './real-runs.ts';

const run = readRealRun('mobilenetv2');
const html = renderHtml(buildRunReport(run, 'en', 'A4'));

test('one file that names nothing outside of itself and runs nothing', () => {
  assert.doesNotMatch(html, /<(?:script|link|img|iframe|object|embed)\b/i);
  assert.doesNotMatch(html, /\b(?:src|href)="(?!#)/i);
  assert.doesNotMatch(html, /@import|url\(\s*["']?(?!#)/i);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
});

test('the same run gives the same file', () => {
  assert.equal(renderHtml(buildRunReport(run, 'en', 'A4')), html);
});

test('a name cannot become markup', () => {
  const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  const made = renderHtml(buildRunReport(renameLayer(run, 0, { name: evil, latencyBeforeMs: 99 }), 'en', 'A4'));
  assert.doesNotMatch(made, /<script|<img/);
  assert.ok(made.includes('&lt;script&gt;'));
});

test('charts say in words what they show', () => {
  const charts = html.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
  assert.ok(charts.length >= 4);
  for (const chart of charts) assert.match(chart, /<title[^>]*>[^<]+<\/title>\s*<desc[^>]*>[^<]+<\/desc>/);
});

const skip = chromiumPath === null ? 'needs a Chromium (Debian: apt-get install chromium)' : false;
describe('in a browser without a network', { skip }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`it opens ${colorScheme}, asks for nothing, complains of nothing and fits`, async (context) => {
      const path = join(makeFolder(context), 'report.html');
      writeFileSync(path, html);
      const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage({ colorScheme, viewport: { width: 1000, height: 800 } });
        const requests: string[] = [];
        const problems: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        page.on('console', (message) => problems.push(message.text()));
        page.on('pageerror', (error) => problems.push(error.message));
        await page.goto(pathToFileURL(path).href);
        assert.deepEqual(requests, [pathToFileURL(path).href]);
        assert.deepEqual(problems, []);
        const seen = await page.evaluate(() => ({
          background: getComputedStyle(document.body).backgroundColor,
          overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          headings: [...document.querySelectorAll('h2')].map((heading) => heading.textContent),
        }));
        assert.equal(seen.background, colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(23, 27, 31)');
        assert.equal(seen.overflow, 0);
        assert.ok(seen.headings.includes('Savings'));
      } finally {
        await browser.close();
      }
    });
  }
});
