import { randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { downloadPathPrefix } from '../../shared/contract/bridge.ts';
import type { ExportOutcome } from '../../shared/contract/results.ts';
import type { ExportContent } from '../host/export-content.ts';
import { writeExport } from '../host/export-runs.ts';

const lifetimeMs = 60_000;

interface Download {
  readonly path: string;
  readonly fileName: string;
  readonly timer: NodeJS.Timeout;
}

/** Exports on their way to the browser: each can be fetched once, within a minute. */
export class Downloads {
  private readonly folder = mkdtempSync(join(tmpdir(), 'vernier-downloads-'));
  private readonly waiting = new Map<string, Download>();

  async offer(content: ExportContent): Promise<ExportOutcome> {
    const id = randomBytes(18).toString('base64url');
    // A browser takes one file at a time: a model with its weights beside it goes as a zip.
    const isZip = content.parts.length > 1;
    const fileName = isZip && !content.fileName.endsWith('.zip') ? `${content.fileName}.zip` : content.fileName;
    const path = join(this.folder, `${id}${isZip ? '.zip' : ''}`);
    await writeExport(content, path);
    const timer = setTimeout(() => this.drop(id), lifetimeMs);
    timer.unref();
    this.waiting.set(id, { path, fileName, timer });
    return { kind: 'download', url: `${downloadPathPrefix}${id}`, fileName };
  }

  async send(id: string, response: ServerResponse): Promise<boolean> {
    const download = this.waiting.get(id);
    if (download === undefined) return false;
    this.waiting.delete(id);
    clearTimeout(download.timer);
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(download.fileName)}`,
      'cache-control': 'no-store',
    });
    await pipeline(createReadStream(download.path), response).catch(() => {
      // The browser went away; the export can be asked for again.
    });
    rmSync(download.path, { force: true });
    return true;
  }

  close(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private drop(id: string): void {
    const download = this.waiting.get(id);
    this.waiting.delete(id);
    if (download !== undefined) rmSync(download.path, { force: true });
  }
}
