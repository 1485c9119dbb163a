/**
 * `node scripts/screenshots.ts [OUT] [--docs] [--language en] [--theme light] [--only TEXT] [--history FOLDER]`: every page of
 * the built window with the sample's real runs, light and dark, in both sizes and both languages, in Chromium over the browser
 * host. To be looked at, not compared. `--docs` also puts the English ones, made small, into docs/images with a page of them.
 * The first time makes the runs (some minutes on a quiet machine); `--history` says where they are kept for the next.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import prettier from 'prettier';
import sharp from 'sharp';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    docs: { type: 'boolean', default: false },
    language: { type: 'string' },
    theme: { type: 'string' },
    only: { type: 'string', default: '' },
    history: { type: 'string', default: join(tmpdir(), 'vernier-demo') },
  },
});
const out = resolve(positionals[0] ?? 'out/screenshots');
const home = resolve(values.history);
const database = join(home, 'history.db');
const samplePath = join(root, 'resources', 'sample');
// Under the names that a user would give them: paths are in the pictures.
const modelPath = join(home, 'machine-parts.onnx');
const dataPath = join(home, 'machine-parts');
// A place of its own for settings, recent files and recipes.
const environment = { ...process.env, HOME: home, XDG_DATA_HOME: join(home, 'data') };
const chromiumPath = process.env['VERNIER_CHROMIUM'] ?? '/usr/bin/chromium';

function vernier(...commandLine: string[]): void {
  const program = join(root, 'electron', 'cli', 'main.ts');
  spawnSync(process.execPath, [program, ...commandLine, '--database', database], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  });
}

function makeHistory(): void {
  mkdirSync(join(home, 'compressed'), { recursive: true });
  copyFileSync(join(samplePath, 'model.onnx'), modelPath);
  cpSync(join(samplePath, 'data'), dataPath, { recursive: true });
  const compress = (name: string, ...options: string[]) =>
    vernier('compress', modelPath, ...options, '--out', join(home, 'compressed', `${name}.onnx`), '--force');
  for (const recipe of ['int8-per-tensor', 'int8-static-minmax', 'int8-static-entropy', 'int8-static']) {
    compress(recipe, '--data', dataPath, '--recipe', recipe);
  }
  compress('two-threads', '--data', dataPath, '--recipe', 'int8-static-minmax', '--threads', '2');
  compress('random', '--random-data', '--recipe', 'int8-static-minmax');
  // One that fails: a text file is no data.
  const wrong = join(home, 'broken.npz');
  writeFileSync(wrong, 'not an archive');
  compress('failed', '--data', wrong);
}

interface RowFacts {
  readonly runId: string;
  readonly status: string;
  readonly recipeName: string;
  readonly threads: number;
  readonly randomData: boolean;
}

async function ask<Result>(page: Page, name: string, parameters: unknown = {}): Promise<Result> {
  const reply = await page.evaluate(
    async ([path, body]) => {
      const response = await fetch(path!, {
        method: 'POST',
        body: body!,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${localStorage.getItem('vernier-key') ?? ''}`,
        },
      });
      return (await response.json()) as { ok: boolean; value: unknown; error?: { message: string } };
    },
    [`/api/${name}`, JSON.stringify(parameters)],
  );
  if (!reply.ok) throw new Error(`${name}: ${reply.error?.message ?? ''}`);
  return reply.value as Result;
}

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly tab?: number;
  readonly ready: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

function listShots(rows: readonly RowFacts[], runningId: string): Shot[] {
  const done = rows.filter((row) => row.status === 'done');
  const named = (recipe: string) =>
    done.find((row) => row.recipeName === recipe && row.threads === 1 && !row.randomData)!;
  const best = `#/run/${named('int8-static').runId}`;
  const failed = rows.find((row) => row.status === 'failed')!;
  const compared = [
    named('int8-static'),
    named('int8-static-minmax'),
    named('int8-per-tensor'),
    done.find((row) => row.threads === 2)!,
  ];
  const form = `#/new?model=${encodeURIComponent(modelPath)}&data=${encodeURIComponent(dataPath)}`;
  const comparison = `#/compare?${compared.map((row) => `run=${row.runId}`).join('&')}`;
  const scrollDown = (page: Page) => page.locator('#main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
  const openOptions = async (page: Page) => {
    const control = page.locator('.mantine-Accordion-control').first();
    if ((await control.getAttribute('aria-expanded')) === 'false') await control.click();
    await page.waitForTimeout(300);
  };
  return [
    { name: 'start', hash: '#/', ready: '[role=gridcell]' },
    { name: 'experiment-empty', hash: '#/new', ready: 'form' },
    { name: 'experiment-model', hash: form, ready: '[role=gridcell]' },
    { name: 'experiment-data', hash: form, tab: 1, ready: 'figure img' },
    { name: 'experiment-plan', hash: form, tab: 2, ready: '[role=gridcell]', prepare: openOptions },
    { name: 'running', hash: `#/run/${runningId}`, ready: 'ol li' },
    { name: 'queue', hash: '#/queue', ready: 'main li' },
    { name: 'run-overview', hash: best, ready: 'canvas' },
    { name: 'run-charts', hash: best, ready: 'canvas', prepare: scrollDown },
    { name: 'run-layers', hash: best, tab: 1, ready: '[role=gridcell]' },
    { name: 'run-graph', hash: best, tab: 2, ready: '[role=application] canvas' },
    { name: 'run-samples', hash: best, tab: 3, ready: '[role=gridcell]' },
    { name: 'run-candidates', hash: best, tab: 4, ready: '[role=gridcell]' },
    { name: 'run-diagnostics', hash: best, tab: 5, ready: '[role=tabpanel] li' },
    { name: 'run-conditions', hash: best, tab: 6, ready: '[role=tabpanel] dl' },
    { name: 'run-failed', hash: `#/run/${failed.runId}`, ready: '[role=alert], [role=note]' },
    { name: 'history', hash: '#/history', ready: '[role=gridcell]' },
    { name: 'compare', hash: comparison, ready: 'canvas' },
    { name: 'compare-charts', hash: comparison, ready: 'canvas', prepare: scrollDown },
    { name: 'settings', hash: '#/settings', ready: 'dl' },
  ];
}

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const looks = ['light', 'dark']
  .flatMap((theme) => ['en', 'zh-CN'].map((language) => ({ theme, language })))
  .filter(({ theme }) => values.theme === undefined || theme === values.theme)
  .filter(({ language }) => values.language === undefined || language === values.language);
type Look = (typeof looks)[number];

interface Picture {
  readonly name: string;
  readonly theme: string;
  readonly width: number;
  readonly path: string;
}

async function takeShot(page: Page, shot: Shot, look: Look, width: number): Promise<Picture> {
  const name = `${shot.name}-${look.theme}-${look.language}-${width}`;
  await page.goto(new URL(`/${shot.hash}`, page.url()).href);
  await page.reload();
  await page.waitForSelector('h1', { state: 'attached' });
  if (shot.tab !== undefined) await page.getByRole('tab').nth(shot.tab).click();
  await page.waitForSelector(shot.ready, { timeout: 20_000 }).catch(() => console.log(`${name}: not ready`));
  await shot.prepare?.(page);
  // Not on what was clicked: it would look different.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
  const path = join(out, `${name}.png`);
  await page.screenshot({ path });
  return { name: shot.name, theme: look.theme, width, path };
}

async function waitForLatency(page: Page, runId: string): Promise<void> {
  for (;;) {
    const { events } = await ask<{ events: { type: string; stage?: string; done?: number }[] }>(page, 'run.live', {
      runId,
    });
    if (events.some((event) => event.stage === 'latency' && (event.done ?? 0) > 0)) return;
    const queue = await ask<{ runId: string }[]>(page, 'run.queue');
    if (!queue.some((entry) => entry.runId === runId)) throw new Error('The run ended before its picture was taken.');
    await page.waitForTimeout(500);
  }
}

/** All pages in one look. What runs is shown while it times the models against each other. */
async function shootLook(page: Page, look: Look): Promise<Picture[]> {
  await ask(page, 'settings.set', look);
  const { rows } = await ask<{ rows: RowFacts[] }>(page, 'runs.list');
  const start = (name: string, recipe: object) =>
    ask<{ runId: string }>(page, 'run.start', { request: { modelPath, data: { path: dataPath }, recipe }, name });
  const { runId } = await start('Machine parts again', {});
  const waiting = await start('MSE, nothing kept in float', {
    calibrationMethod: 'mse',
    keepFloat: 'none',
    name: 'mse everywhere',
  });
  const pictures: Picture[] = [];
  const shots = listShots(rows, runId).filter((shot) => shot.name.includes(values.only));
  for (const isLive of [true, false]) {
    const chosen = shots.filter((shot) => (shot.name === 'running' || shot.name === 'queue') === isLive);
    if (isLive && chosen.length > 0) await waitForLatency(page, runId);
    for (const { width, height } of sizes) {
      await page.setViewportSize({ width, height });
      for (const shot of chosen) pictures.push(await takeShot(page, shot, look, width));
    }
    if (isLive) {
      for (const started of [waiting.runId, runId]) await ask(page, 'run.cancel', { runId: started });
      await page.waitForTimeout(1500);
      await ask(page, 'runs.delete', { runIds: [runId] }).catch(() => undefined);
    }
  }
  return pictures;
}

