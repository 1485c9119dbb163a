import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import test from 'node:test';
import { buildLargeRun } from '../../bench/large-run.ts';
import { renderElsewhere } from '../../electron/host/render-elsewhere.ts';
import { renderRuns, type RenderTask } from '../../electron/host/render-runs.ts';
import { makeFailedRun } from '../report/real-runs.ts';
import { asListed } from './listed-run.ts';

const settings = { language: 'en', pageSize: 'A4' } as const;

test('a long report leaves the host free to answer', async (context) => {
  const task: RenderTask = { runs: [asListed(buildLargeRun(2000))], format: 'pdf', settings };
  const before = performance.eventLoopUtilization();
  await renderElsewhere(task);
  const busyShare = performance.eventLoopUtilization(before).utilization;
  context.diagnostic(`the host was busy for ${(busyShare * 100).toFixed(0)} % of the time`);
  assert.ok(busyShare < 0.5);
});

test('the thread writes the same, and its errors are those of the renderer', async () => {
  const task: RenderTask = { runs: [asListed(buildLargeRun(5))], format: 'pdf', settings };
  const [here, there] = [await renderRuns(task.runs, 'pdf', settings), await renderElsewhere(task)];
  const bytesOf = ({ parts }: typeof here) => parts.map((part) => 'content' in part && Buffer.from(part.content));
  assert.deepEqual(bytesOf(there), bytesOf(here));
  assert.equal(there.fileName, here.fileName);
  await assert.rejects(renderElsewhere({ runs: [asListed(makeFailedRun())], format: 'csv', settings }), {
    name: 'AppError',
    code: 'run-not-found',
  });
});
