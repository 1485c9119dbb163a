/**
 * `npm run package [-- TARGET…]`: the app for this platform in out/package/, from an Electron that is already on this machine:
 * the one named in ELECTRON_OVERRIDE_DIST_PATH, the installed one, or (for tests) the one of prepare-electron.ts. Without a
 * target as a folder; `-- tar.gz zip deb` makes archives and a package of it, for which Debian's p7zip-full and dpkg are
 * enough: nothing is downloaded. The other installers (AppImage, dmg, nsis) need tools that electron-builder fetches.
 */
import { build, Platform } from 'electron-builder';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.ts';
import { findAnyElectron } from './find-electron.ts';
import { isBuilt } from './is-built.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'out', 'package');

const targets = process.argv.slice(2);
/** electron-builder would fetch its own of these. */
const sevenZip = ['/usr/bin/7za', '/usr/bin/7z'].find((path) => existsSync(path));
if (sevenZip !== undefined) process.env['ELECTRON_BUILDER_7ZIP_PATH'] ??= sevenZip;
if (existsSync('/usr/bin/dpkg-deb')) process.env['CUSTOM_FPM_PATH'] ??= join(root, 'scripts', 'make-deb.ts');

const electron = findAnyElectron();
if (electron === null) {
  throw new Error(
    'There is no Electron on this machine: name one in ELECTRON_OVERRIDE_DIST_PATH, let `npm start` download it, or run ' +
      '`npm run prepare-electron`.',
  );
}
if (!isBuilt()) await buildAll();
rmSync(output, { recursive: true, force: true });
const work = mkdtempSync(join(tmpdir(), 'vernier-package-'));
try {
  // Without Electron's default app: the product holds one app only, and electron-builder reads no folder in its place.
  const electronDist = join(work, 'electron');
  cpSync(electron.folder, electronDist, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== 'default_app.asar',
  });
  await build({
    projectDir: root,
    targets: Platform.current().createTarget(targets.length === 0 ? 'dir' : targets),
    publish: 'never',
    config: { electronDist },
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(output);
