import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Reply } from '../../shared/contract/bridge.ts';
import type { DataPreview, FileListing } from '../../shared/contract/results.ts';
import { makeFolder, root as projectFolder, startServer } from './harness.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Probe {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not `fetch`: that would correct the paths and headers that are to be tried here. */
function ask(port: number, path: string, probe: Probe = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: probe.method ?? 'GET', headers: probe.headers ?? {} },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    request.on('error', reject);
    request.end(probe.body);
  });
}

interface Rig {
  readonly port: number;
  readonly token: string;
  readonly authorization: string;
  readonly enter: (token: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly root: string;
  readonly folder: string;
  readonly post: (name: string, parameters: unknown, headers?: Record<string, string>) => Promise<Answer>;
}

async function start(context: TestContext): Promise<Rig> {
  const folder = makeFolder(context);
  const root = join(folder, 'root');
  mkdirSync(join(root, 'inside'), { recursive: true });
  mkdirSync(join(folder, 'root-beside'));
  writeFileSync(join(folder, 'secret.onnx'), 'secret');
  symlinkSync(folder, join(root, 'way-out'));
  symlinkSync(join(folder, 'not-there-yet'), join(root, 'dangling'));
  const server = await startServer({ folder: join(folder, 'data'), roots: [root] });
  context.after(() => server.close());
  const url = new URL(server.url);
  const port = Number(url.port);
  const token = url.hash.slice('#token='.length);
  const json = { host: url.host, origin: url.origin, 'content-type': 'application/json' };
  const enter: Rig['enter'] = (candidate, headers = {}) =>
    ask(port, '/session', {
      method: 'POST',
      body: JSON.stringify({ token: candidate }),
      headers: { ...json, ...headers },
    });
  const { key } = JSON.parse((await enter(token)).body) as { key: string };
  const authorization = `Bearer ${key}`;
  const post: Rig['post'] = (name, parameters, headers = {}) =>
    ask(port, `/api/${name}`, {
      method: 'POST',
      body: JSON.stringify(parameters),
      headers: {
        ...json,
        authorization,
        ...headers,
      },
    });
  return { port, token, authorization, enter, root, folder, post };
}

void test('a token opens one browser, and no cookie tells other ports of the host about it', async (context) => {
  const { token, enter, post } = await start(context);
  assert.equal((await post('app.info', {})).status, 200);
  assert.equal((await enter(token)).status, 403);
  assert.equal((await enter('A'.repeat(token.length))).status, 403);
  assert.equal((await enter('')).status, 403);
  assert.equal((await enter(token, { origin: 'http://evil.example' })).status, 403);
  assert.equal((await post('app.info', {})).headers['set-cookie'], undefined);
});

void test('the next address is given out when one was opened', async (context) => {
  const folder = makeFolder(context);
  const server = await startServer({ folder: join(folder, 'data'), roots: [folder] });
  context.after(() => server.close());
  const exchange = async (url: string) => {
    const { origin, hash } = new URL(url);
    const body = JSON.stringify({ token: hash.slice('#token='.length) });
    const headers = { origin, 'content-type': 'application/json' };
    return (await fetch(`${origin}/session`, { method: 'POST', headers, body })).status;
  };
  assert.equal(await exchange(server.url), 200);
  const second = await server.nextUrl();
  assert.equal(await exchange(server.url), 403);
  assert.equal(await exchange(second), 200);
  assert.notEqual(await server.nextUrl(), second);
});

void test('without the key there is the empty window and nothing else', async (context) => {
  const { port, token, post } = await start(context);
  const host = `127.0.0.1:${port}`;
  assert.match((await ask(port, '/', { headers: { host } })).body, /<div id="root"><\/div>/);
  for (const path of ['/api/app.info', '/download/x', '/session', '//', '//[', '/../x']) {
    assert.equal((await ask(port, path, { headers: { host } })).status, 404, path);
  }
  assert.equal((await post('app.info', {}, { authorization: '' })).status, 401);
  assert.equal((await post('app.info', {}, { authorization: 'Bearer wrong' })).status, 401);
  assert.equal((await post('app.info', {}, { authorization: `Bearer ${token}` })).status, 401);
  assert.equal((await post('app.info', {}, { authorization: '', cookie: `vernier-${port}=${token}` })).status, 401);
});

void test('another Host (a name rebound to 127.0.0.1) and another Origin are refused', async (context) => {
  const { port, authorization, post } = await start(context);
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port + 1}`, '127.0.0.1', `[::1]:${port}`]) {
    assert.equal((await ask(port, '/', { headers: { host, authorization } })).status, 403, host);
  }
  for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`]) {
    assert.equal((await post('app.info', {}, { origin })).status, 403, origin);
  }
  assert.equal((await post('app.info', {})).status, 200);
});

