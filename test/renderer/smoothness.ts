/**
 * `node test/renderer/smoothness.ts`: figures of the built window on this machine: longest main-thread task while a run streams,
 * frames of a scrolled 5,000-layer table, time to open a history of 10,000 runs. To be read, not asserted: machines differ.
 */
import type { EngineEvent } from '../../shared/events.ts';
import { openPage, startBrowser } from './browser.ts';
import { hostOf, pageCases } from './pages.ts';
import { fixtureRuns, makeStubHost, type StubControls } from './stub-bridge.ts';

const size = { width: 1280, height: 800 };
const browser = await startBrowser();
const find = (name: string) => pageCases.find((page) => page.name === name)!;

{
  const pageCase = find('running');
  const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
  const ranges = Array.from({ length: 150 }, (_, index): EngineEvent => ({
    type: 'range',
    tensor: `tensor_${index}`,
    min: -index,
    max: index,
  }));
  const samples: EngineEvent = {
    type: 'latency',
    variant: 'after',
    samplesMs: fixtureRuns.auto.latency.after.samplesMs.slice(0, 20),
  };
  const longest = await page.evaluate(
    async (events) => {
      let most = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) most = Math.max(most, entry.duration);
      }).observe({ type: 'longtask' });
      const { stubControls } = globalThis as unknown as { stubControls: StubControls };
      // A batch every 40 ms for 6 s, as a host sends them.
      for (let batch = 0; batch < 150; batch += 1) {
        stubControls.send({ name: 'run.events', payload: { runId: 'live-run', events } });
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      return most;
    },
    [
      ...ranges,
      samples,
      { type: 'progress', stage: 'calibrate', done: 5, total: 100, unit: 'samples', detail: '' } satisfies EngineEvent,
    ],
  );
  console.log(`running: longest main-thread task ${longest === 0 ? 'under 50' : longest.toFixed(0)} ms`);
  await page.context().close();
}
{
  const host = makeStubHost();
  const layers = Array.from({ length: 5000 }, (_, index) => ({
    ...fixtureRuns.mobilenet.layers[index % 100]!,
    name: `layer_${index}`,
  }));
  const details = host.details.map((item) =>
    item.row.runId === fixtureRuns.mobilenet.runId ? { ...item, document: { ...fixtureRuns.mobilenet, layers } } : item,
  );
  const { page } = await openPage(browser, find('run-mobilenet-layers'), { ...host, details }, size);
  const frames = await page.evaluate(async () => {
    const grid = (
      globalThis as unknown as { document: { querySelector(selector: string): { scrollTop: number } } }
    ).document.querySelector('[role=grid]');
    const durations: number[] = [];
    const nextFrame = () =>
      new Promise<number>((resolve) =>
        (
          globalThis as unknown as { requestAnimationFrame(callback: (time: number) => void): void }
        ).requestAnimationFrame(resolve),
      );
    let last = await nextFrame();
    for (let step = 0; step < 300; step += 1) {
      grid.scrollTop += 120;
      const now = await nextFrame();
      durations.push(now - last);
      last = now;
    }
    return durations.sort((left, right) => left - right);
  });
  console.log(`5,000 layers: median frame ${frames[150]!.toFixed(1)} ms, longest ${frames.at(-1)!.toFixed(1)} ms`);
  await page.context().close();
}
{
  const host = makeStubHost();
  const template = host.details[0]!.row;
  const extraRows = Array.from({ length: 10_000 }, (_, index) => ({
    ...template,
    runId: `many-${index}`,
    name: `Run ${index}`,
  }));
  const { page } = await openPage(browser, find('settings'), { ...host, extraRows }, size);
  const openedMs = await page.evaluate(async () => {
    const scope = globalThis as unknown as {
      location: { hash: string };
      document: { querySelector(selector: string): unknown };
      requestAnimationFrame(callback: () => void): void;
    };
    const started = performance.now();
    scope.location.hash = '#/history';
    while (scope.document.querySelector('[role=gridcell] a') === null)
      await new Promise<void>((resolve) => scope.requestAnimationFrame(resolve));
    return performance.now() - started;
  });
  console.log(`10,000 runs: history shown after ${openedMs.toFixed(0)} ms`);
}
await browser.close();
