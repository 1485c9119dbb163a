import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { AppError } from '../../shared/app-error.ts';
import { apiPathPrefix, downloadPathPrefix, eventsPath } from '../../shared/contract/bridge.ts';
import type { AppHost } from '../host/app-host.ts';
import { contentSecurityPolicy } from '../host/content-security-policy.ts';
import type { Downloads } from './downloads.ts';
import { Session } from './session.ts';
import { sendStaticFile } from './static-files.ts';

export interface Server {
  /** With the token: whoever has this address has the server. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface ServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly rendererFolder: string;
  readonly host: AppHost;
  readonly downloads: Downloads;
}

/** Requests hold paths and notes, never files. */
const maxBodyBytes = 1_000_000;

/** A window that does not take its events any more is cut off before they fill the memory. */
const maxUnsentBytes = 64_000_000;

/**
 * Serves the window and the contract on 127.0.0.1.
 * @throws AppError `options-invalid` when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host } = options;
  const http = createServer();
  const port = await listen(http, options.port);
  const session = new Session(port);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });

  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response);
    respond(request, response, options, session).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, 500, error instanceof Error ? error.message : 'Internal error.');
      else response.destroy();
    });
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on nobody else listens to it, and a caller that hangs up must not take the server along.
    socket.on('error', () => socket.destroy());
    const isAllowed =
      request.url === eventsPath &&
      session.hasOurHost(request) &&
      session.hasOurOrigin(request, true) &&
      session.hasCookie(request);
    if (!isAllowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  sockets.on('connection', (client: WebSocket) => {
    // The window only listens here; what it says is not read.
    client.on('error', () => client.terminate());
  });
  const stopListening = host.onEvent((event) => {
    const message = JSON.stringify(event);
    for (const client of sockets.clients) {
      if (client.bufferedAmount > maxUnsentBytes) client.terminate();
      else if (client.readyState === client.OPEN) client.send(message);
    }
  });

  return {
    url: `http://127.0.0.1:${port}/?token=${session.token}`,
    port,
    close: async () => {
      stopListening();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

function listen(http: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
      reject(new AppError('options-invalid', `Port ${port} cannot be used: ${reason}. Name another one with --port.`));
    });
    http.listen(port, '127.0.0.1', () => resolve((http.address() as AddressInfo).port));
  });
}

function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', contentSecurityPolicy("'self'"));
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${message}\n`);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { host, downloads, rendererFolder }: ServerOptions,
  session: Session,
): Promise<void> {
  if (!session.hasOurHost(request)) {
    refuse(response, 403, 'Forbidden: open the address that `vernier serve` printed, as it is.');
    return;
  }
  const isPost = request.method === 'POST';
  if (!session.hasOurOrigin(request, isPost)) {
    refuse(response, 403, 'Forbidden: this request came from another page.');
    return;
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/' && url.searchParams.has('token') && request.method === 'GET') {
    if (session.isToken(url.searchParams.get('token'))) {
      response.writeHead(303, { location: '/', 'set-cookie': session.cookie, 'cache-control': 'no-store' });
      response.end();
      return;
    }
    refuse(
      response,
      403,
      'Forbidden: this token is of another server. Open the address that `vernier serve` printed last.',
    );
    return;
  }
  if (!session.hasCookie(request)) {
    refuse(response, 401, 'Open the address that `vernier serve` printed, with its token.');
    return;
  }
  if (isPost && url.pathname.startsWith(apiPathPrefix)) {
    await answerRequest(request, response, url.pathname.slice(apiPathPrefix.length), host);
    return;
  }
  if (request.method !== 'GET') {
    refuse(response, 405, 'Method not allowed.');
    return;
  }
  const isFound = url.pathname.startsWith(downloadPathPrefix)
    ? await downloads.send(url.pathname.slice(downloadPathPrefix.length), response)
    : await sendStaticFile(rendererFolder, url.pathname, response);
  if (!isFound) refuse(response, 404, 'Not found.');
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  host: AppHost,
): Promise<void> {
  // A form on another page can post text, but not JSON, without asking first.
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
    refuse(response, 415, 'Requests are JSON.');
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What is too long is read to its end, and dropped, so that the answer arrives.
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  if (length > maxBodyBytes) {
    refuse(response, 413, 'The request is too large.');
    return;
  }
  let parameters: unknown;
  try {
    parameters = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    refuse(response, 400, 'The request is not JSON.');
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const reply = JSON.stringify(await host.handle(name, parameters, gone.signal));
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(reply);
}
