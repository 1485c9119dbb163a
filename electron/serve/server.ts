import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { AppError } from '../../shared/app-error.ts';
import {
  apiPathPrefix,
  downloadPathPrefix,
  eventsPath,
  eventsProtocol,
  sessionPath,
  tokenPrefix,
} from '../../shared/contract/bridge.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { AppHost } from '../host/app-host.ts';
import { contentSecurityPolicy } from '../host/content-security-policy.ts';
import type { Downloads } from './downloads.ts';
import { Session } from './session.ts';
import { sendStaticFile } from './static-files.ts';

export interface Server {
  /** For one browser: whoever opens it first has the server. */
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
  /** An address was opened; here is one for another browser. */
  readonly onOpened?: (nextUrl: string) => void;
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
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, handleProtocols: () => eventsProtocol });
  const makeAddress = (): string => `http://127.0.0.1:${port}/${tokenPrefix}${session.issueToken()}`;
  const openSession = (token: string): string | null => {
    const key = session.exchange(token);
    if (key !== null) options.onOpened?.(makeAddress());
    return key;
  };

  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response);
    respond(request, response, options, session, openSession).catch((error: unknown) => {
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
      session.hasKeyAsProtocol(request);
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
    url: makeAddress(),
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
      const said =
        error.code === 'EADDRINUSE'
          ? tell('portTaken', { port })
          : tell('portUnusable', { port, reason: error.message });
      reject(new AppError('options-invalid', said));
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
  openSession: (token: string) => string | null,
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
  const url = URL.parse(`http://127.0.0.1${request.url ?? '/'}`);
  if (url === null) {
    refuse(response, 404, 'Not found.');
    return;
  }
  if (isPost && url.pathname === sessionPath) {
    await answerSession(request, response, openSession);
    return;
  }
  if (isPost && url.pathname.startsWith(apiPathPrefix)) {
    if (session.hasKey(request)) {
      await answerRequest(request, response, url.pathname.slice(apiPathPrefix.length), host);
      return;
    }
    refuse(response, 401, 'Open the address that `vernier serve` printed last.');
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

/** @returns the JSON that was posted; undefined where it was none, and that was answered. */
async function readJson(request: IncomingMessage, response: ServerResponse): Promise<{ value: unknown } | undefined> {
  // A form on another page can post text, but not JSON, without asking first.
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
    refuse(response, 415, 'Requests are JSON.');
    return undefined;
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
    return undefined;
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    refuse(response, 400, 'The request is not JSON.');
    return undefined;
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

async function answerSession(
  request: IncomingMessage,
  response: ServerResponse,
  openSession: (token: string) => string | null,
): Promise<void> {
  const posted = await readJson(request, response);
  if (posted === undefined) return;
  const token = (posted.value as { token?: unknown } | null)?.token;
  const key = typeof token === 'string' ? openSession(token) : null;
  if (key === null)
    refuse(response, 403, 'This address was opened before. Open the one that `vernier serve` printed last.');
  else sendJson(response, { key });
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  host: AppHost,
): Promise<void> {
  const posted = await readJson(request, response);
  if (posted === undefined) return;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  sendJson(response, await host.handle(name, posted.value, gone.signal));
}
