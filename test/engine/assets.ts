import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

/** Real models and data for development, beside the checkout; VERNIER_ASSETS says where else. Not part of the project. */
const folder = process.env['VERNIER_ASSETS'] ?? fileURLToPath(new URL('../../../shared/assets', import.meta.url));

export function assetPath(name: string): string {
  return resolve(folder, name);
}

/** False when all files are there, else what a skipped test says. Also on stderr: a silent skip looks like a pass. */
export function skipWithout(...names: readonly string[]): string | false {
  const missing = names.map(assetPath).filter((path) => !existsSync(path));
  if (missing.length === 0) return false;
  const message = `SKIPPED: ${missing.join(', ')} not found; set VERNIER_ASSETS to a folder that has models/ and data/.`;
  console.error(message);
  return message;
}
