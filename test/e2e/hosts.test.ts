import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ElectronApplication, Page } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { quickRun, runToEnd } from './experiment.ts';
import {
  chromiumAvailability,
  electronAvailability,
  launchBrowser,
  launchDesktop,
  makeFolder,
  request,
  type Availability,
} from './harness.ts';

interface Window {
  readonly page: Page;
  /** Absent in a browser. */
  readonly app?: ElectronApplication;
  readonly close: () => Promise<void>;
}

interface HostUnderTest {
  readonly name: 'electron' | 'browser';
  readonly availability: Availability;
  readonly launch: (folder: string) => Promise<Window>;
}

const hosts: readonly HostUnderTest[] = [
  { name: 'electron', availability: electronAvailability, launch: (folder) => launchDesktop({ folder }) },
  {
    name: 'browser',
    availability: chromiumAvailability,
    launch: (folder) => launchBrowser({ folder, roots: [folder] }),
  },
];

async function open(
  context: TestContext,
  host: HostUnderTest,
  folder = makeFolder(context),
): Promise<Window & { readonly folder: string }> {
  mkdirSync(folder, { recursive: true });
  const window = await host.launch(folder);
  return { ...window, folder };
}

for (const host of hosts) {
  const options = { skip: host.availability.skip, timeout: 240_000 };

  void test(`${host.name}: the window opens`, options, async (context) => {
    const { page } = await open(context, host);
    await context.test('its host answers', async () => {
      assert.equal(await page.title(), 'Vernier');
      const info = await request(page, 'app.info', {});
      assert.ok(info.ok);
      assert.equal(info.value.host, host.name);
      const wrong = await request(page, 'model.inspect', { modelPath: '' });
      assert.equal(wrong.ok ? 'ok' : wrong.error.code, 'options-invalid');
      const missing = await request(page, 'model.inspect', { modelPath: join(makeFolder(context), 'no.onnx') });
      assert.equal(missing.ok, false);
    });

    await context.test('the page has no Node and a strict policy, and cannot leave', async () => {
      const found = await page.evaluate(async () => {
        // In a task of its own: what is evaluated from outside is exempt from the policy.
        const evalError = await new Promise<string>((resolve) => {
          setTimeout(() => {
            try {
              (0, eval)('1');
              resolve('');
            } catch (error) {
              resolve((error as Error).name);
            }
          }, 0);
        });
        const script = document.createElement('script');
        script.textContent = 'globalThis.inlineRan = true';
        document.body.append(script);
        const outside = await fetch('https://example.org/').then(
          () => 'fetched',
          () => 'refused',
        );
        return {
          require: typeof (globalThis as { require?: unknown }).require,
          process: typeof (globalThis as { process?: unknown }).process,
          evalError,
          inlineRan: 'inlineRan' in globalThis,
          outside,
          opened: window.open('about:blank') === null,
        };
      });
      assert.deepEqual(found, {
        require: 'undefined',
        process: 'undefined',
        evalError: 'EvalError',
        inlineRan: false,
        outside: 'refused',
        opened: host.name === 'electron',
      });
      if (host.name === 'electron') {
        const before = page.url();
        await page.evaluate(() => window.location.assign('https://example.org/'));
        await new Promise((resolve) => setTimeout(resolve, 500));
        assert.equal(page.url(), before);
        const asked = await page.evaluate(async () => {
          const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'persistent-storage'] as const;
          const states = await Promise.all(
            names.map(async (name) => [name, (await navigator.permissions.query({ name: name })).state]),
          );
          const notification = await Notification.requestPermission();
          const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
            () => 'granted',
            (error: unknown) => (error as Error).name,
          );
          const file = await fetch('file:///etc/hostname').then(
            () => 'read',
            () => 'refused',
          );
          return { granted: states.filter(([, state]) => state !== 'denied'), notification, camera, file };
        });
        assert.deepEqual(asked.granted, []);
        assert.equal(asked.notification, 'denied');
        assert.match(asked.camera, /^(NotAllowedError|NotFoundError)$/);
        assert.equal(asked.file, 'refused');
      }
    });
  });

  void test(
    `${host.name}: an experiment goes the whole way, and is there after a restart`,
    options,
    async (context) => {
      const { page, app, folder, close } = await open(context, host);
      const modelPath = writeTinyNet(folder, { channels: 16 });
      const dataPath = writeSamples(folder);
      const preview = await request(page, 'data.preview', { modelPath, data: { path: dataPath } });
      assert.ok(preview.ok, preview.ok ? '' : preview.error.message);
      assert.deepEqual([preview.value.kind, preview.value.count, preview.value.labelled], ['arrays', 24, true]);
      const input = quickRun(modelPath, dataPath);
      const plan = await request(page, 'plan.preview', { request: input.request });
      assert.ok(plan.ok && plan.value.some((node) => node.precision.scheme === 'int8-static'));

      const details = await runToEnd(page, { ...input, name: 'first try', tags: ['tiny'] });
      assert.equal(details.document?.status, 'done', JSON.stringify(details.document).slice(0, 500));
      assert.ok(existsSync(details.artifacts[0]!.path));
      const exported = join(folder, 'run.json');
      const write = () => request(page, 'runs.export', { runIds: [details.row.runId], format: 'json', path: exported });
      if (app !== undefined) {
        // A page of the desktop chooses no place by itself; what the dialog returned it may name.
        const refused = await write();
        assert.equal(refused.ok ? 'written' : refused.error.code, 'file-unreadable');
        await app.evaluate(({ dialog }, filePath) => {
          dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
        }, exported);
        await request(page, 'files.pick', { kind: 'save' });
      }
      const outcome = await write();
      assert.ok(outcome.ok && outcome.value.kind === 'written');
      assert.equal((JSON.parse(readFileSync(exported, 'utf8')) as { runId: string }).runId, details.row.runId);
      await close();

      const again = await open(context, host, folder);
      const listed = await request(again.page, 'runs.list', { text: 'FIRST tiny' });
      assert.ok(listed.ok);
      assert.deepEqual(
        listed.value.rows.map((row) => [row.runId, row.name, row.status]),
        [[details.row.runId, 'first try', 'done']],
      );
    },
  );
}
