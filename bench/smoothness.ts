/**
 * `npm run bench:smoothness [-- electron|browser]`: how smoothly the window runs, in the desktop app (the Electron that is
 * there) and in Chromium over the browser host: how soon it can be used after the start, how soon a history of 10,000 runs
 * shows, how evenly 5,000 layers scroll, how soon 1,300 layers are shown in their modules and how evenly those scroll, and the longest task of its main thread while a ResNet-50 calibrates. Ends with one
 * line of all figures for each host; exits with 1 when one falls short.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { importRun } from '../electron/store/import-runs.ts';
import { closeStore, openStore } from '../electron/store/open.ts';
import { electronAvailability, launchDesktop, request, startDisplay, startServer } from '../test/e2e/harness.ts';
import { makeDocument, makeRequest } from '../test/store/run-fixture.ts';
import { buildResnet50 } from './build-resnet50.ts';

const limits = { interactiveMs: 1500, historyMs: 300, frameMs: 32, taskMs: 50, treeMs: 300 };
const runCount = 10_000;
const layerCount = 5000;
const treeLayerCount = 1300;
const scrollSteps = 300;
const scrollStepPx = 120;
const calibrationSamples = 64;

const root = fileURLToPath(new URL('..', import.meta.url));
const benchFolder = join(root, 'out', 'bench');
const home = mkdtempSync(join(tmpdir(), 'vernier-smoothness-'));
const database = join(home, 'history.db');
/** A user without settings, whose history is the one made here. */
const environment = { HOME: home, XDG_DATA_HOME: join(home, 'data'), VERNIER_DATABASE: database };
const chromiumPath = process.env['VERNIER_CHROMIUM'] ?? '/usr/bin/chromium';

function addLargeRun(count: number): string {
  const store = openStore(database);
  try {
    const document = makeDocument(makeRequest());
    const [first] = document.layers;
    const layers = Array.from({ length: count }, (_, index) => ({
      ...first!,
      name: `/encoder/layer.${Math.floor(index / 10)}/attention/MatMul_${index % 10}`,
      latencyBeforeMs: 0.01 + (index % 97) / 100,
      latencyAfterMs: 0.01 + (index % 41) / 100,
    }));
    importRun(store, { ...document, layers }, { name: `${count} layers` });
    return document.runId;
  } finally {
    closeStore(store);
  }
}

interface StartedHost {
  readonly page: Page;
  /** From the start until the page shows what it asked the host for and its buttons can be pressed. */
  readonly interactiveMs: number;
  readonly startNote: string;
  readonly close: () => Promise<void>;
}

async function waitUntilUsable(page: Page): Promise<void> {
  await page.getByRole('gridcell').first().waitFor();
  await page.getByRole('button', { name: 'Try the sample' }).click({ trial: true });
}

/** Measured from the start of the program. */
async function startElectron(): Promise<StartedHost> {
  await startDisplay();
  const started = performance.now();
  const { app, page, close } = await launchDesktop({ folder: home, environment });
  await waitUntilUsable(page);
  const interactiveMs = performance.now() - started;
  const version = await app.evaluate(() => process.versions['electron']);
  return { page, interactiveMs, startNote: `from the start of Electron ${version}`, close };
}

/** Measured from the address being opened: the server has been there for long. */
async function startBrowser(): Promise<StartedHost> {
  const serverStarted = performance.now();
  const server = await startServer({ folder: home, roots: [benchFolder], environment });
  const serverMs = performance.now() - serverStarted;
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const started = performance.now();
  await page.goto(server.url, { waitUntil: 'commit' });
  await waitUntilUsable(page);
  return {
    page,
    interactiveMs: performance.now() - started,
    startNote: `host up after ${serverMs.toFixed(0)} ms more`,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

async function open(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, address);
}

/** In the page: from the click on "History" until its rows are drawn. */
async function measureHistory(page: Page): Promise<number> {
  await open(page, '#/settings');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  return page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const started = performance.now();
    document.querySelector<HTMLAnchorElement>('nav a[href="#/history"]')!.click();
    while (document.querySelector('[role=gridcell] a') === null) await frame();
    await frame();
    return performance.now() - started;
  });
}

async function openLayers(page: Page, runId: string): Promise<void> {
  await open(page, `#/run/${runId}`);
  await page.getByRole('tab', { name: /^Layers/ }).click();
  await page.getByRole('gridcell').first().waitFor();
  await page.waitForTimeout(1000);
}

/** In the page: from the click on "Modules" until its rows are drawn; all of them open behind it. */
async function measureTree(page: Page): Promise<number> {
  const label = page.getByText('Modules', { exact: true });
  const treeMs = await label.evaluate(async (element: HTMLElement) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const started = performance.now();
    element.click();
    while (document.querySelector('[role=treegrid] [aria-level]') === null) await frame();
    await frame();
    return performance.now() - started;
  });
  await page.getByRole('button', { name: 'Open all modules' }).click();
  await page.locator('[role=treegrid] [aria-level="3"]').first().waitFor();
  await page.waitForTimeout(500);
  return treeMs;
}

