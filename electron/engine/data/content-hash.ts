import { createHash } from 'node:crypto';
import { readInTurn, type Reading } from '../files/readings.ts';
import type { Feeds } from '../tensor/tensor.ts';

export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads files for their hashes; they may be larger than memory. Called before they are used, it tells what was used. */
export async function readFiles(paths: readonly string[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const path of paths) readings.push(...(await readInTurn([path])));
  return readings;
}

/** One hash over named parts, whatever order they come in. Names are relative paths with `/`, the same on any machine. */
export function hashParts(parts: Iterable<readonly [name: string, sha256: string]>): string {
  const lines = [...parts].map(([name, sha256]) => `${name}\0${sha256}\n`).sort();
  return hashBytes(lines.join(''));
}

/** Hash of a sample's values: element types, dimensions and bytes of every input. */
export function hashFeeds(feeds: Feeds): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(feeds).sort()) {
    const { dataType, dims, data } = feeds[name]!;
    hash.update(`${name}\0${dataType}\0${dims.join('x')}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
