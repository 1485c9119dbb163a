/**
 * Starts the real things for the end-to-end tests: the desktop app in a real Electron, and the browser host with a real
 * Chromium in front of it. Every test gets a history of its own in a temporary folder.
 */
import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright-core';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PreloadBridge, Reply } from '../../shared/contract/bridge.ts';
import type { RequestInput, RequestName } from '../../shared/contract/requests.ts';
import type { RequestResults } from '../../shared/contract/results.ts';
import { findAnyElectron } from '../../scripts/find-electron.ts';
import { areRequired, findChromium, findMissingPrograms, type MissingProgram } from '../../scripts/test-programs.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Availability {
  /** For `test`'s `skip`: false when everything is there, or has to be. `npm test` tells at its end what was left out. */
  readonly skip: string | false;
}

function need(name: MissingProgram['name']): Availability {
  const missing = areRequired ? undefined : findMissingPrograms().find((program) => program.name === name);
  return { skip: missing === undefined ? false : `${missing.what} is missing: ${missing.command}` };
}

export const electronAvailability = need('electron');
export const chromiumAvailability = need('chromium');

/** The built app is what is tested; made once when it is not there (`npm test` builds nothing by itself). */
export function assertBuilt(): void {
  if (existsSync(join(root, 'dist', 'built.txt'))) return;
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stderr}`);
}

interface Program {
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** What was started and not closed yet. */
const running = new Set<Program>();

/** Remembers how to close a program, so that no test leaves it behind. @returns what closes it, once. */
function keepTrack(folder: string, close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  const program = {
    folder,
    close: () => {
      running.delete(program);
      closed ??= close();
      return closed;
    },
  };
  running.add(program);
  return program.close;
}

/**
 * A folder that is gone after the test. Whatever still runs in it is closed before: hooks run in the order in which they were
 * added, so a test's own would come too late, and an app that has lost its model in mid-run fails with a reason that misleads.
 */
export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-e2e-'));
  context.after(async () => {
    try {
      for (const program of [...running]) if (program.folder.startsWith(folder)) await program.close();
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
  return folder;
}

/** Where tests put what they see: out/screenshots, kept for looking at. */
export function screenshotPath(name: string): string {
  const folder = process.env['VERNIER_SCREENSHOTS'] ?? join(root, 'out', 'screenshots');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

let display: Promise<string> | null = null;

/** A screen nobody sees, shared by the tests of one process; without -noreset it would end with its first window. */
export function startDisplay(): Promise<string> {
  const present = process.env['DISPLAY'];
  if (present !== undefined && present !== '') return Promise.resolve(present);
  display ??= new Promise((resolve, reject) => {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    server.on('error', reject);
    server.on('exit', () => reject(new Error('Xvfb ended at once.')));
    createInterface({ input: server.stdio[3] as NodeJS.ReadableStream }).once('line', (number) => {
      resolve(`:${number}`);
      server.unref();
    });
    process.on('exit', () => server.kill());
  });
  return display;
}

export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly process: ChildProcess;
  /** Closes it as a user would who does not mind that a running experiment is cancelled. */
  readonly close: () => Promise<void>;
}

export interface LaunchOptions {
  /** Holds the history, the settings and Chromium's own data; give the same one again for a restart. */
  readonly folder: string;
  readonly programArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Of an app around ours (answered-dialogs.ts). */
  readonly appFolder?: string;
}

/** What the desktop app is started with. */
export async function describeDesktop(options: LaunchOptions) {
  const electron = findAnyElectron();
  if (electron === null) throw new Error('There is no Electron: npm run prepare-electron.');
  assertBuilt();
  return {
    executablePath: electron.program,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--force-device-scale-factor=1',
      `--user-data-dir=${join(options.folder, 'electron')}`,
      options.appFolder ?? root,
      ...(options.programArguments ?? []),
    ],
    env: {
      ...(process.env as Record<string, string>),
      DISPLAY: await startDisplay(),
      VERNIER_DATABASE: join(options.folder, 'vernier.db'),
      ...(electron.nativeBinding === null ? {} : { VERNIER_SQLITE_BINDING: electron.nativeBinding }),
      ...options.environment,
    },
  };
}

export async function launchDesktop(options: LaunchOptions): Promise<DesktopApp> {
  const app = await _electron.launch({ ...(await describeDesktop(options)), timeout: 60_000 });
  const child = app.process();
  const close = keepTrack(options.folder, () => closeDesktop(app, child));
  const page = await app.firstWindow({ timeout: 60_000 });
  await page.waitForLoadState('load');
  return { app, page, process: child, close };
}

/** Longer than a loaded machine needs to stop an engine and record its end. */
const quitTimeoutMs = 60_000;

/** Quits, and answers "Cancel and Close" if the app asks: nobody sees its dialogs here. */
async function closeDesktop(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
  });
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<'stuck'>((resolve) => (timer = setTimeout(() => resolve('stuck'), quitTimeoutMs)));
  const outcome = await Promise.race([app.close(), stuck]);
  clearTimeout(timer);
  if (outcome !== 'stuck') return;
  child.kill('SIGKILL');
  throw new Error(`The app did not quit within ${quitTimeoutMs} ms.`);
}

export interface PackagedApp {
  readonly page: Page;
  readonly process: ChildProcess;
  /** From the start of the process to the first page that answers. */
  readonly startedAfterMs: number;
  /** Starts it a second time with this file, as a file manager does; done when that start has handed it over and ended. */
  readonly openAgain: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Starts a packaged app. Its fuses leave no way in for Playwright's Electron support, which needs Node's inspector; what is
 * left is Chromium's own debugging port, as for any browser.
 */
export async function launchPackaged(options: {
  readonly program: string;
  readonly folder: string;
  /** What the desktop hands over when a file is opened with the app. */
  readonly openedPaths?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<PackagedApp> {
  const profile = join(options.folder, 'electron');
  const nativeBinding = findAnyElectron()?.nativeBinding ?? null;
  const started = performance.now();
  const programArguments = [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--force-device-scale-factor=1',
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
  ];
  const env = {
    ...process.env,
    DISPLAY: await startDisplay(),
    VERNIER_DATABASE: join(options.folder, 'vernier.db'),
    ...(nativeBinding === null ? {} : { VERNIER_SQLITE_BINDING: nativeBinding }),
    ...options.environment,
  };
  const child = spawn(options.program, [...programArguments, ...(options.openedPaths ?? [])], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The packaged app ended with ${code ?? 'a signal'}:\n${said}`)));
  });
  const close = keepTrack(options.folder, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const browser = await chromium.connectOverCDP(await address);
  const context = browser.contexts()[0]!;
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  const startedAfterMs = performance.now() - started;
  const openAgain = async (path: string): Promise<void> => {
    const second = spawn(options.program, [...programArguments, path], { env, stdio: 'ignore' });
    await once(second, 'exit');
  };
  return { page, process: child, startedAfterMs, openAgain, close };
}

