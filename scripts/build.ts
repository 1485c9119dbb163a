/**
 * `npm run build`: everything that runs outside the source tree, into dist/. The window's page with Vite, the processes of
 * the desktop app with esbuild: Electron cannot run TypeScript as it is, and starts sooner from a few files than from
 * hundreds.
 */
import { build as bundle } from 'esbuild';
import { rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildRenderer } from 'vite';
import { builtPath } from './is-built.ts';
import { writeLicenses } from './write-licenses.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'electron');

/** Packages with native parts or files of their own: they stay in node_modules. */
const external = ['electron', 'better-sqlite3', 'onnxruntime-node', 'sharp', 'pdfmake'];

/** The oldest Node that Vernier's processes run on inside Electron. */
const target = 'node20.18';

export async function buildAll(): Promise<void> {
  rmSync(join(root, 'dist', 'electron'), { recursive: true, force: true });
  const processes = await bundle({
    absWorkingDir: root,
    entryPoints: {
      main: 'electron/main/main.ts',
      'copy-thread': 'electron/store/copy-thread.ts',
      'render-thread': 'electron/host/render-thread.ts',
      'bundle-thread': 'electron/report/bundle/bundle-thread.ts',
      'engine-process': 'electron/worker/engine-process.ts',
      'latency-process': 'electron/engine/5-measure/latency-process.ts',
      'metric-module-process': 'electron/engine/5-measure/metric-module-process.ts',
      'profile-process': 'electron/engine/5-measure/profile-process.ts',
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
    metafile: true,
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
  const page = await buildRenderer({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  if (!('output' in page)) throw new Error('Vite made more than one build, or watches.');
  const files = page.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : file.originalFileNames));
  writeLicenses(
    root,
    [
      ...Object.keys(processes.metafile.inputs),
      // Modules that plugins make up begin with a NUL; the others are absolute, or (assets) relative to the page's folder.
      ...files.map((path) => relative(root, resolve(root, 'renderer', path))),
    ],
    join(root, 'dist', 'licenses.txt'),
  );
  writeFileSync(builtPath, new Date().toISOString());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
