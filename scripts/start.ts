/**
 * `npm start`: opens Vernier. Builds what is out of date, then starts the desktop app in the Electron that is installed, can
 * be downloaded, or is named in ELECTRON_OVERRIDE_DIST_PATH. Where there is none, or no display, the same window is served
 * to a browser.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../electron/cli/command-line.ts';
import { isBuilt } from './is-built.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A download that has not finished by then is not going to: the browser host is the better answer. */
const downloadTimeoutMs = 120_000;

/** The program to start, or why there is none. */
function findElectron(): { readonly program: string } | { readonly reason: string } {
  const binary =
    process.platform === 'win32'
      ? 'electron.exe'
      : process.platform === 'darwin'
        ? 'Electron.app/Contents/MacOS/Electron'
        : 'electron';
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') {
    const program = join(override, binary);
    return existsSync(program) ? { program } : { reason: `ELECTRON_OVERRIDE_DIST_PATH holds no ${binary}` };
  }
  let folder: string;
  try {
    folder = fileURLToPath(new URL('.', `file://${createRequire(import.meta.url).resolve('electron/package.json')}`));
  } catch {
    return { reason: 'Electron is not installed' };
  }
  const installed = () => {
    try {
      const name = readFileSync(join(folder, 'path.txt'), 'utf8').trim();
      const program = join(folder, 'dist', name);
      return existsSync(program) ? program : null;
    } catch {
      return null;
    }
  };
  const before = installed();
  if (before !== null) return { program: before };
  console.error('Downloading Electron, once …');
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: downloadTimeoutMs });
  const after = installed();
  return after === null ? { reason: 'Electron could not be downloaded' } : { program: after };
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}

async function serveInstead(reason: string): Promise<void> {
  console.error(`${reason}: serving the window to a browser instead.`);
  const folder = process.env['INIT_CWD'] ?? process.cwd();
  process.exitCode = await runCommandLine(['serve', '--root', folder, ...process.argv.slice(2)]);
}

if (!isBuilt()) {
  console.error('Building …');
  // In a process of its own: bundlers hold on to memory that the app could use.
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!hasDisplay()) await serveInstead('No display');
else {
  const electron = findElectron();
  if ('reason' in electron) await serveInstead(electron.reason);
  else {
    // Chromium's sandbox refuses to work for root, which only containers and CI are.
    const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const child = spawn(electron.program, [...sandbox, root, ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => void serveInstead(`Electron does not start (${error.message})`));
    child.on('exit', (code) => (process.exitCode = code ?? 1));
  }
}
