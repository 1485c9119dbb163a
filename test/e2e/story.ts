/** One story, told through the window of both hosts: what a user clicks, types and sees. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ElectronApplication, Page } from 'playwright-core';
import {
  chromiumAvailability,
  electronAvailability,
  launchBrowser,
  launchDesktop,
  makeFolder,
  screenshotPath,
  type Availability,
} from './harness.ts';
import { seedHistory } from './seeded-history.ts';

export type HostName = 'electron' | 'browser';

/** Far more than a story takes alone, because a CI machine may be busy. */
const storyTimeoutMs = 840_000;
const stepTimeoutMs = 60_000;

export interface StoryWindow {
  readonly host: HostName;
  readonly page: Page;
  /** Holds the history and whatever the story writes; the browser host may show files in it. */
  readonly folder: string;
  /** The desktop app, whose native dialogs a test must answer; null in a browser. */
  readonly app: ElectronApplication | null;
  /** Electron's main process, or `vernier serve`. */
  readonly hostPid: number;
  readonly close: () => Promise<void>;
}

/** A `StoryWindow` of the story's first start, which can be closed and opened again with the same history. */
export interface Story extends StoryWindow {
  readonly restart: () => Promise<StoryWindow>;
}

interface StoryOptions {
  /** `seeded`: runs that finished earlier, so that nothing need be measured. */
  readonly history?: 'empty' | 'seeded';
  readonly hosts?: readonly HostName[];
  /** Of the host and its engines. */
  readonly environment?: Readonly<Record<string, string>>;
}

const availabilities: Readonly<Record<HostName, Availability>> = {
  electron: electronAvailability,
  browser: chromiumAvailability,
};

/**
 * For what happens in the page alone: it is the same in both hosts, and what it asks of them is one contract, which hosts.test.ts and the
 * stories of files, dialogs, exports, engines and restarts hold both to. Electron, where there is one, because it starts sooner.
 */
export const oneHost: readonly HostName[] = [electronAvailability.skip === false ? 'electron' : 'browser'];

/** Timing that does not end by itself, for what happens while models are timed. */
export const endlessTiming = { VERNIER_TIMING_SECONDS: '600' };

async function launch(host: HostName, folder: string, { environment = {} }: StoryOptions): Promise<StoryWindow> {
  if (host === 'electron') {
    const { app, page, process, close } = await launchDesktop({ folder, environment });
    return { host, page, folder, app, hostPid: process.pid!, close };
  }
  const { page, server, close } = await launchBrowser({ folder, roots: [folder], environment });
  return { host, page, folder, app: null, hostPid: server.pid!, close };
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Registers the story once for each host. It leaves a screenshot of its end in out/screenshots. */
export function story(
  title: string,
  options: StoryOptions,
  tell: (story: Story, context: TestContext) => Promise<void>,
): void {
  for (const host of options.hosts ?? (['browser', 'electron'] as const)) {
    const name = `${host}-${slugOf(title)}`;
    void test(`${host}: ${title}`, { skip: availabilities[host].skip, timeout: storyTimeoutMs }, async (context) => {
      const folder = makeFolder(context);
      mkdirSync(folder, { recursive: true });
      if (options.history === 'seeded') seedHistory(join(folder, 'vernier.db'));
      const complaints: string[] = [];
      const open = async (): Promise<StoryWindow> => {
        const window = await launch(host, folder, options);
        window.page.setDefaultTimeout(stepTimeoutMs);
        window.page.on('pageerror', (error) => complaints.push(String(error)));
        window.page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
        });
        return window;
      };
      let window = await open();
      const restart = async (): Promise<StoryWindow> => {
        await window.close();
        window = await open();
        return window;
      };
      try {
        await tell({ ...window, restart }, context);
      } catch (error) {
        if (!window.page.isClosed()) await window.page.screenshot({ path: screenshotPath(`failed-${name}`) });
        throw error;
      }
      if (!window.page.isClosed()) await window.page.screenshot({ path: screenshotPath(name) });
      assert.deepEqual(complaints, [], 'the page complained on its console');
    });
  }
}
