/**
 * `node scripts/screenshots.ts [OUT] [--only TEXT] [--history FOLDER]`: every page of the built window with the sample's real
 * runs, light and dark, in both sizes and both languages, in Chromium over the browser host. To be looked at, not compared.
 * The first time makes the runs (some minutes); `--history` keeps them for the next.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, history: { type: 'string', default: 'out/screenshots/history' } },
});
const out = resolve(positionals[0] ?? 'out/screenshots');
const home = resolve(values.history);
const database = join(home, 'history.db');
const samplePath = join(root, 'resources', 'sample');
const modelPath = join(samplePath, 'model.onnx');
const dataPath = join(samplePath, 'data');
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
  const compress = (name: string, ...options: string[]) =>
    vernier('compress', modelPath, ...options, '--out', join(home, `${name}.onnx`), '--force');
  for (const recipe of ['int8-per-tensor', 'int8-static-minmax', 'int8-static-entropy', 'int8-static']) {
    compress(recipe, '--data', dataPath, '--recipe', recipe);
  }
  compress('two-threads', '--data', dataPath, '--recipe', 'int8-static-minmax', '--threads', '2');
  compress('random', '--random-data', '--recipe', 'int8-static-minmax');
  // One that fails: a text file is no data.
  const wrong = join(home, 'broken.npz');
  writeFileSync(wrong, 'not an archive');
  compress('failed', '--data', wrong);
  copyFileSync(modelPath, join(home, 'machine-parts.onnx'));
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
        headers: { 'content-type': 'application/json' },
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
    { name: 'run-layers', hash: best, tab: 1, ready: '[role=gridcell]' },
    { name: 'run-candidates', hash: best, tab: 2, ready: '[role=gridcell]' },
    { name: 'run-diagnostics', hash: best, tab: 3, ready: '[role=tabpanel] li' },
    { name: 'run-conditions', hash: best, tab: 4, ready: '[role=tabpanel] dl' },
    { name: 'run-failed', hash: `#/run/${failed.runId}`, ready: '[role=alert], [role=note]' },
    { name: 'history', hash: '#/history', ready: '[role=gridcell]' },
    { name: 'compare', hash: `#/compare?${compared.map((row) => `run=${row.runId}`).join('&')}`, ready: 'canvas' },
    { name: 'settings', hash: '#/settings', ready: 'dl' },
  ];
}

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const looks = ['light', 'dark'].flatMap((theme) => ['en', 'zh-CN'].map((language) => ({ theme, language })));

async function shootAll(page: Page): Promise<void> {
  const { rows } = await ask<{ rows: RowFacts[] }>(page, 'runs.list');
  await ask(page, 'runs.update', {
    runId: rows.find((row) => row.recipeName === 'int8-static' && row.status === 'done')!.runId,
    name: 'Machine parts, measured choice',
    notes: 'The one we ship if QA agrees.',
    tags: ['release', 'line-3'],
    starred: true,
  });
  const experiment = (recipe: object) => ({
    request: { modelPath, data: { path: dataPath }, recipe },
    tags: ['sample'],
  });
  const { runId } = await ask<{ runId: string }>(page, 'run.start', { ...experiment({}), name: 'Machine parts again' });
  const waiting = await ask<{ runId: string }>(page, 'run.start', {
    ...experiment({ calibrationMethod: 'mse', keepFloat: 'none', name: 'mse everywhere' }),
    name: 'MSE, nothing kept in float',
  });
  for (const look of looks) {
    await ask(page, 'settings.set', look);
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const shot of listShots(rows, runId)) {
        const name = `${shot.name}-${look.theme}-${look.language}-${size.width}`;
        if (!name.includes(values.only)) continue;
        await page.goto(new URL(`/${shot.hash}`, page.url()).href);
        await page.reload();
        await page.waitForSelector('h1', { state: 'attached' });
        if (shot.tab !== undefined) await page.getByRole('tab').nth(shot.tab).click();
        await page.waitForSelector(shot.ready, { timeout: 20_000 }).catch(() => console.log(`${name}: not ready`));
        await shot.prepare?.(page);
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(out, `${name}.png`) });
      }
    }
  }
  await ask(page, 'run.cancel', { runId: waiting.runId });
  await ask(page, 'run.cancel', { runId });
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
  await shootAll(page);
  await browser.close();
} finally {
  server.kill('SIGTERM');
}
