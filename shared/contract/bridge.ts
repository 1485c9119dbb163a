import type { SerializedError } from '../app-error.ts';
import type { HostEvent } from './events.ts';
import type { RequestName } from './requests.ts';

/** Errors cross process boundaries as data; `deserializeError` makes them throwable again. */
export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: SerializedError };

/** What the preload script puts at `window.vernier`; absent in a browser, which talks HTTP and WebSocket instead. */
export interface PreloadBridge {
  readonly host: 'electron';
  readonly platform: string;
  request(name: RequestName, parameters: unknown): Promise<Reply<unknown>>;
  /** @returns what stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Where a dropped file lies; empty for one that is not on disk. */
  pathOfFile(file: unknown): string;
}

/**
 * The browser host's addresses. POST `/session` with `{ token }`, the token behind the # of the printed address, answers
 * `{ key }`, once. POST `/api/<request name>` with JSON and the key as bearer answers a `Reply`; the socket, asked for with
 * `eventsProtocol` and the key as its protocols, sends `HostEvent`s.
 */
export const sessionPath = '/session';
export const tokenPrefix = '#token=';
export const eventsProtocol = 'vernier';
export const apiPathPrefix = '/api/';
export const eventsPath = '/events';
export const downloadPathPrefix = '/download/';
