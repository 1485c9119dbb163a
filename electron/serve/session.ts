import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { eventsProtocol } from '../../shared/contract/bridge.ts';

/**
 * Who may talk to the server. Other users of the machine can reach a loopback port, and so can any web page in the user's
 * browser: the first lack a token, the second fail at Host (rebinding), Origin, and the key that pages of another port do not
 * have. Not a cookie: a browser sends those to every port of the host, so to whatever else listens on this machine.
 */
export class Session {
  /** Tokens of addresses that were given out and not opened yet. */
  private readonly tokens = new Set<string>();
  /** One for each browser that opened an address. */
  private readonly keys = new Set<string>();
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;

  constructor(port: number) {
    // Through an SSH tunnel the browser's port may differ from ours only if the user chooses so; then they name it with
    // --port. `localhost` and the address are what browsers send for the loopback interface.
    this.hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
    this.origins = new Set([...this.hosts].map((host) => `http://${host}`));
  }

  /** A token for one browser. In an address it stands behind the #, which no browser sends or tells other pages. */
  issueToken(): string {
    const token = randomBytes(24).toString('base64url');
    this.tokens.add(token);
    return token;
  }

  /** @returns the key of a new browser; null when the token was never given out, or was used. */
  exchange(token: string): string | null {
    const found = [...this.tokens].find((issued) => isEqual(issued, token));
    if (found === undefined) return null;
    this.tokens.delete(found);
    const key = randomBytes(24).toString('base64url');
    this.keys.add(key);
    return key;
  }

  /** A page of another name that resolves to 127.0.0.1 has another Host. */
  hasOurHost(request: IncomingMessage): boolean {
    return this.hosts.has((request.headers.host ?? '').toLowerCase());
  }

  /** @param required for everything that changes something: browsers send it with every POST and WebSocket. */
  hasOurOrigin(request: IncomingMessage, required: boolean): boolean {
    const { origin } = request.headers;
    return origin === undefined ? !required : this.origins.has(origin.toLowerCase());
  }

  hasKey(request: IncomingMessage): boolean {
    const [scheme, key] = (request.headers.authorization ?? '').split(' ');
    return scheme === 'Bearer' && this.isKey(key);
  }

  /** Browsers let a page name protocols of a WebSocket, and no other header. */
  hasKeyAsProtocol(request: IncomingMessage): boolean {
    const [protocol, key] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    return protocol === eventsProtocol && this.isKey(key);
  }

  private isKey(candidate = ''): boolean {
    return [...this.keys].some((key) => isEqual(key, candidate));
  }
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
