import assert from 'node:assert/strict';
import type { ElectronApplication } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { fillExperiment, goTo, pressRun, waitForStage } from './steps.ts';
import { endlessTiming, story } from './story.ts';

/** Presses this button of the next question; tells what was asked. */
async function answerQuestion(app: ElectronApplication, button: string, act: () => Promise<unknown>): Promise<string> {
  await app.evaluate(({ dialog }, wanted) => {
    const state = globalThis as { asked?: string };
    delete state.asked;
    dialog.showMessageBox = ((_window: unknown, options: { message: string; buttons: string[] }) => {
      state.asked = options.message;
      return Promise.resolve({ response: options.buttons.indexOf(wanted), checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, button);
  await act();
  // A closed app can no longer be asked; then the caller sees that it closed.
  return app.evaluate(() => (globalThis as { asked?: string }).asked ?? '').catch(() => '');
}

function closeWindow(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close()).catch(() => undefined);
}

story(
  'closing the window during a run asks first',
  { hosts: ['electron'], environment: endlessTiming },
  async (first) => {
    const app = first.app!;
    {
      const { page, folder } = first;
      const modelPath = writeTinyNet(folder, { channels: 16 });
      await fillExperiment(page, { modelPath, dataPath: writeSamples(folder), name: 'Interrupted' });
      await pressRun(page);
      await waitForStage(page, 'Latency');
      const asked = await answerQuestion(app, 'Keep Running', () => closeWindow(app));
      assert.equal(asked, 'An experiment is still running.');
      await page.getByRole('button', { name: 'Cancel run' }).waitFor();
    }
    const closed = app.waitForEvent('close');
    await answerQuestion(app, 'Cancel and Close', () => closeWindow(app));
    await closed;
    const { page } = await first.restart();
    await goTo(page, 'History');
    await page.getByRole('link', { name: 'Interrupted' }).click();
    await page.getByText(/^Cancelled after/).waitFor();
  },
);

story(
  'a run goes on when its tab is closed',
  { hosts: ['browser'], environment: endlessTiming },
  async ({ page, folder }) => {
    const modelPath = writeTinyNet(folder, { channels: 16 });
    await fillExperiment(page, { modelPath, dataPath: writeSamples(folder), name: 'Left alone' });
    await pressRun(page);
    await waitForStage(page, 'Latency');
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'Left alone' }).waitFor({ state: 'attached' });
    // What was measured before the page came back is shown as well.
    await page.getByText(/^Original .+ \(n = [1-9]/).waitFor();
    // It ends when it is told to, from the page that came back.
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText(/^Cancelled after/).waitFor();
  },
);
