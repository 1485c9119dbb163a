import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { makeFolder, privateFolderMode } from '../engine/files/atomic-file.ts';
import { createAppHost } from '../host/app-host.ts';
import { restrictedAccess } from '../host/file-access.ts';
import { SettingsFile } from '../host/settings.ts';
import { launchNodeEngine } from '../worker/launch-engine.ts';
import { defaultDatabasePath, modelsFolder } from '../store/places.ts';
import { Downloads } from './downloads.ts';
import { startServer, type Server } from './server.ts';

export interface ServeOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Absolute folders the window may see. */
  readonly roots: readonly string[];
  /** Null for the settings' or the platform's usual place. */
  readonly databasePath: string | null;
  /** An address was opened; here is one for another browser. */
  readonly onOpened?: (nextUrl: string) => void;
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Where compressed models are put: it has to be there for its files to be opened. */
function makeModelsFolder(databasePath: string): string {
  const folder = modelsFolder(databasePath);
  try {
    makeFolder(folder, privateFolderMode);
  } catch {
    // A history whose folder cannot be written says so when it is opened, and is opened for reading.
  }
  return folder;
}

/**
 * Starts the browser host.
 * @throws AppError when the window was not built, a root is no folder, the port is taken or the history cannot be opened.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const rendererFolder = join(projectFolder, 'dist', 'renderer');
  if (!existsSync(join(rendererFolder, 'index.html'))) {
    throw new AppError('file-not-found', tell('windowNotBuilt', { path: rendererFolder }));
  }
  for (const root of options.roots) {
    if (!isFolder(root)) {
      throw new AppError('options-invalid', tell('rootNoFolder', { path: root }));
    }
  }
  const sampleFolder = join(projectFolder, 'resources', 'sample');
  const databasePath =
    options.databasePath ??
    new SettingsFile(dirname(defaultDatabasePath())).get().databasePath ??
    defaultDatabasePath();
  const own = [makeModelsFolder(databasePath), sampleFolder].filter((folder) => isFolder(folder));
  const downloads = new Downloads();
  const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  try {
    const host = createAppHost(
      {
        host: 'browser',
        version: manifest.version,
        versions: { Node: process.versions.node },
        files: restrictedAccess(options.roots, own),
        sampleFolder,
        launchEngine: launchNodeEngine,
        isOnBattery: () => null,
        pickFiles: () => Promise.resolve(null),
        deliverExport: (content) => downloads.offer(content),
        revealFile: () => false,
      },
      databasePath,
    );
    try {
      const server = await startServer({
        port: options.port,
        rendererFolder,
        host,
        downloads,
        ...(options.onOpened === undefined ? {} : { onOpened: options.onOpened }),
      });
      return {
        ...server,
        close: async () => {
          await server.close();
          await host.close();
          downloads.close();
        },
      };
    } catch (error) {
      await host.close();
      throw error;
    }
  } catch (error) {
    downloads.close();
    throw error;
  }
}
