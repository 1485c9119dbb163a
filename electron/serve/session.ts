import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the server. Other users of the machine can reach a loopback port, and so can any web page in the user's
 * browser: the first lack the token, the second fail at Host (rebinding), Origin and the cookie's SameSite.
 */
export class Session {
  /** In the printed address; exchanged for the cookie, so that it does not stay in the address bar or in Referer. */
  readonly token = randomBytes(24).toString('base64url');
  private readonly secret = randomBytes(24).toString('base64url');
  private readonly cookieName: string;
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;

  constructor(port: number) {
    // Cookies know no ports: without it two servers on one machine would log each other out.
    this.cookieName = `vernier-${port}`;
    // Through an SSH tunnel the browser's port may differ from ours only if the user chooses so; then they name it with
    // --port. `localhost` and the address are what browsers send for the loopback interface.
    this.hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
    this.origins = new Set([...this.hosts].map((host) => `http://${host}`));
  }

  get cookie(): string {
    return `${this.cookieName}=${this.secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isToken(candidate: string | null): boolean {
    return candidate !== null && isEqual(candidate, this.token);
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

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    const prefix = `${this.cookieName}=`;
    return cookies.some((cookie) => cookie.startsWith(prefix) && isEqual(cookie.slice(prefix.length), this.secret));
  }
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
