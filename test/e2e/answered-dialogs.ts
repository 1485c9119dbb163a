import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './harness.ts';

export interface ShownDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/**
 * Makes an app around ours whose message boxes are answered with the button of this name: those that are shown before
 * there is a window come too early for a test to answer them from outside.
 */
export function wrapApp(
  folder: string,
  button: string,
): { readonly appFolder: string; readonly readDialogs: () => ShownDialog[] } {
  const appFolder = join(folder, 'app');
  const logPath = join(appFolder, 'dialogs.json');
  mkdirSync(appFolder, { recursive: true });
  writeFileSync(join(appFolder, 'package.json'), JSON.stringify({ name: 'vernier', version: '0', main: 'main.mjs' }));
  writeFileSync(
    join(appFolder, 'main.mjs'),
    `import { dialog } from 'electron';
import { writeFileSync } from 'node:fs';
const shown = [];
dialog.showMessageBox = (options) => {
  shown.push({ message: options.message, detail: options.detail, buttons: options.buttons });
  writeFileSync(${JSON.stringify(logPath)}, JSON.stringify(shown));
  return Promise.resolve({ response: options.buttons.indexOf(${JSON.stringify(button)}), checkboxChecked: false });
};
await import(${JSON.stringify(pathToFileURL(join(root, 'dist', 'electron', 'main.js')).href)});
`,
  );
  return {
    appFolder,
    readDialogs: () => (existsSync(logPath) ? (JSON.parse(readFileSync(logPath, 'utf8')) as ShownDialog[]) : []),
  };
}
