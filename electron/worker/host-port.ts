import { basename, extname } from 'node:path';
import { spawnNodeChild, type ChildHandle, type SpawnChild } from '../engine/runtime/child-process.ts';
import type { EngineMessage, HostMessage } from './protocol.ts';

/** The engine's end of the wire to its host, the same under Node's fork and Electron's utilityProcess. */
export interface HostPort {
  /** `sent` is called when the message is on its way; never when the host has died. */
  readonly send: (message: EngineMessage, sent?: () => void) => void;
  readonly onMessage: (listener: (message: HostMessage) => void) => void;
  /** Electron ends its utility processes itself when it goes: there it is never called. */
  readonly onDisconnect: (listener: () => void) => void;
  readonly spawnChild: SpawnChild;
}

interface MessagePortMain {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start(): void;
}

/** Electron's process.parentPort. */
interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly MessagePortMain[] }) => void,
  ): void;
}

export function connectToHost(): HostPort {
  const parentPort = (process as { readonly parentPort?: UtilityParentPort }).parentPort;
  return parentPort === undefined ? connectOverFork() : connectOverUtility(parentPort);
}

function connectOverFork(): HostPort {
  return {
    send: (message, sent) => {
      // The host may have died: then nobody wants the message, and `disconnect` ends this process.
      if (process.send === undefined || !process.connected) return;
      process.send(message, undefined, undefined, () => sent?.());
    },
    onMessage: (listener) => process.on('message', listener),
    onDisconnect: (listener) => process.on('disconnect', listener),
    spawnChild: spawnNodeChild,
  };
}

/** A helper that the main process starts for us. It is talked to directly, over the port the main process hands out. */
interface RemoteChild {
  attach(port: MessagePortMain): void;
  end(code: number | null, signal: string | null, errorOutput: string): void;
}

function connectOverUtility(parentPort: UtilityParentPort): HostPort {
  const send = (message: EngineMessage) => parentPort.postMessage(message);
  const children = new Map<number, RemoteChild>();
  let lastId = 0;

  parentPort.on('message', ({ data, ports }) => {
    const message = data as HostMessage;
    if (message.type === 'child-port') children.get(message.id)?.attach(ports[0]!);
    if (message.type === 'child-exit') {
      children.get(message.id)?.end(message.code, message.signal, message.errorOutput);
      children.delete(message.id);
    }
  });

  const spawnChild: SpawnChild = (entry, name): ChildHandle => {
    const id = ++lastId;
    let port: MessagePortMain | null = null;
    const unsent: unknown[] = [];
    const messageListeners: ((message: unknown) => void)[] = [];
    const exitListeners: ((code: number | null, signal: string | null) => void)[] = [];
    let ended: readonly [number | null, string | null] | null = null;
    let lastWords = '';
    children.set(id, {
      attach: (attached) => {
        port = attached;
        port.on('message', ({ data }) => {
          for (const listener of messageListeners) listener(data);
        });
        port.start();
        for (const message of unsent.splice(0)) port.postMessage(message);
      },
      end: (code, signal, errorOutput) => {
        lastWords = errorOutput;
        ended = [code, signal];
        for (const listener of exitListeners) listener(code, signal);
      },
    });
    send({ type: 'spawn-child', id, entryName: basename(entry.pathname, extname(entry.pathname)), name });
    return {
      pid: undefined,
      send: (message) => {
        if (port === null) unsent.push(message);
        else port.postMessage(message);
      },
      onMessage: (listener) => messageListeners.push(listener),
      onExit: (listener) => {
        if (ended === null) exitListeners.push(listener);
        else listener(...ended);
      },
      kill: () => send({ type: 'kill-child', id }),
      recentErrorOutput: () => lastWords,
    };
  };

  return {
    send: (message, sent) => {
      send(message);
      sent?.();
    },
    onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data as HostMessage)),
    onDisconnect: () => undefined,
    spawnChild,
  };
}
