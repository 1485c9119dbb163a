/** What only a desktop has: menus, its window's place, one instance, files from outside, the power supply. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import type { ElectronApplication } from 'playwright-core';
import { findAnyElectron } from '../../scripts/find-electron.ts';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { waitUntil } from '../wait-until.ts';
import { quickRun, waitForRun, waitForStage } from './experiment.ts';
import { electronAvailability, launchDesktop, makeFolder, request, root } from './harness.ts';
import { endlessTiming } from './story.ts';

const options = { skip: electronAvailability.skip, timeout: 240_000 };

/** Every label of the menu, from the top. */
function menuLabels(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(({ Menu }) => {
    const collect = (menu: Electron.Menu | null): string[] =>
      (menu?.items ?? []).flatMap((item) =>
        item.type === 'separator' ? [] : [item.label, ...collect(item.submenu ?? null)],
      );
    return collect(Menu.getApplicationMenu());
  });
}

/** What leaves an app as it was shares one: a start takes longer than all that is tried in it. */
void test('of one app', options, async (context) => {
  const folder = makeFolder(context);
  const { app, page } = await launchDesktop({ folder });

  await context.test('the page is isolated and sandboxed', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { contextIsolation, sandbox, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
      return { contextIsolation, sandbox, nodeIntegration, webSecurity };
    });
    assert.deepEqual(preferences, { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true });
  });

  await context.test('on battery it says so, until the mains are back', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    const notice = page.getByText(/battery/i).first();
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit('on-battery'));
    await notice.waitFor();
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit('on-ac'));
    await notice.waitFor({ state: 'hidden' });
  });

  await context.test('the menu speaks the language of the window, and its commands arrive', async () => {
    const english = await menuLabels(app);
    assert.ok(english.includes('New Experiment') && english.includes('Undo'));
    assert.deepEqual(
      english.filter((label) => !/^[A-Za-z …]+$/.test(label)),
      [],
    );
    const shortcut = await app.evaluate(
      ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('history')?.accelerator,
    );
    assert.equal(shortcut, 'CmdOrCtrl+2');
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('history')?.click() as unknown);
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();

    await request(page, 'settings.set', { language: 'zh-CN' });
    const chinese = await menuLabels(app);
    assert.equal(chinese.length, english.length);
    assert.deepEqual(
      chinese.filter((label) => !/\p{Script=Han}/u.test(label)),
      [],
    );
    await request(page, 'settings.set', { language: 'en' });
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  });

  await context.test('a second start hands its model to the first and ends', async () => {
    const modelPath = writeTinyNet(folder);
    const electron = findAnyElectron()!;
    // The environment of the first: the same display, history and native parts.
    const environment = await app.evaluate(() => ({ ...process.env }));
    const second = spawn(
      electron.program,
      ['--no-sandbox', '--disable-gpu', `--user-data-dir=${join(folder, 'electron')}`, root, modelPath],
      { env: environment, stdio: 'ignore' },
    );
    await once(second, 'exit');
    await page.waitForFunction((path) => document.body.innerHTML.includes(path), modelPath);
    assert.equal(app.windows().length, 1);
  });

  await context.test('a menu command given before the page listens is not lost', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await app.evaluate(({ BrowserWindow, Menu }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0]!;
      webContents.once('did-start-navigation', () => {
        Menu.getApplicationMenu()?.getMenuItemById('history')?.click();
      });
      webContents.reload();
    });
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  });

  await context.test('another page that got hold of the preload script is refused', async () => {
    const own = await request(page, 'app.info', {});
    assert.equal(own.ok, true);
    const opened = app.waitForEvent('window');
    await app.evaluate(
      ({ BrowserWindow }, preload) => {
        const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        void stranger.loadURL('vernier://app/index.html');
      },
      join(root, 'dist', 'electron', 'preload.cjs'),
    );
    const stranger = await opened;
    await stranger.waitForLoadState('domcontentloaded');
    const refused = await request(stranger, 'app.info', {});
    assert.equal(refused.ok ? 'answered' : refused.error.code, 'options-invalid');
  });
});

void test('the window opens where it was closed', options, async (context) => {
  const folder = makeFolder(context);
  const bounds = { x: 120, y: 90, width: 1100, height: 700 };
  const first = await launchDesktop({ folder });
  await first.app.evaluate(({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]!.setBounds(place), bounds);
  await first.page.waitForFunction((width) => window.outerWidth === width, bounds.width);
  await first.close();
  const again = await launchDesktop({ folder });
  assert.deepEqual(
    await again.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds()),
    bounds,
  );
});

void test(
  'while it measures, the machine stays awake and the taskbar shows how far it is',
  options,
  async (context) => {
    const folder = makeFolder(context);
    const { app, page } = await launchDesktop({ folder, environment: endlessTiming });
    await app.evaluate(({ BrowserWindow }) => {
      const shares: number[] = [];
      Object.assign(globalThis, { shares });
      BrowserWindow.getAllWindows()[0]!.setProgressBar = (share) => void shares.push(share);
    });
    const isAwake = () =>
      app.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].some((id) => powerSaveBlocker.isStarted(id)));
    assert.equal(await isAwake(), false);
    const started = await request(page, 'run.start', quickRun(writeTinyNet(folder), writeSamples(folder)));
    assert.ok(started.ok);
    await waitForStage(page, started.value.runId, 'latency');
    assert.equal(await isAwake(), true);
    await request(page, 'run.cancel', { runId: started.value.runId });
    await waitForRun(page, started.value.runId);
    await waitUntil(async () => !(await isAwake()), 'the machine may sleep again');
    const readShares = () => app.evaluate(() => (globalThis as unknown as { shares: number[] }).shares);
    await waitUntil(async () => (await readShares()).at(-1) === -1, 'the bar is taken away');
    const shares = await readShares();
    const shown = shares.slice(0, -1);
    assert.ok(shown.length > 1 && shown.every((share) => share >= 0 && share <= 1));
    assert.deepEqual(
      shown,
      shown.toSorted((a, b) => a - b),
      'it never goes back',
    );
  },
);

void test(
  'the end of a long run is announced to somebody who is elsewhere, and nothing else',
  options,
  async (context) => {
    const folder = makeFolder(context);
    const { app, page } = await launchDesktop({ folder });
    await app.evaluate(({ BrowserWindow, Notification }) => {
      const announced: string[] = [];
      Object.assign(globalThis, { announced });
      BrowserWindow.getAllWindows()[0]!.isFocused = () => false;
      Notification.isSupported = () => true;
      Notification.prototype.show = function () {
        announced.push(`${this.title}: ${this.body}`);
      };
    });
    const announced = () => app.evaluate(() => (globalThis as unknown as { announced: string[] }).announced);
    // The clock stands still but for what a run is said to take, so that no busy machine makes a short one long.
    const start = Date.now();
    const experiment = quickRun(writeTinyNet(folder), writeSamples(folder));
    const setClock = (timestampMs: number) =>
      app.evaluate((_electron, now) => void (Date.now = () => now), timestampMs);
    const runFor = async (name: string, tookMs: number) => {
      await setClock(start);
      const started = await request(page, 'run.start', { ...experiment, name });
      assert.ok(started.ok);
      await waitForStage(page, started.value.runId, 'calibrate');
      await setClock(start + tookMs);
      await waitForRun(page, started.value.runId);
    };
    await runFor('A short one', 5000);
    assert.deepEqual(await announced(), []);
    await runFor('A long one', 60_000);
    await waitUntil(async () => (await announced()).length > 0, 'the end is announced');
    assert.deepEqual(await announced(), ['Experiment finished: A long one']);
  },
);
