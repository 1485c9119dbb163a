/**
 * `npm start`: opens Vernier. Builds what is out of date, then starts the desktop app in the Electron that is installed, can
 * be downloaded, or is named in ELECTRON_OVERRIDE_DIST_PATH. Where there is none, or no display, the same window is served
 * to a browser.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../electron/cli/command-line.ts';
import {
  electronBinary,
  findElectronPackage,
  findInstalledElectron,
  findNamedElectron,
  namedElectronFolder,
  type Electron,
} from './find-electron.ts';
import { isBuilt } from './is-built.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where downloads of Electron come from unless the user says otherwise. */
const defaultMirror = 'https://github.com/electron/electron/releases/';

/** Who has not answered by then is behind a firewall that swallows requests. */
const answerTimeoutMs = 5000;

/** An end sooner than this is no session that a person closed. */
const failedStartMs = 10_000;

/** Whether a download has a chance: without asking, one from an offline machine can hang for minutes. */
async function canDownload(): Promise<boolean> {
  // Electron's installer knows proxies, fetch does not.
  if (Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name))) return true;
  const mirror = process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'] ?? defaultMirror;
  try {
    await fetch(mirror, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(answerTimeoutMs) });
    return true;
  } catch {
    // Whatever the reason, the answer is the same: there is nobody to download from.
    return false;
  }
}

/** The Electron to start, or why there is none. */
async function chooseElectron(): Promise<Electron | string> {
  if (namedElectronFolder !== '') {
    const named = findNamedElectron();
    if (named === null) return `ELECTRON_OVERRIDE_DIST_PATH holds no ${electronBinary}`;
    if (named.isUsable) return named;
    return `Electron ${named.version} is too old for the history (36 or newer; \`npm run prepare-electron\` makes older ones usable)`;
  }
  const installed = findInstalledElectron();
  if (installed !== null) return installed;
  const folder = findElectronPackage();
  if (folder === null) return 'Electron is not installed';
  if (!(await canDownload())) return 'Electron is not there and cannot be downloaded';
  console.error('Downloading Electron, once …');
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore' });
  return findInstalledElectron() ?? 'Electron could not be downloaded';
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

function startDesktop(electron: Electron): void {
  const started = performance.now();
  // Chromium's sandbox refuses to work for root, which only containers and CI are.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(electron.program, [...sandbox, root, ...process.argv.slice(2)], {
    stdio: 'inherit',
    // Files named as arguments are meant from where the user stands, which npm leaves for the project's folder.
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    env: {
      ...process.env,
      ...(electron.nativeBinding === null ? {} : { VERNIER_SQLITE_BINDING: electron.nativeBinding }),
    },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const giveUp = (reason: string) => {
    process.off('SIGINT', forward).off('SIGTERM', forward);
    void serveInstead(`Electron does not start (${reason})`);
  };
  child.on('error', (error) => giveUp(error.message));
  child.on('exit', (code, signal) => {
    // A display that cannot be reached, a library that is missing: it ends before it shows anything.
    const hasFailed = code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM';
    if (hasFailed && performance.now() - started < failedStartMs) giveUp(signal ?? `exit code ${code}`);
    else process.exitCode = code ?? 1;
  });
}

if (!isBuilt()) {
  console.error('Building …');
  // In a process of its own: bundlers hold on to memory that the app could use.
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!hasDisplay()) await serveInstead('No display');
else {
  const electron = await chooseElectron();
  if (typeof electron === 'string') await serveInstead(electron);
  else startDesktop(electron);
}