async function measureScrolling(page: Page): Promise<number[]> {
  const frames = await page.evaluate(
    async ([steps, stepPx]) => {
      const grid = document.querySelector('[role=grid], [role=treegrid]')!;
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const durations: number[] = [];
      let last = await frame();
      for (let step = 0; step < steps!; step += 1) {
        grid.scrollTop += stepPx!;
        const now = await frame();
        durations.push(now - last);
        last = now;
      }
      return durations;
    },
    [scrollSteps, scrollStepPx],
  );
  return frames.sort((left, right) => left - right);
}

/** Longest task of the page's main thread while the run's page shows every range and progress of a calibration. */
async function measureCalibration(page: Page, modelPath: string): Promise<number> {
  const reply = await request(page, 'run.start', {
    request: {
      modelPath,
      data: { random: true },
      recipe: { calibrationMethod: 'percentile', calibrationSamples },
      threads: 1,
    },
    name: 'ResNet-50',
  });
  if (!reply.ok) throw new Error(`The run did not start: ${JSON.stringify(reply)}`);
  await open(page, `#/run/${reply.value.runId}`);
  const stage = page.locator('[aria-current=step]');
  await stage.filter({ hasText: 'Calibrate' }).waitFor({ timeout: 60_000 });
  await page.evaluate(() => {
    const scope = window as unknown as { longestTaskMs: number };
    scope.longestTaskMs = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) scope.longestTaskMs = Math.max(scope.longestTaskMs, entry.duration);
    }).observe({ type: 'longtask' });
  });
  await stage.filter({ hasText: 'Quantize' }).waitFor({ timeout: 300_000 });
  await page.waitForTimeout(2000);
  const longestTaskMs = await page.evaluate(() => (window as unknown as { longestTaskMs: number }).longestTaskMs);
  await page.getByRole('button', { name: 'Cancel run' }).click();
  return longestTaskMs;
}

if (!existsSync(join(root, 'dist', 'renderer', 'index.html'))) {
  throw new Error('The window is not built: run `npm run build`.');
}
mkdirSync(benchFolder, { recursive: true });
const modelPath = join(benchFolder, 'resnet50.onnx');
if (!existsSync(modelPath)) await buildResnet50(modelPath, 1);
execFileSync(process.execPath, [join(root, 'bench/history.ts'), '--runs', String(runCount), '--keep', database], {
  stdio: 'ignore',
});
const largeRunId = addLargeRun(layerCount);
const treeRunId = addLargeRun(treeLayerCount);

async function measureHost(host: string, start: () => Promise<StartedHost>): Promise<string[]> {
  const misses: string[] = [];
  const figures: string[] = [];
  function report(name: string, value: number, limit: number, note = ''): void {
    // A long task is one of 50 ms or more: shorter ones the browser does not tell.
    const text = name === 'longest task' && value === 0 ? 'under 50 ms' : `${value.toFixed(0)} ms`;
    console.log(`${host.padEnd(9)} ${name.padEnd(14)} ${text.padStart(12)}   limit ${limit} ms   ${note}`);
    figures.push(`${name} ${text}`);
    if (value >= limit) misses.push(name);
  }
  const { page, interactiveMs, startNote, close } = await start();
  try {
    report('interactive', interactiveMs, limits.interactiveMs, startNote);
    const first = await measureHistory(page);
    const again = await measureHistory(page);
    report('history', Math.max(first, again), limits.historyMs, `${runCount} runs, the slower of two`);
    await openLayers(page, largeRunId);
    const frames = await measureScrolling(page);
    const median = frames[frames.length >> 1]!;
    const note = `${layerCount} layers, ${frames.length} frames, median ${median.toFixed(1)} ms`;
    report('longest frame', frames.at(-1)!, limits.frameMs, note);
    await openLayers(page, treeRunId);
    report('tree', await measureTree(page), limits.treeMs, `${treeLayerCount} layers in their modules`);
    const treeFrames = await measureScrolling(page);
    report('frame of tree', treeFrames.at(-1)!, limits.frameMs, 'all modules open');
    report('longest task', await measureCalibration(page, modelPath), limits.taskMs, 'while a ResNet-50 calibrates');
  } finally {
    await close();
  }
  console.log(
    `${host}: ${misses.length === 0 ? 'smooth' : `FELL SHORT (${misses.join(', ')})`}: ${figures.join(', ')}`,
  );
  return misses;
}

const wanted = process.argv[2];
let fellShort = false;
try {
  if (wanted === 'electron' || (wanted === undefined && electronAvailability.skip === false)) {
    fellShort = (await measureHost('electron', startElectron)).length > 0;
  }
  if (wanted !== 'electron') fellShort = (await measureHost('browser', startBrowser)).length > 0 || fellShort;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(fellShort ? 1 : 0);
