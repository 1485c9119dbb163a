/** The programs that tests of the window need beside Node, where they lie, and how to get the missing ones. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findAnyElectron } from './find-electron.ts';

export function findChromium(): string | null {
  const candidates = [process.env['VERNIER_CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'];
  return candidates.find((path) => path !== '' && existsSync(path)) ?? null;
}

function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** In CI what is missing is a failure; elsewhere its tests are skipped, loudly. */
export const areRequired = (process.env['CI'] ?? '') !== '' || (process.env['VERNIER_REQUIRE_E2E'] ?? '') !== '';

export interface MissingProgram {
  readonly name: 'electron' | 'chromium';
  readonly what: string;
  readonly command: string;
}

const aptInstall = `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y`;

export function findMissingPrograms(): MissingProgram[] {
  const missing: MissingProgram[] = [];
  if (findChromium() === null) {
    missing.push({ name: 'chromium', what: 'a Chromium', command: `${aptInstall} chromium` });
  }
  if (findAnyElectron() === null || !hasProgram('Xvfb')) {
    const packages = 'chromium xvfb xauth unzip python3 make g++ libnotify4 libxss1 libxtst6 libx11-xcb1 libxcb-dri3-0';
    missing.push({
      name: 'electron',
      what: findAnyElectron() === null ? 'an Electron' : 'a display (Xvfb)',
      command: `${aptInstall} ${packages} && npm run prepare-electron`,
    });
  }
  return missing;
}
