import { AppError, deserializeError } from '../shared/app-error.ts';
import {
  apiPathPrefix,
  eventsPath,
  eventsProtocol,
  type PreloadBridge,
  type Reply,
} from '../shared/contract/bridge.ts';
import type { HostEvent, HostEventName, HostEvents } from '../shared/contract/events.ts';
import type { RequestInput, RequestName } from '../shared/contract/requests.ts';
import type { RequestResults } from '../shared/contract/results.ts';
import { tell } from '../shared/engine-texts/tell.ts';

import { readSession } from './session.ts';

declare global {
  interface Window {
    /** Put there by the preload script; absent in a browser. */
    readonly vernier?: PreloadBridge;
  }
}

/** Whether the host can be heard: a browser loses its socket when the tunnel breaks or the server stops. */
export type ConnectionState = 'connected' | 'lost';

interface Transport {
  request(name: RequestName, parameters: unknown): Promise<Reply<unknown>>;
  onEvent(listener: (event: HostEvent) => void): () => void;
  onConnection(listener: (state: ConnectionState) => void): () => void;
  pathOfFile(file: File): string;
}

function bridgeTransport(bridge: PreloadBridge): Transport {
  return {
    request: (name, parameters) => bridge.request(name, parameters),
    onEvent: (listener) => bridge.onEvent(listener),
    onConnection: () => () => undefined,
    pathOfFile: (file) => bridge.pathOfFile(file),
  };
}

const firstReconnectDelayMs = 500;
const longestReconnectDelayMs = 8000;

function httpTransport(): Transport {
  const key = readSession();
  const eventListeners = new Set<(event: HostEvent) => void>();
  const connectionListeners = new Set<(state: ConnectionState) => void>();
  let delayMs = firstReconnectDelayMs;

  async function connect(): Promise<void> {
    const url = new URL(eventsPath, window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, [eventsProtocol, (await key) ?? '']);
    socket.addEventListener('open', () => {
      delayMs = firstReconnectDelayMs;
      for (const listener of connectionListeners) listener('connected');
    });
    socket.addEventListener('message', (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as HostEvent;
      for (const listener of eventListeners) listener(event);
    });
    socket.addEventListener('close', () => {
      for (const listener of connectionListeners) listener('lost');
      window.setTimeout(() => void connect(), delayMs);
      delayMs = Math.min(delayMs * 2, longestReconnectDelayMs);
    });
  }
  void connect();

  return {
    async request(name, parameters) {
      const response = await fetch(`${apiPathPrefix}${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${(await key) ?? ''}` },
        body: JSON.stringify(parameters),
      });
      if (!response.headers.get('content-type')?.includes('json')) {
        throw new AppError('internal', tell('hostAnswered', { status: `${response.status} ${response.statusText}` }));
      }
      return (await response.json()) as Reply<unknown>;
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    pathOfFile: () => '',
  };
}

const transport = window.vernier === undefined ? httpTransport() : bridgeTransport(window.vernier);

const looks: ReadonlySet<RequestName> = new Set<RequestName>([
  'model.inspect',
  'data.preview',
  'plan.preview',
  'network.ofRun',
  'network.ofRuns',
  'network.ofFiles',
]);

async function lookUntil(signal: AbortSignal, name: RequestName, parameters: object): Promise<Reply<unknown>> {
  const lookId = crypto.randomUUID();
  // A host that is not there any more has given up, too.
  const cancel = () => void transport.request('look.cancel', { lookId }).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await transport.request(name, { ...parameters, lookId });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/**
 * Asks the host; rejects with the `AppError` it answers.
 * @param signal tells the host, when aborted, that the answer is not wanted any more: what takes long is then given up.
 */
export async function request<Name extends RequestName>(
  name: Name,
  parameters: RequestInput<Name>,
  signal?: AbortSignal,
): Promise<RequestResults[Name]> {
  const reply = await (signal !== undefined && looks.has(name)
    ? lookUntil(signal, name, parameters)
    : transport.request(name, parameters));
  if (!reply.ok) throw deserializeError(reply.error);
  return reply.value as RequestResults[Name];
}

/** Listens to one kind of host event. @returns what stops listening. */
export function onHostEvent<Name extends HostEventName>(
  name: Name,
  listener: (payload: HostEvents[Name]) => void,
): () => void {
  return transport.onEvent((event) => {
    if (event.name === name) listener(event.payload as HostEvents[Name]);
  });
}

export function onConnection(listener: (state: ConnectionState) => void): () => void {
  return transport.onConnection(listener);
}

/** Where a dropped file lies; empty in a browser, which does not tell. */
export function pathOfFile(file: File): string {
  return transport.pathOfFile(file);
}
