import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

/** Sends a file of the built renderer. @returns false when there is none at this address. */
export async function sendStaticFile(folder: string, pathname: string, response: ServerResponse): Promise<boolean> {
  let path: string;
  try {
    const name = pathname === '/' ? 'index.html' : decodeURIComponent(pathname).slice(1);
    if (name.includes('\0')) return false;
    path = await realpath(join(folder, name));
    if (!path.startsWith((await realpath(folder)) + sep)) return false;
    if (!(await stat(path)).isFile()) return false;
  } catch {
    // Not there, or no valid address.
    return false;
  }
  // Built files carry a hash of their content in their names; the page itself does not.
  const isHashed = pathname.startsWith('/assets/');
  response.writeHead(200, {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'cache-control': isHashed ? 'private, max-age=31536000, immutable' : 'no-store',
  });
  await pipeline(createReadStream(path), response).catch(() => {
    // The browser went away in the middle: nobody is left to tell.
  });
  return true;
}
