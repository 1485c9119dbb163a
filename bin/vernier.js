#!/usr/bin/env node
// Starts the command line on a Node that can run it. Plain JavaScript for Node 20: this file decides, it does no work.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// 22.18 is the first Node that runs TypeScript as it is; better-sqlite3 needs at least 22.14.
const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 18);
const main = new URL('../electron/cli/main.ts', import.meta.url);

/** The Node 24 that npm installed with this package, for machines that have an older one. */
function findOwnNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

function rerunWith(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both; the child decides what becomes of it, and its answer is ours.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`vernier: ${node} does not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

if (/[\\/]node_modules[\\/]/.test(fileURLToPath(main))) {
  // No Node strips types there (ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING).
  process.stderr.write(
    'vernier: it runs from a checkout, not from within node_modules: clone it, run `npm ci` there, and `npm link` to have ' +
      'the command everywhere.\n',
  );
  process.exitCode = 1;
} else if (isNewEnough) {
  await import(main.href);
} else {
  const node = findOwnNode();
  if (node === null) {
    process.stderr.write(
      `vernier: Node ${process.versions.node} is too old and no newer one came with this installation: ` +
        'install Node 22.18 or newer, or run `npm ci` again without --omit=optional.\n',
    );
    process.exitCode = 1;
  } else {
    rerunWith(node);
  }
}
