/** What the end-to-end tests compress: small enough to be done in seconds, real enough to go the whole way. */
import type { RequestInput } from '../../shared/contract/requests.ts';
import type { RunDetails } from '../../shared/contract/results.ts';
import type { Page } from 'playwright-core';
import { request } from './harness.ts';

export function quickRun(modelPath: string, dataPath: string): RequestInput<'run.start'> {
  return {
    request: {
      modelPath,
      data: { path: dataPath },
      recipe: { name: 'quick', calibrationMethod: 'minmax', calibrationSamples: 8, keepFloat: 'none' },
    },
  };
}

/** Starts a run and waits for its end, however it ends. */
export async function runToEnd(page: Page, input: RequestInput<'run.start'>): Promise<RunDetails> {
  const started = await request(page, 'run.start', input);
  if (!started.ok) throw new Error(started.error.message);
  return waitForRun(page, started.value.runId);
}

export async function waitForRun(page: Page, runId: string, timeoutMs = 120_000): Promise<RunDetails> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const queue = await request(page, 'run.queue', {});
    const isGoing = queue.ok && queue.value.some((entry) => entry.runId === runId);
    const details = isGoing ? null : await request(page, 'runs.get', { runId });
    if (details !== null && !details.ok) throw new Error(details.error.message);
    if (details !== null && details.value.document !== null) return details.value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Run ${runId} did not end within ${timeoutMs} ms.`);
}

/** Waits until the run has reported a stage. */
export async function waitForStage(page: Page, runId: string, stage: string, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const live = await request(page, 'run.live', { runId });
    if (live.ok && live.value.events.some((event) => event.type === 'progress' && event.stage === stage)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Run ${runId} did not reach the stage ${stage} within ${timeoutMs} ms.`);
}
