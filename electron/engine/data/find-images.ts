import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { imageExtensions } from './decode-image.ts';

/** Endings that say "image" but that Vernier cannot decode: left out with a note, not in silence. */
const otherImageExtensions: ReadonlySet<string> = new Set([
  '.heic',
  '.heif',
  '.jp2',
  '.jxl',
  '.pgm',
  '.pnm',
  '.ppm',
  '.tga',
]);

/** Images below one folder; names are relative to it, with `/`, sorted, so that the order is the same on any machine. */
export interface ImageFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** Folders directly below, with or without images. */
  readonly subfolders: readonly string[];
  readonly undecodable: readonly string[];
  /** Where images and what belongs to them may lie: links lead anywhere. */
  readonly allowed: AllowedFolders;
}

/** The images of a folder, or of its `images` subfolder when it holds none itself. Null when there are none at all. */
export async function findImages(path: string, allowed: AllowedFolders): Promise<ImageFolder | null> {
  const top = await readdir(path, { withFileTypes: true });
  const isImage = (name: string) => imageExtensions.has(extname(name).toLowerCase());
  const isInside =
    !top.some((entry) => isImage(entry.name)) && top.some((entry) => entry.name === 'images' && !entry.isFile());
  const root = isInside ? join(path, 'images') : path;
  assertAllowed(root, allowed);
  const names: string[] = [];
  const undecodable: string[] = [];
  const subfolders: string[] = [];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      // Dot files are the operating system's (.DS_Store, ._photo.jpg), never samples.
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const name = prefix + entry.name;
      if (entry.isDirectory()) {
        if (prefix === '') subfolders.push(entry.name);
        await walk(join(folder, entry.name), `${name}/`);
      } else if (isImage(name)) {
        names.push(name);
      } else if (otherImageExtensions.has(extname(name).toLowerCase())) {
        undecodable.push(name);
      }
    }
  };
  await walk(root, '');
  if (names.length === 0 && undecodable.length === 0) return null;
  return { path: root, names: names.sort(), subfolders: subfolders.sort(), undecodable: undecodable.sort(), allowed };
}

/** Far above any photograph; what is decoded is bounded by its pixels. */
const largestImageBytes = 2 ** 30;

/** @throws AppError `file-not-found`, `file-unreadable`, `data-malformed` when it is too large. */
export async function readImage(folder: ImageFolder, name: string): Promise<{ path: string; bytes: Uint8Array }> {
  const path = join(folder.path, name);
  assertAllowed(path, folder.allowed);
  return { path, bytes: await readRegularFile(path, largestImageBytes) };
}
