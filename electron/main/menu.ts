import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand, Settings } from '../../shared/contract.ts';

type Language = Settings['language'];

const labels = {
  file: { en: 'File', 'zh-CN': '文件' },
  'new-experiment': { en: 'New Experiment', 'zh-CN': '新建实验' },
  'open-model': { en: 'Open Model…', 'zh-CN': '打开模型…' },
  'try-sample': { en: 'Try the Sample', 'zh-CN': '试用示例' },
  'cancel-run': { en: 'Cancel Run', 'zh-CN': '取消运行' },
  settings: { en: 'Settings…', 'zh-CN': '设置…' },
  edit: { en: 'Edit', 'zh-CN': '编辑' },
  find: { en: 'Find', 'zh-CN': '查找' },
  go: { en: 'Go', 'zh-CN': '前往' },
  start: { en: 'Start', 'zh-CN': '开始' },
  history: { en: 'History', 'zh-CN': '历史记录' },
  queue: { en: 'Queue', 'zh-CN': '队列' },
  view: { en: 'View', 'zh-CN': '视图' },
  help: { en: 'Help', 'zh-CN': '帮助' },
  about: { en: 'About Vernier', 'zh-CN': '关于 Vernier' },
  showHistoryFolder: { en: 'Show History Folder', 'zh-CN': '显示历史记录文件夹' },
} as const;

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

/** Builds the application menu. Its commands are carried out by the window. */
export function setApplicationMenu(
  language: Language,
  databasePath: string,
  send: (command: MenuCommand) => void,
): void {
  const label = (key: keyof typeof labels) => labels[key][language];
  const item = (command: MenuCommand): MenuItemConstructorOptions => {
    const accelerator = accelerators[command];
    return {
      id: command,
      label: label(command),
      click: () => send(command),
      ...(accelerator === undefined ? {} : { accelerator }),
    };
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const isMac = process.platform === 'darwin';
  const appMenu: MenuItemConstructorOptions[] = isMac
    ? [
        {
          label: app.name,
          submenu: [
            item('about'),
            separator,
            item('settings'),
            separator,
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            separator,
            { role: 'quit' },
          ],
        },
      ]
    : [];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      {
        label: label('file'),
        submenu: [
          item('new-experiment'),
          item('open-model'),
          item('try-sample'),
          separator,
          item('cancel-run'),
          ...(isMac ? [] : [separator, item('settings')]),
          separator,
          { role: isMac ? 'close' : 'quit' },
        ],
      },
      {
        label: label('edit'),
        submenu: [
          { role: 'undo' },
          { role: 'redo' },
          separator,
          { role: 'cut' },
          { role: 'copy' },
          { role: 'paste' },
          { role: 'selectAll' },
          separator,
          item('find'),
        ],
      },
      { label: label('go'), submenu: [item('start'), item('history'), item('queue')] },
      {
        label: label('view'),
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          separator,
          { role: 'togglefullscreen' },
          // Only for work on Vernier itself: in a packaged app the console is no place for users.
          ...(app.isPackaged ? [] : [separator, { role: 'toggleDevTools' } satisfies MenuItemConstructorOptions]),
        ],
      },
      { role: 'windowMenu' },
      {
        label: label('help'),
        role: 'help',
        submenu: [
          { label: label('showHistoryFolder'), click: () => shell.showItemInFolder(databasePath) },
          ...(isMac ? [] : [separator, item('about')]),
        ],
      },
    ]),
  );
}
