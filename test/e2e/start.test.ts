/** `npm start` on machines with and without an Electron and a display. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { chromium } from 'playwright-core';
import { findAnyElectron } from '../../scripts/find-electron.ts';
import { assertBuilt, electronAvailability, makeFolder, root, startDisplay } from './harness.ts';

interface Started {
  readonly child: ChildProcess;
  /** Resolves with the first match in what it prints, on either stream; rejects when it ends without. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
}

function npmStart(
  context: TestContext,
  folder: string,
  environment: Readonly<Record<string, string>>,
  programArguments: readonly string[] = [],
): Started {
  assertBuilt();
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts'), ...programArguments], {
    // npm tells where the user stood: that folder is what a browser may see.
    env: { ...process.env, INIT_CWD: folder, VERNIER_DATABASE: join(folder, 'vernier.db'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGINT');
    await ended;
  });
  let said = '';
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(said);
        if (found !== null) resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      child.once('exit', () => reject(new Error(`It ended and had said:\n${said}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  return { child, printed };
}

async function assertServed({ printed }: Started, reason: RegExp): Promise<void> {
  const [line] = await printed(/^.*: serving the window to a browser instead\.$/m);
  assert.match(line, reason);
  const [url] = await printed(/http:\/\/127\.0\.0\.1:\d+\/#token=\S+/);
  assert.equal((await fetch(url)).status, 200);
}

void test('without a display it says so in one line and serves the window', { timeout: 120_000 }, async (context) => {
  await assertServed(npmStart(context, makeFolder(context), { DISPLAY: '', WAYLAND_DISPLAY: '' }), /^No display:/);
});

void test('without an Electron too', { timeout: 120_000 }, async (context) => {
  const folder = makeFolder(context);
  const empty = join(folder, 'no-electron-here');
  mkdirSync(empty);
  const environment = { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: empty };
  await assertServed(npmStart(context, folder, environment), /^ELECTRON_OVERRIDE_DIST_PATH holds no electron/);
});

const withElectron = { skip: electronAvailability.skip, timeout: 240_000 };

void test('where the display does not answer as well', withElectron, async (context) => {
  const environment = { DISPLAY: ':9999', ELECTRON_OVERRIDE_DIST_PATH: findAnyElectron()!.folder };
  await assertServed(npmStart(context, makeFolder(context), environment), /^Electron does not start \(/);
});

void test(
  'the Electron that is named opens the window, with the model that is named',
  withElectron,
  async (context) => {
    const folder = makeFolder(context);
    const modelPath = join(root, 'resources', 'sample', 'model.onnx');
    const { printed } = npmStart(
      context,
      folder,
      { DISPLAY: await startDisplay(), ELECTRON_OVERRIDE_DIST_PATH: findAnyElectron()!.folder },
      ['--disable-gpu', `--user-data-dir=${join(folder, 'electron')}`, '--remote-debugging-port=0', modelPath],
    );
    const [, address] = await printed(/DevTools listening on (ws:\S+)/);
    const browser = await chromium.connectOverCDP(address!);
    const page = browser.contexts()[0]!.pages()[0] ?? (await browser.contexts()[0]!.waitForEvent('page'));
    await page
      .getByRole('grid', { name: 'Layers of the model' })
      .getByText('/stem/conv/Conv', { exact: true })
      .waitFor();
    await browser.close();
  },
);