export interface BrowserSession {
  readonly browser: Browser;
  readonly page: Page;
  /** With the token. */
  readonly url: string;
  readonly server: ChildProcess;
  readonly close: () => Promise<void>;
}

/** Starts `vernier serve`, without a browser in front of it. */
export async function startServer(options: {
  readonly folder: string;
  readonly roots: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<{
  readonly url: string;
  /** The address for another browser, which is printed when one was opened. */
  readonly nextUrl: () => Promise<string>;
  readonly server: ChildProcess;
  readonly close: () => Promise<void>;
}> {
  assertBuilt();
  const server = spawn(
    process.execPath,
    [join(root, 'electron', 'cli', 'main.ts'), 'serve', '--quiet', ...options.roots.flatMap((one) => ['--root', one])],
    {
      env: { ...process.env, VERNIER_DATABASE: join(options.folder, 'vernier.db'), ...options.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const close = keepTrack(options.folder, async () => {
    server.kill('SIGINT');
    await ended;
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const nextUrl = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('The server ended.');
    return line.value;
  };
  return { url: await nextUrl(), nextUrl, server, close };
}

export async function launchBrowser(options: {
  readonly folder: string;
  readonly roots: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<BrowserSession> {
  const { url, server, close: closeServer } = await startServer(options);
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium: apt-get install chromium.');
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const close = keepTrack(options.folder, async () => {
    await browser.close();
    await closeServer();
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(countOpenSockets);
  await page.goto(url);
  await waitUntilItListens(page);
  return { browser, page, url, server, close };
}

/** Runs in the page. Its sockets are counted where the page itself learns that they are open. */
function countOpenSockets(): void {
  const page = globalThis as unknown as { WebSocket: typeof WebSocket; openSockets: number };
  page.openSockets = 0;
  page.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', () => (page.openSockets += 1));
    }
  };
}

/** A page that has loaded may still be trading its token for the key, and connecting: it is used once it listens. */
export async function waitUntilItListens(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as { openSockets: number }).openSockets > 0);
}

/** Asks the host from inside the window, as the renderer does. */
export async function request<Name extends RequestName>(
  page: Page,
  name: Name,
  parameters: RequestInput<Name>,
): Promise<Reply<RequestResults[Name]>> {
  return page.evaluate(
    async ([requestName, value]) => {
      const bridge = (globalThis as unknown as { vernier?: PreloadBridge }).vernier;
      if (bridge !== undefined) return bridge.request(requestName, value);
      const response = await fetch(`/api/${requestName}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // Where the page keeps it (renderer/session.ts).
          authorization: `Bearer ${localStorage.getItem('vernier-key') ?? ''}`,
        },
        body: JSON.stringify(value),
      });
      return (await response.json()) as Reply<unknown>;
    },
    [name, parameters] as const,
  ) as Promise<Reply<RequestResults[Name]>>;
}
