import { dialog, type BrowserWindow, type FileFilter, type OpenDialogOptions } from 'electron';
import { extname } from 'node:path';
import type { PickKind } from '../../shared/contract/requests.ts';
import type { ExportOutcome } from '../../shared/contract/results.ts';
import type { ExportContent } from '../host/export-content.ts';
import type { WriteExport } from '../host/surroundings.ts';

const allFiles: FileFilter = { name: '*', extensions: ['*'] };
const openOptions: Readonly<Record<Exclude<PickKind, 'save'>, OpenDialogOptions>> = {
  model: { properties: ['openFile'], filters: [{ name: 'ONNX', extensions: ['onnx'] }, allFiles] },
  folder: { properties: ['openDirectory', 'createDirectory', 'promptToCreate'] },
  data: { properties: ['openDirectory'] },
  'data-file': {
    properties: ['openFile'],
    filters: [{ name: 'NumPy, TXT, JSONL, CSV', extensions: ['npz', 'npy', 'txt', 'jsonl', 'csv', 'tsv'] }, allFiles],
  },
  labels: { properties: ['openFile'], filters: [{ name: 'CSV', extensions: ['csv', 'txt'] }, allFiles] },
  tokenizer: { properties: ['openFile'], filters: [{ name: 'JSON', extensions: ['json'] }, allFiles] },
  // A file, or a folder: only macOS has a dialog for both; elsewhere a folder is typed.
  annotations: {
    properties: process.platform === 'darwin' ? ['openFile', 'openDirectory'] : ['openFile'],
    filters: [{ name: 'COCO', extensions: ['json'] }, allFiles],
  },
  preprocessor: { properties: ['openFile'], filters: [{ name: 'JSON', extensions: ['json'] }, allFiles] },
  bundle: { properties: ['openFile'], filters: [{ name: 'Vernier', extensions: ['vernier'] }, allFiles] },
  database: { properties: ['openFile', 'promptToCreate'], filters: [{ name: 'SQLite', extensions: ['db'] }, allFiles] },
  credentials: { properties: ['openFile', 'showHiddenFiles'] },
};

function filtersFor(name: string | null): FileFilter[] {
  const extension = extname(name ?? '').slice(1);
  return extension === '' ? [] : [{ name: extension.toUpperCase(), extensions: [extension] }];
}

/** Asks with the desktop's own dialog; no path when the user backed out. */
export async function pickFiles(
  window: BrowserWindow,
  kind: PickKind,
  startPath: string | null,
  suggestedName: string | null,
): Promise<{ readonly paths: readonly string[] }> {
  if (kind === 'save') {
    const defaultPath = suggestedName ?? startPath;
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      ...(defaultPath === null ? {} : { defaultPath }),
      filters: filtersFor(suggestedName),
    });
    return { paths: canceled || filePath === '' ? [] : [filePath] };
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    ...openOptions[kind],
    ...(startPath === null ? {} : { defaultPath: startPath }),
  });
  return { paths: canceled ? [] : filePaths };
}

/** Asks where to save an export, and saves it there. */
export async function saveExport(
  window: BrowserWindow,
  content: ExportContent,
  write: WriteExport,
): Promise<ExportOutcome> {
  const [path] = (await pickFiles(window, 'save', null, content.fileName)).paths;
  if (path === undefined) return { kind: 'cancelled' };
  const { sizeBytes } = await write(content, path);
  return { kind: 'written', path, sizeBytes };
}
