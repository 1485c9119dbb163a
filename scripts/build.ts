/**
 * `npm run build`: everything that runs outside the source tree, into dist/. The window's page with Vite, the processes of
 * the desktop app with esbuild: Electron cannot run TypeScript as it is, and starts sooner from a few files than from
 * hundreds.
 */
import { build as bundle } from 'esbuild';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildRenderer } from 'vite';
import { builtPath } from './is-built.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'electron');

/** Packages with native parts or files of their own: they stay in node_modules. */
const external = ['electron', 'better-sqlite3', 'onnxruntime-node', 'sharp', 'pdfmake'];

/** The oldest Node that Vernier's processes run on inside Electron. */
const target = 'node20.18';

export async function buildAll(): Promise<void> {
  rmSync(join(root, 'dist', 'electron'), { recursive: true, force: true });
  await bundle({
    absWorkingDir: root,
    entryPoints: {
      main: 'electron/main/main.ts',
      'copy-thread': 'electron/store/copy-thread.ts',
      'engine-process': 'electron/worker/engine-process.ts',
      'latency-process': 'electron/engine/4-measure/latency-process.ts',
      'profile-process': 'electron/engine/4-measure/profile-process.ts',
    },
    outdir: out,
    bundle: true,
    // What the engine needs only for some jobs stays in files of its own; all lie in one folder, where they look for each other.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    external,
    // CommonJS packages that are bundled in ask for Node's modules with `require`, which ES modules lack.
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`,
    },
    legalComments: 'none',
    logLevel: 'warning',
  });
  await bundle({
    absWorkingDir: root,
    entryPoints: { preload: 'electron/preload/preload.ts' },
    outdir: out,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    // Sandboxed preload scripts are CommonJS and may load nothing but Electron.
    format: 'cjs',
    platform: 'node',
    target,
    external: ['electron'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  await buildRenderer({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(builtPath, new Date().toISOString());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