void test('a request without Origin, of another type or method is refused', async (context) => {
  const { port, authorization, post } = await start(context);
  const host = `127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  const posted = await ask(port, '/api/app.info', {
    method: 'POST',
    headers: { host, authorization, ...json },
    body: '{}',
  });
  assert.equal(posted.status, 403);
  assert.equal((await post('app.info', {}, { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await ask(port, '/', { method: 'PUT', headers: { host, authorization } })).status, 405);
  assert.equal((await post('runs.update', { notes: 'x'.repeat(1_100_000) })).status, 413);
  const unknown = JSON.parse((await post('__proto__', {})).body) as Reply<unknown>;
  assert.equal(unknown.ok, false);
});

void test('events need key, Host and Origin as well', async (context) => {
  const { port, authorization } = await start(context);
  const protocols = ['vernier', authorization.slice('Bearer '.length)];
  const origin = `http://127.0.0.1:${port}`;
  const connect = (headers: Record<string, string>, names: readonly string[] = protocols) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/events`, [...names], { headers });
      socket.on('open', () => {
        socket.close();
        resolve('open');
      });
      socket.on('error', (error) => resolve(error.message));
    });
  assert.equal(await connect({ origin }), 'open');
  assert.match(await connect({ origin }, []), /403/);
  assert.match(await connect({ origin }, ['vernier']), /403/);
  assert.match(await connect({ origin }, ['vernier', 'wrong']), /403/);
  assert.match(await connect({}), /403/);
  assert.match(await connect({ origin: 'http://evil.example' }), /403/);
  assert.match(await connect({ origin, host: 'evil.example' }), /403/);
});

void test('no path leads out of the roots', async (context) => {
  const { port, authorization, root, folder, post } = await start(context);
  const host = `127.0.0.1:${port}`;
  for (const path of [
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../../package.json',
    '//etc/passwd',
    '/%00',
    '/%',
  ]) {
    assert.equal((await ask(port, path, { headers: { host, authorization } })).status, 404, path);
  }
  const list = async (path: string | null) =>
    JSON.parse((await post('files.list', { path })).body) as Reply<FileListing>;
  const own = [join(projectFolder, 'resources', 'sample'), join(folder, 'data', 'models')];
  const outside = [
    ...own,
    folder,
    '/',
    '/etc',
    `${root}/..`,
    `${root}/inside/../..`,
    join(root, 'way-out'),
    `${root}/way-out/data`,
    join(folder, 'root-beside'),
    'relative',
    `${root}\0/etc`,
  ];
  for (const path of outside) {
    const reply = await list(path);
    assert.equal(reply.ok ? 'listed' : reply.error.code, 'file-unreadable', path);
  }
  for (const modelPath of [join(folder, 'secret.onnx'), `${root}/way-out/secret.onnx`, '/etc/passwd']) {
    const reply = JSON.parse((await post('model.inspect', { modelPath })).body) as Reply<unknown>;
    assert.equal(reply.ok ? 'read' : reply.error.code, 'file-unreadable', modelPath);
  }
  for (const place of [join(root, 'dangling'), join(root, 'way-out'), folder, ...own]) {
    const path = place.endsWith('dangling') ? place : join(place, 'new.json');
    const reply = JSON.parse(
      (await post('runs.export', { runIds: ['x'], format: 'json', path })).body,
    ) as Reply<unknown>;
    assert.equal(reply.ok ? 'written' : reply.error.code, 'file-unreadable', path);
  }
  const shown = await list(root);
  assert.deepEqual(shown.ok && shown.value.entries.map((entry) => entry.name), ['inside']);
  assert.equal(shown.ok && shown.value.parent, null);
  const roots = await list(null);
  assert.deepEqual(roots.ok && roots.value.entries.map((entry) => entry.path), [root]);
});

void test('the engine follows no link of a data folder out of the roots', async (context) => {
  const { root, folder, post } = await start(context);
  const sample = join(projectFolder, 'resources', 'sample');
  const images = join(sample, 'data', 'images');
  const [first, second, third] = readdirSync(images).map((name) => join(images, name));
  const shown = join(root, 'pictures');
  mkdirSync(shown);
  copyFileSync(first!, join(shown, 'own-1.jpg'));
  copyFileSync(second!, join(shown, 'own-2.jpg'));
  copyFileSync(third!, join(folder, 'secret.jpg'));
  const preview = async () => {
    const parameters = { modelPath: join(sample, 'model.onnx'), data: { path: shown } };
    return JSON.parse((await post('data.preview', parameters)).body) as Reply<DataPreview>;
  };
  const before = await preview();
  assert.equal(before.ok ? before.value.count : before.error.message, 2);
  symlinkSync(join(folder, 'secret.jpg'), join(shown, 'linked.jpg'));
  const after = await preview();
  assert.match(after.ok ? 'read' : after.error.message, /linked\.jpg" lies outside the folders this server shows/);
});
