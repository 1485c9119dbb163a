/** Apart from build.ts, so that who only asks need not load the bundlers. */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['electron/**/*.ts', 'renderer/**/*', 'shared/**/*.ts', 'package-lock.json', 'vite.config.ts'];

/** Written last by a build. */
export const builtPath = join(root, 'dist', 'built.txt');

/** Whether the build is there and younger than everything it is made of. */
export function isBuilt(): boolean {
  const built = statSync(builtPath, { throwIfNoEntry: false });
  if (built === undefined) return false;
  return globSync(sources, { cwd: root }).every((path) => statSync(join(root, path)).mtimeMs <= built.mtimeMs);
}
