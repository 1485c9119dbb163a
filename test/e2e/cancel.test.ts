import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { findEngines } from './engine-processes.ts';
import { chooseChinese, fillExperiment, goTo, waitForStage } from './steps.ts';
import { endlessTiming, story } from './story.ts';

async function timeUntil(shown: Locator, click: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await click();
  await shown.waitFor();
  return performance.now() - started;
}

/** A second, or more where ordinary clicks around it show how slow this machine is just now. */
function secondOf(clicksMs: readonly number[]): number {
  return Math.max(1000, 10 * Math.max(...clicksMs));
}

/** @returns what the sidebar's card of the running run says right after the click, before anything else can happen. */
function clickAndReadCard(button: Locator): Promise<string> {
  return button.evaluate(async (element) => {
    (element as HTMLElement).click();
    await new Promise((resolve) => setTimeout(resolve));
    return document.querySelector('nav button:has([role=progressbar])')?.textContent ?? '';
  });
}

story(
  'cancelling answers within a second, and the queue goes on',
  { environment: endlessTiming },
  async ({ page, folder, hostPid }, context) => {
    const modelPath = writeTinyNet(folder, { channels: 16 });
    const dataPath = writeSamples(folder);
    const names = ['First', 'Second', 'Third'];
    for (const name of names) {
      await fillExperiment(page, { modelPath, dataPath, name });
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await page.getByText('Waiting in the queue').waitFor();

    const main = page.getByRole('main');
    const openQueue = () => goTo(page, 'Queue');
    const openFirst = () => main.getByRole('link', { name: 'First' }).click();
    const cancel = page.getByRole('button', { name: 'Cancel run' });
    await openQueue();
    await timeUntil(cancel, openFirst);
    await waitForStage(page, 'Latency');
    const clicksMs = [
      await timeUntil(main.getByRole('link', { name: 'First' }), openQueue),
      await timeUntil(cancel, openFirst),
    ];
    const enginesOfFirst = findEngines(hostPid);
    assert.ok(enginesOfFirst.length > 0);
    const startedMs = performance.now();
    const ended = page.getByText(/^Cancelled after/);
    let cardSaid = '';
    const answerMs = await timeUntil(ended.or(main.getByText('Cancelling…')).first(), async () => {
      cardSaid = await clickAndReadCard(cancel);
    });
    await ended.waitFor();
    // Over is over when its processes are gone too; should they stay, the second is missed and that is what is told.
    const isGoing = () => findEngines(hostPid).some((pid) => enginesOfFirst.includes(pid));
    while (isGoing() && performance.now() - startedMs < 60_000) await page.waitForTimeout(10);
    const cancelMs = performance.now() - startedMs;
    clicksMs.push(await timeUntil(main.getByRole('link', { name: 'Second' }), openQueue));
    const told = `answered in ${Math.round(answerMs)} ms, over in ${Math.round(cancelMs)} ms, clicks ${clicksMs.map(Math.round).join(', ')} ms`;
    context.diagnostic(told);
    assert.ok(answerMs < secondOf(clicksMs), told);
    assert.ok(cancelMs < secondOf(clicksMs), told);
    assert.match(cardSaid, /Cancelling…/);

    await page.getByRole('progressbar', { name: 'Progress of Second' }).first().waitFor({ state: 'attached' });
    await main.getByRole('button', { name: 'Cancel Third' }).click();
    await chooseChinese(page);
    await page.getByRole('link', { name: '队列' }).click();
    assert.match(await clickAndReadCard(main.getByRole('button', { name: '取消 Second' })), /正在取消…/);
    await page.getByRole('heading', { name: '没有正在进行的运行' }).waitFor();
    await page.getByRole('link', { name: '历史' }).click();
    await page.getByRole('row', { name: 'First' }).getByRole('gridcell', { name: '已取消' }).waitFor();
  },
);
