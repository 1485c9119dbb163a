/** The desktop app: one window, the engine in processes of its own, and everything in between. */
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, session, shell } from 'electron';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventChannel, requestChannel } from '../../shared/channels.ts';
import { AppError, failureOf, serializeError } from '../../shared/app-error.ts';
import type { Reply } from '../../shared/contract/bridge.ts';
import type { HostEvent } from '../../shared/contract/events.ts';
import type { Settings } from '../../shared/contract/requests.ts';
import { retellError } from '../../shared/engine-texts.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { createAppHost, type AppHost } from '../host/app-host.ts';
import { desktopAccess } from '../host/file-access.ts';
import { SettingsFile } from '../host/settings.ts';
import { findDamaged } from '../store/damage.ts';
import { defaultDatabasePath } from '../store/places.ts';
import { appOrigin, appUrl, registerAppScheme, serveRenderer } from './app-protocol.ts';
import { mendHistory } from './damaged-history.ts';
import { pickFiles, saveExport } from './dialogs.ts';
import { followRuns, isOnBattery } from './follow-runs.ts';
import { launchUtilityEngine } from './launch-utility-engine.ts';
import { setApplicationMenu } from './menu.ts';
import { commandInArguments, filesInArguments } from './opened-files.ts';
import { keepWindowState, readWindowState } from './window-state.ts';

/** dist/electron */
const folder = dirname(fileURLToPath(import.meta.url));
const rendererFolder = join(folder, '..', 'renderer');
const resourcesFolder = app.isPackaged ? process.resourcesPath : join(folder, '..', '..', 'resources');
const stateFolder = dirname(defaultDatabasePath());

let host: AppHost | null = null;
let window: BrowserWindow | null = null;
/** The page listens: what is sent before would be lost. */
let isWindowListening = false;
let isQuitConfirmed = false;
let isAskingToQuit = false;
/** Asked of the window before it listened, in this order. */
let waitingEvents: HostEvent[] = [];

/** For what the user asked of the window by other means than the window: it comes as soon as the page listens. */
function tellWindow(event: HostEvent): void {
  if (isWindowListening) window?.webContents.send(eventChannel, event);
  else waitingEvents.push(event);
}

function startTelling(): void {
  isWindowListening = true;
  const events = waitingEvents;
  waitingEvents = [];
  for (const event of events) tellWindow(event);
}

function openFiles(paths: readonly string[]): void {
  if (paths.length === 0) return;
  for (const path of paths) app.addRecentDocument(path);
  tellWindow({ name: 'files.opened', payload: { paths } });
}

function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? '#1a1b1e' : '#ffffff';
}

/** Nothing but our own page is ever shown, and it gets no powers it does not ask main for. */
function confineContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  // No server is ever asked for anything: Vernier works offline, and a mistake must not change that.
  session.defaultSession.webRequest.onBeforeRequest((details, answer) => {
    const isOurs = /^(vernier:\/\/app\/|devtools:|data:|blob:)/.test(details.url);
    answer({ cancel: !isOurs && !details.url.startsWith('file:') });
  });
}

function createWindow(): BrowserWindow {
  const { bounds, maximized } = readWindowState(stateFolder);
  const created = new BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Vernier',
    icon: join(resourcesFolder, 'icons', '512x512.png'),
    backgroundColor: backgroundColor(),
    webPreferences: {
      preload: join(folder, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  keepWindowState(created, stateFolder);
  if (maximized) created.maximize();
  created.once('ready-to-show', () => created.show());
  created.on('close', (event) => {
    if (isQuitConfirmed || host?.isBusy() !== true) return;
    event.preventDefault();
    void confirmQuit(created);
  });
  created.on('closed', () => {
    window = null;
    isWindowListening = false;
  });
  created.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) isWindowListening = false;
  });
  void created.loadURL(appUrl);
  return created;
}

const quitTexts = {
  en: {
    message: 'An experiment is still running.',
    detail: 'Closing Vernier cancels it, and everything that waits in the queue.',
    buttons: ['Keep Running', 'Cancel and Close'],
  },
  'zh-CN': {
    message: '实验仍在运行。',
    detail: '关闭 Vernier 会取消该实验以及队列中等待的所有实验。',
    buttons: ['继续运行', '取消并关闭'],
  },
} as const;