async function shootAll(page: Page): Promise<Picture[]> {
  const { rows } = await ask<{ rows: RowFacts[] }>(page, 'runs.list');
  await ask(page, 'runs.update', {
    runId: rows.find((row) => row.recipeName === 'int8-static' && row.status === 'done')!.runId,
    name: 'Machine parts, measured choice',
    notes: 'The one we ship if QA agrees.',
    tags: ['release', 'line-3'],
    starred: true,
  });
  const pictures: Picture[] = [];
  for (const look of looks) pictures.push(...(await shootLook(page, look)));
  return pictures;
}

const titles: Readonly<Record<string, string>> = {
  start: 'Start',
  'experiment-empty': 'New experiment',
  'experiment-model': 'New experiment: the model',
  'experiment-data': 'New experiment: the data, before and after preprocessing',
  'experiment-plan': 'New experiment: what will be quantized',
  running: 'Running',
  queue: 'Queue',
  'run-overview': 'Run: verdict, savings, charts',
  'run-charts': 'Run: charts, further down',
  'run-layers': 'Run: layers',
  'run-graph': 'Run: the network as a picture',
  'run-samples': 'Run: samples whose answer changed',
  'run-candidates': 'Run: candidates that were measured',
  'run-diagnostics': 'Run: diagnostics',
  'run-conditions': 'Run: test setup',
  'run-failed': 'A run that failed',
  history: 'History',
  compare: 'Compare',
  'compare-charts': 'Compare: charts and layers, further down',
  settings: 'Settings',
};

