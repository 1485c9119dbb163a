import assert from 'node:assert/strict';
import type { WebSocketRoute } from 'playwright-core';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { request, waitUntilItListens } from './harness.ts';
import { story } from './story.ts';

story('what began while the connection was lost is there when it is back', { hosts: ['browser'] }, async (window) => {
  const { page, folder } = window;
  let isBroken = false;
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/events$/, (route) => {
    sockets.push(route);
    if (isBroken) void route.close();
    else route.connectToServer();
  });
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  // The page may be there before it listens; a socket that is closed while it connects is a complaint of the browser's.
  await waitUntilItListens(page);

  isBroken = true;
  await sockets.at(-1)!.close();
  const told = page.getByText('The connection to Vernier is lost');
  await told.waitFor();
  const modelPath = writeTinyNet(folder, { channels: 64 });
  // One that searches, to be going still when the window hears again.
  const input = { request: { modelPath, data: { path: writeSamples(folder) }, recipe: {} } };
  const started = await request(page, 'run.start', input);
  assert.ok(started.ok);
  const card = page.locator('nav button').filter({ has: page.getByRole('progressbar') });
  assert.equal(await card.count(), 0, 'nobody told the window');

  isBroken = false;
  await told.waitFor({ state: 'detached' });
  await card.waitFor();
  await request(page, 'run.cancel', { runId: started.value.runId });
  await card.waitFor({ state: 'detached' });
});
