import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const mainPath = fileURLToPath(new URL('../electron/cli/main.ts', import.meta.url));

/** A second, or more where starting a program that only prints its version shows how slow this machine is just now. */
export async function measureSecond(): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, [mainPath, '--version'], { stdio: 'ignore' }), 'exit');
  return Math.max(1000, 2 * (performance.now() - startedMs));
}
