import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import test from 'node:test';
import type { AppHost } from '../../electron/host/app-host.ts';
import { Downloads } from '../../electron/serve/downloads.ts';
import { startServer } from '../../electron/serve/server.ts';
import { makeFolder } from '../cli/fixtures.ts';

void test('a caller without a key who asks for events and hangs up does not take the server along', async (context) => {
  const downloads = new Downloads();
  const host = { onEvent: () => () => undefined } as Partial<AppHost> as AppHost;
  const server = await startServer({ port: 0, rendererFolder: makeFolder(context), host, downloads });
  context.after(async () => {
    await server.close();
    downloads.close();
  });
  const upgrade = 'GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  for (let attempt = 0; attempt < 20; attempt++) {
    const socket = createConnection(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    // More than it reads: the reset arrives while the refusal is on its way.
    socket.write(upgrade + 'x'.repeat(100_000));
    await new Promise((resolve) => setTimeout(resolve, attempt % 5));
    socket.resetAndDestroy();
  }
  const { origin } = new URL(server.url);
  const headers = { origin, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/app.info`, { method: 'POST', headers, body: '{}' });
  assert.equal(answer.status, 401);
});
