import { net, protocol } from 'electron';
import { join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contentSecurityPolicy } from '../host/content-security-policy.ts';

export const appOrigin = 'vernier://app';
export const appUrl = `${appOrigin}/index.html`;

/** Before the app is ready: a scheme of our own is a secure origin like https, which file:// is not. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'vernier', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built renderer, and nothing else, at vernier://app/. */
export function serveRenderer(folder: string): void {
  protocol.handle('vernier', async (request) => {
    const url = new URL(request.url);
    const path = normalize(join(folder, decodeURIComponent(url.pathname)));
    const isOurs = url.host === 'app' && request.method === 'GET' && path.startsWith(folder + sep);
    const found = isOurs ? await net.fetch(pathToFileURL(path).href).catch(() => null) : null;
    const headers = new Headers({
      'content-security-policy': contentSecurityPolicy("'self'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const type = found?.headers.get('content-type');
    if (type != null) headers.set('content-type', type);
    return new Response(found?.body ?? 'Not found', { status: found?.ok === true ? 200 : 404, headers });
  });
}
