import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function hostsOf(server: string): string[] {
  return server.split(',').map((part) => urlOf(part).hostname.replace(/^\[|\]$/g, ''));
}

function urlOf(server: string): URL {
  const trimmed = server.trim();
  return new URL(/^\w+:\/\//.test(trimmed) ? trimmed : `tls://${trimmed}`);
}

/**
 * Whether a certificate is that of a server which was named. The client of NATS says no name where a server is named by its address, and Node
 * then looks for "localhost" in a certificate that has the address.
 */
export function serverIdentityCheck(server: string): typeof checkServerIdentity {
  const hosts = hostsOf(server);
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (name, certificate) => {
    if (name !== 'localhost' || hosts.includes(name) || addresses.length === 0)
      return checkServerIdentity(name, certificate);
    const problems = addresses.map((address) => checkServerIdentity(address, certificate));
    return problems.includes(undefined) ? undefined : problems[0];
  };
}

const waitMs = 5000;
/** A server of NATS says less of itself. */
const longestInfoBytes = 64 << 10;

/** The first line that a server of NATS sends, before any encryption. */
async function readInfo(socket: Socket): Promise<{ readonly tls_verify?: unknown }> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const end = text.indexOf('\r\n');
      if (end < 0 && text.length <= longestInfoBytes) return;
      socket.removeAllListeners('data');
      try {
        resolve(JSON.parse(/^INFO (.*)$/.exec(text.slice(0, end))?.[1] ?? '{}') as { tls_verify?: unknown });
      } catch {
        // No server of NATS; the client will say so.
        resolve({});
      }
    });
  });
}

/**
 * Why a server that asks for certificates will not have this machine's. In TLS 1.3 it says so only after this side takes the connection for made,
 * and the client of NATS then waits for an answer until its time is up.
 * @returns null where there is nothing against it, or no such server.
 */
export async function findTlsRefusal(server: string, files: TlsFiles): Promise<string | null> {
  const [first = ''] = server.split(',');
  const host = hostsOf(first)[0]!;
  const socket = connectSocket(Number(urlOf(first).port || 4222), host);
  try {
    return await new Promise((resolve) => {
      const end = (reason: string | null): void => {
        clearTimeout(timer);
        resolve(reason);
      };
      const timer = setTimeout(() => end(null), waitMs);
      socket.once('error', () => end(null));
      socket.once('close', () => end(null));
      void readInfo(socket).then(({ tls_verify: isAsked }) => {
        if (isAsked !== true) end(null);
        else if (files.cert === undefined) end('none given');
        else shakeHands(socket, host, files, end);
      });
    });
  } finally {
    socket.destroy();
  }
}

function shakeHands(socket: Socket, host: string, files: TlsFiles, end: (reason: string | null) => void): void {
  // Whether this side trusts the server is said by the client itself.
  const secure = connectTls({
    socket,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
    ...files,
  });
  secure.once('error', (error: Error & { readonly reason?: string }) => end(error.reason ?? error.message));
  secure.once('close', () => end('closed by the server'));
  // Any answer will do.
  secure.once('data', () => end(null));
  secure.write('PING\r\n');
}
