import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import type { Reply } from '../../shared/contract/bridge.ts';
import type { FileListing } from '../../shared/contract/results.ts';
import { waitUntil } from '../wait-until.ts';
import { assertBuilt } from '../e2e/harness.ts';
import { makeFolder, startVernier } from './fixtures.ts';

/** Below those that the system gives to whoever asks for any: no other test gets it meanwhile. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** Stands for the desktop's own and notes what it was asked to open. @returns the folder to put on the PATH. */
function writeFakeBrowser(folder: string, notePath: string): string {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${notePath}'\n`, { mode: 0o755 });
  return programs;
}

const skip = process.platform === 'linux' ? false : 'other systems have other ways to open a browser';

void test('serve takes the port, opens the browser, and shows the current folder alone', { skip }, async (context) => {
  assertBuilt();
  const folder = realpathSync(makeFolder(context));
  const models = join(folder, 'models');
  mkdirSync(join(models, 'inside'), { recursive: true });
  const notePath = join(folder, 'opened.txt');
  const port = await findFreePort();
  const environment = { PATH: `${writeFakeBrowser(folder, notePath)}${delimiter}${process.env['PATH'] ?? ''}` };
  const server = startVernier(['serve', '--port', String(port), '--open', '--database', join(folder, 'vernier.db')], {
    environment,
    folder: models,
  });
  context.after(() => {
    server.child.kill('SIGINT');
    return server.finished;
  });
  await server.waitFor('Ctrl-C stops the server');
  const isOpened = () => existsSync(notePath) && readFileSync(notePath, 'utf8') !== '';
  await waitUntil(isOpened, 'the browser is opened');
  // What every user of the machine can read names a page that only this one can.
  const way = new URL(readFileSync(notePath, 'utf8'));
  assert.equal(way.protocol, 'file:');
  assert.equal(statSync(way).mode & 0o777, 0o600);
  assert.equal(statSync(new URL('.', way)).mode & 0o777, 0o700);
  const url = new URL(/url=([^"]+)"/.exec(readFileSync(way, 'utf8'))![1]!);
  assert.equal(url.origin, `http://127.0.0.1:${port}`);

  const json = { origin: url.origin, 'content-type': 'application/json' };
  const token = url.hash.slice('#token='.length);
  const entered = await fetch(new URL('/session', url), {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token }),
  });
  const { key } = (await entered.json()) as { key: string };
  assert.equal(existsSync(way), false);
  const headers = { ...json, authorization: `Bearer ${key}` };
  const list = async (path: string | null) => {
    const body = JSON.stringify({ path });
    const response = await fetch(new URL('/api/files.list', url), { method: 'POST', headers, body });
    return (await response.json()) as Reply<FileListing>;
  };
  const roots = await list(null);
  assert.deepEqual(roots.ok && roots.value.entries.map((entry) => entry.path), [models]);
  const inside = await list(models);
  assert.deepEqual(inside.ok && inside.value.entries.map((entry) => entry.name), ['inside']);
  assert.equal((await list(folder)).ok, false);
});