async function confirmQuit(parent: BrowserWindow): Promise<void> {
  if (isAskingToQuit) return;
  isAskingToQuit = true;
  const texts = quitTexts[host?.settings.get().language ?? 'en'];
  const { response } = await dialog.showMessageBox(parent, {
    type: 'question',
    ...texts,
    buttons: [...texts.buttons],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  isAskingToQuit = false;
  if (response !== 1) return;
  isQuitConfirmed = true;
  parent.close();
}

function applySettings(settings: Settings): void {
  nativeTheme.themeSource = settings.theme;
  window?.setBackgroundColor(backgroundColor());
  setApplicationMenu(settings.language, host?.databasePath ?? '', (command) =>
    tellWindow({ name: 'menu.command', payload: { command } }),
  );
}

/** Only our own page's main frame may ask; anything else (a frame, a page that got in) is refused. */
function isOwnSender(event: Electron.IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return (
    window !== null &&
    event.sender === window.webContents &&
    frame === window.webContents.mainFrame &&
    frame.origin === appOrigin
  );
}

async function handleRequest(
  event: Electron.IpcMainInvokeEvent,
  name: unknown,
  parameters: unknown,
): Promise<Reply<unknown>> {
  if (!isOwnSender(event) || typeof name !== 'string' || host === null) {
    return {
      ok: false,
      error: serializeError(new AppError('options-invalid', tell('foreignPage'))),
    };
  }
  if (name === 'window.listening') startTelling();
  return host.handle(name, parameters);
}

/** @throws AppError when the history cannot be opened; nothing was started then. */
function start(): void {
  const needWindow = () => {
    if (window === null) throw new AppError('internal', tell('noWindowForDialog'));
    return window;
  };
  const files = desktopAccess();
  host = createAppHost(
    {
      host: 'electron',
      version: app.getVersion(),
      versions: {
        Electron: process.versions.electron,
        Chromium: process.versions.chrome,
        Node: process.versions.node,
      },
      files,
      sampleFolder: join(resourcesFolder, 'sample'),
      launchEngine: launchUtilityEngine,
      isOnBattery,
      pickFiles: async (kind, startPath, suggestedName) => {
        const picked = await pickFiles(needWindow(), kind, startPath, suggestedName);
        files.remember(kind, picked.paths);
        return picked;
      },
      deliverExport: (content, write) => saveExport(needWindow(), content, write),
      revealFile: (path) => {
        shell.showItemInFolder(path);
        return true;
      },
    },
    null,
  );
  host.onEvent((event) => {
    if (event.name === 'settings.changed') applySettings(event.payload);
    if (window !== null && !window.isDestroyed()) window.webContents.send(eventChannel, event);
  });
  followRuns(host, () => window);
  ipcMain.handle(requestChannel, handleRequest);
  applySettings(host.settings.get());
  window = createWindow();
}

async function startOrMend(): Promise<void> {
  confineContents();
  serveRenderer(rendererFolder);
  try {
    start();
  } catch (error) {
    const damaged = findDamaged(error);
    if (damaged === null) throw error;
    if (!(await mendHistory(damaged, new SettingsFile(stateFolder).get().language))) app.exit(1);
    else start();
  }
}

/** A script that calls the app for the command line must not get a window and success. Needs no display. */
function refuseCommands(): void {
  const command = commandInArguments(process.argv.slice(1), process.cwd());
  if (command === null) return;
  process.stderr.write(
    `vernier: this is the desktop app, which takes files and no commands like "${command}". The command line is the npm ` +
      'package: `npm run -s vernier -- --help` in a checkout.\n',
  );
  process.exit(2);
}

refuseCommands();
registerAppScheme();
Menu.setApplicationMenu(null);
if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  openFiles(filesInArguments(process.argv.slice(1), process.cwd()));
  app.on('second-instance', (_event, programArguments, workingFolder) => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
    openFiles(filesInArguments(programArguments.slice(1), workingFolder));
  });
  // macOS tells files this way, possibly before it is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openFiles([path]);
  });
  app.on('activate', () => {
    if (app.isReady() && host !== null) window ??= createWindow();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (window !== null && host?.isBusy() === true && !isQuitConfirmed) {
      event.preventDefault();
      void confirmQuit(window);
    }
  });
  app.on('will-quit', (event) => {
    if (host === null) return;
    // The engine is stopped and the run recorded as cancelled before the process goes.
    event.preventDefault();
    const closing = host;
    host = null;
    // `exit`, not `quit`: asked to quit a second time, Electron waits for a window to close that is no longer there.
    void closing.close().finally(() => app.exit(0));
  });
  // Not awaited at the top: Electron becomes ready only when this module has been run to its end.
  void app.whenReady().then(() => {
    startOrMend().catch((error: unknown) => {
      const { language } = new SettingsFile(stateFolder).get();
      dialog.showErrorBox('Vernier', retellError(failureOf(error), language));
      app.exit(1);
    });
  });
}
