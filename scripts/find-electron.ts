/** Where an Electron lies on this machine, and whether the history can be opened in it. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findTestElectron } from './prepare-electron.ts';

export interface Electron {
  readonly folder: string;
  readonly program: string;
  readonly version: string;
  /** Another build of better-sqlite3's native part, where this Electron needs one. */
  readonly nativeBinding: string | null;
  /** False when it needs one that is not there: then opening the history would crash it. */
  readonly isUsable: boolean;
}

/** Since then Electron has the Node-API 10 that better-sqlite3's own prebuilt part needs. */
const firstVersionWithNodeApi10 = 36;

const binaries: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron',
};
export const electronBinary = binaries[process.platform] ?? 'electron';

function electronIn(folder: string): Electron | null {
  const program = join(folder, electronBinary);
  if (!existsSync(program)) return null;
  const versionPath = join(folder, 'version');
  const version = existsSync(versionPath) ? readFileSync(versionPath, 'utf8').trim().replace(/^v/, '') : '';
  const isOld = Number.parseInt(version, 10) < firstVersionWithNodeApi10;
  const named = process.env['VERNIER_SQLITE_BINDING'] ?? '';
  const nativeBinding = named !== '' ? named : isOld ? (findTestElectron()?.nativeBinding ?? null) : null;
  return { folder, program, version, nativeBinding, isUsable: !isOld || nativeBinding !== null };
}

/** The folder the user named, if any. */
export const namedElectronFolder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';

export function findNamedElectron(): Electron | null {
  return namedElectronFolder === '' ? null : electronIn(namedElectronFolder);
}

/** Folder of the npm package, which holds the installer and, afterwards, the runtime; null where it is not installed. */
export function findElectronPackage(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

export function findInstalledElectron(): Electron | null {
  const folder = findElectronPackage();
  return folder === null ? null : electronIn(join(folder, 'dist'));
}

/** For tests and packaging: the named one, the installed one, or the one of prepare-electron.ts. */
export function findAnyElectron(): Electron | null {
  if (namedElectronFolder !== '') return findNamedElectron();
  const prepared = findTestElectron();
  return findInstalledElectron() ?? (prepared === null ? null : electronIn(prepared.folder));
}
