import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Removes what a killed engine left half-written beside its output: `writeModel` (engine/onnx/model-file.ts) writes the
 * model and its data file under `<name>.<12 hex digits>.tmp` until they are whole.
 */
export function removeHalfWrittenFiles(outPath: string): void {
  const folder = dirname(outPath);
  const name = basename(outPath);
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    // No folder, so nothing in it.
    return;
  }
  for (const entry of entries) {
    if (!entry.startsWith(name)) continue;
    if (/^(?:\.data)?\.[0-9a-f]{12}\.tmp$/.test(entry.slice(name.length))) rmSync(join(folder, entry), { force: true });
  }
}
