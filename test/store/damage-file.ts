import { closeSync, openSync, statSync, writeSync } from 'node:fs';

/** Overwrites the middle of a history, as a failing disk would. */
export function damage(path: string): void {
  const file = openSync(path, 'r+');
  const { size } = statSync(path);
  writeSync(file, Buffer.alloc(size - 8192, 0xa5), 0, size - 8192, 8192);
  closeSync(file);
}