const largestPictureBytes = 100_000;

/** Small copies for the repository, and the page that shows them. */
async function writeGallery(pictures: readonly Picture[]): Promise<void> {
  const folder = join(root, 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  for (const { name, theme, width, path } of pictures) {
    const target = join(folder, `${name}-${theme}-${width}.png`);
    // Photographs need more bytes than figures: they get coarser colours.
    for (const quality of [100, 60, 40]) {
      const options = { palette: true, quality, effort: 10, compressionLevel: 9, dither: 0 };
      const { size } = await sharp(path).png(options).toFile(target);
      if (size <= largestPictureBytes) break;
    }
  }
  const page = Object.entries(titles).map(([name, title]) => {
    const images = ['light', 'dark'].map((theme) => `![${title}, ${theme}](images/${name}-${theme}-1280.png)`);
    const larger = ['light', 'dark'].map((theme) => `[${theme}](images/${name}-${theme}-1920.png)`);
    return `## ${title}\n\n| light | dark |\n| --- | --- |\n| ${images.join(' | ')} |\n\nAt 1920 x 1080: ${larger.join(', ')}.\n`;
  });
  const text = [
    '# Every page of the window',
    '',
    'Made by `npm run screenshots -- --docs` from runs of the bundled sample, at 1280 x 800 and 1920 x 1080.',
    '',
    ...page,
  ].join('\n');
  const path = join(root, 'docs', 'gallery.md');
  const options = await prettier.resolveConfig(path);
  writeFileSync(path, await prettier.format(text, { ...options, parser: 'markdown' }));
}

mkdirSync(home, { recursive: true });
mkdirSync(out, { recursive: true });
if (!existsSync(database)) makeHistory();
const server = spawn(
  process.execPath,
  [join(root, 'electron/cli/main.ts'), 'serve', '--root', samplePath, '--root', home, '--database', database],
  { env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const url = await new Promise<string>((found, failed) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const match = /http:\S+/.exec(line);
      if (match !== null) found(match[0]);
    });
    server.on('exit', (code) => failed(new Error(`vernier serve ended (${code}).`)));
  });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') console.log(message.text());
  });
  await page.goto(url);
  const pictures = await shootAll(page);
  if (values.docs) await writeGallery(pictures);
  await browser.close();
} finally {
  server.kill('SIGTERM');
}
