import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * What is being written to `path` until it is whole, or was when its writer was killed. Two writers, one habit: the name
 * of the file, something random and `.tmp`, in the same folder, one with a dot in front: `writeModel`
 * (engine/onnx/write-model.ts; its data file as well), and everything that goes through engine/files/atomic-file.ts.
 */
export function listTemporaryFiles(path: string): string[] {
  const folder = dirname(path);
  const name = basename(path);
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    // No folder, so nothing in it.
    return [];
  }
  return entries
    .filter((entry) => {
      const rest = entry.startsWith(name)
        ? entry.slice(name.length)
        : entry.startsWith(`.${name}`)
          ? entry.slice(name.length + 1)
          : null;
      return rest !== null && /^(?:\.data)?\.[0-9a-f]{1,12}\.tmp(?:-journal|-wal|-shm)?$/.test(rest);
    })
    .map((entry) => join(folder, entry));
}

/** Removes what a killed engine left half-written beside its output. */
export function removeHalfWrittenFiles(outPath: string): void {
  for (const path of listTemporaryFiles(outPath)) rmSync(path, { force: true });
}
