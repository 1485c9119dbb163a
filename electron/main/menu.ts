import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/contract/events.ts';
import type { Settings } from '../../shared/contract/requests.ts';

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
  // Electron names the items that it carries out itself in English only.
  hide: { en: 'Hide Vernier', 'zh-CN': '隐藏 Vernier' },
  hideOthers: { en: 'Hide Others', 'zh-CN': '隐藏其他' },
  unhide: { en: 'Show All', 'zh-CN': '全部显示' },
  quit: { en: 'Quit Vernier', 'zh-CN': '退出 Vernier' },
  close: { en: 'Close Window', 'zh-CN': '关闭窗口' },
  undo: { en: 'Undo', 'zh-CN': '撤销' },
  redo: { en: 'Redo', 'zh-CN': '重做' },
  cut: { en: 'Cut', 'zh-CN': '剪切' },
  copy: { en: 'Copy', 'zh-CN': '复制' },
  paste: { en: 'Paste', 'zh-CN': '粘贴' },
  selectAll: { en: 'Select All', 'zh-CN': '全选' },
  resetZoom: { en: 'Actual Size', 'zh-CN': '实际大小' },
  zoomIn: { en: 'Zoom In', 'zh-CN': '放大' },
  zoomOut: { en: 'Zoom Out', 'zh-CN': '缩小' },
  togglefullscreen: { en: 'Full Screen', 'zh-CN': '全屏' },
  toggleDevTools: { en: 'Developer Tools', 'zh-CN': '开发者工具' },
  window: { en: 'Window', 'zh-CN': '窗口' },
  minimize: { en: 'Minimize', 'zh-CN': '最小化' },
  zoom: { en: 'Zoom', 'zh-CN': '缩放' },
  front: { en: 'Bring All to Front', 'zh-CN': '前置全部窗口' },
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
  const standard = (
    role: Extract<keyof typeof labels, MenuItemConstructorOptions['role']>,
  ): MenuItemConstructorOptions => ({
    role,
    label: label(role),
  });
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
            standard('hide'),
            standard('hideOthers'),
            standard('unhide'),
            separator,
            standard('quit'),
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
          standard(isMac ? 'close' : 'quit'),
        ],
      },
      {
        label: label('edit'),
        submenu: [
          standard('undo'),
          standard('redo'),
          separator,
          standard('cut'),
          standard('copy'),
          standard('paste'),
          standard('selectAll'),
          separator,
          item('find'),
        ],
      },
      { label: label('go'), submenu: [item('start'), item('history'), item('queue')] },
      {
        label: label('view'),
        submenu: [
          standard('resetZoom'),
          standard('zoomIn'),
          standard('zoomOut'),
          separator,
          standard('togglefullscreen'),
          // Only for work on Vernier itself: in a packaged app the console is no place for users.
          ...(app.isPackaged ? [] : [separator, standard('toggleDevTools')]),
        ],
      },
      {
        label: label('window'),
        role: 'windowMenu',
        submenu: isMac
          ? [standard('minimize'), standard('zoom'), separator, standard('front')]
          : [standard('minimize'), standard('close')],
      },
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
