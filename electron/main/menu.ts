import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/contract/events.ts';
import { menuLabels, type Language } from './menu-labels.ts';

const accelerators: Readonly<Partial<Record<MenuCommand, string>>> = {
  'new-experiment': 'CmdOrCtrl+N',
  'open-model': 'CmdOrCtrl+O',
  find: 'CmdOrCtrl+F',
  settings: 'CmdOrCtrl+,',
  start: 'CmdOrCtrl+1',
  history: 'CmdOrCtrl+2',
  queue: 'CmdOrCtrl+3',
  'cancel-run': 'CmdOrCtrl+.',
};

type Role = Extract<keyof typeof menuLabels, MenuItemConstructorOptions['role']>;

/** Makes items in one language. */
interface Words {
  readonly label: (key: keyof typeof menuLabels) => string;
  /** Carried out by the window. */
  readonly item: (command: MenuCommand) => MenuItemConstructorOptions;
  /** Carried out by Electron. */
  readonly standard: (role: Role) => MenuItemConstructorOptions;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };
const isMac = process.platform === 'darwin';

function wordsIn(language: Language, send: (command: MenuCommand) => void): Words {
  const label = (key: keyof typeof menuLabels) => menuLabels[key][language];
  return {
    label,
    item: (command) => {
      const accelerator = accelerators[command];
      return {
        id: command,
        label: label(command),
        click: () => send(command),
        ...(accelerator === undefined ? {} : { accelerator }),
      };
    },
    standard: (role) => ({ role, label: label(role) }),
  };
}

function macMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: app.name,
    submenu: [
      words.item('about'),
      separator,
      words.item('settings'),
      separator,
      words.standard('hide'),
      words.standard('hideOthers'),
      words.standard('unhide'),
      separator,
      words.standard('quit'),
    ],
  };
}

function fileMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.label('file'),
    submenu: [
      words.item('new-experiment'),
      words.item('open-model'),
      words.item('try-sample'),
      separator,
      words.item('cancel-run'),
      ...(isMac ? [] : [separator, words.item('settings')]),
      separator,
      words.standard(isMac ? 'close' : 'quit'),
    ],
  };
}

function editMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.label('edit'),
    submenu: [
      words.standard('undo'),
      words.standard('redo'),
      separator,
      words.standard('cut'),
      words.standard('copy'),
      words.standard('paste'),
      words.standard('selectAll'),
      separator,
      words.item('find'),
    ],
  };
}

function viewMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.label('view'),
    submenu: [
      words.standard('resetZoom'),
      words.standard('zoomIn'),
      words.standard('zoomOut'),
      separator,
      words.standard('togglefullscreen'),
      // Only for work on Vernier itself: in a packaged app the console is no place for users.
      ...(app.isPackaged ? [] : [separator, words.standard('toggleDevTools')]),
    ],
  };
}

function windowMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.label('window'),
    role: 'windowMenu',
    submenu: isMac
      ? [words.standard('minimize'), words.standard('zoom'), separator, words.standard('front')]
      : [words.standard('minimize'), words.standard('close')],
  };
}

function helpMenu(words: Words, databasePath: string): MenuItemConstructorOptions {
  return {
    label: words.label('help'),
    role: 'help',
    submenu: [
      { label: words.label('showHistoryFolder'), click: () => shell.showItemInFolder(databasePath) },
      ...(isMac ? [] : [separator, words.item('about')]),
    ],
  };
}

/** Builds the application menu. Its commands are carried out by the window. */
export function setApplicationMenu(
  language: Language,
  databasePath: string,
  send: (command: MenuCommand) => void,
): void {
  const words = wordsIn(language, send);
  const { label, item } = words;
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [macMenu(words)] : []),
      fileMenu(words),
      editMenu(words),
      { label: label('go'), submenu: [item('start'), item('history'), item('queue')] },
      viewMenu(words),
      windowMenu(words),
      helpMenu(words, databasePath),
    ]),
  );
}
