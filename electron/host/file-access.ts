import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { PickKind } from '../../shared/contract/requests.ts';
import type { FileEntry, FileListing } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import {
  assertAllowed,
  findAllowedFolder,
  isInside,
  realPathOf,
  type AllowedFolders,
} from '../engine/files/allowed-folders.ts';

/** Which files a window may name. */
export interface FileAccess {
  /** For the engine, which looks again when it opens what was named, and at every file that it finds there by itself. */
  readonly allowedFolders: AllowedFolders;
  /** @throws AppError `file-unreadable` when the path leads to a place the window may not see. */
  assertAllowed(path: string): void;
  /** @throws AppError `file-unreadable` when the window may not have anything written there. */
  assertWritable(path: string): void;
  /**
   * @throws AppError `file-unreadable` when the history may not be kept there. Opening it refuses whatever is neither empty nor a
   * history of ours, so a path that was typed is as good as one that was picked.
   */
  assertHistoryPlace(path: string): void;
  /** Whether the user agreed to replace what lies there, whoever wrote it. */
  mayReplace(path: string): boolean;
  /** Entries of a folder, folders first; null lists the places there are. */
  list(path: string | null): FileListing;
}

/** Access of the user's own desktop, which learns what its dialogs returned. */
export interface DesktopAccess extends FileAccess {
  remember(kind: PickKind, paths: readonly string[]): void;
}

/**
 * The user's own desktop: everything the operating system lets them see may be read. Written is only where a dialog of the
 * host's own led: a page that is not ours any more must not choose where its text ends up.
 */
export function desktopAccess(): DesktopAccess {
  const folders = new Set<string>();
  const replaceable = new Set<string>();
  return {
    allowedFolders: null,
    assertAllowed: assertAbsolute,
    assertWritable: (path) => {
      assertAbsolute(path);
      const absolute = resolve(path);
      if (replaceable.has(absolute) || [...folders].some((folder) => isInside(folder, absolute))) return;
      throw new AppError('file-unreadable', tell('notChosenInDialog', { path }));
    },
    assertHistoryPlace: assertAbsolute,
    mayReplace: (path) => replaceable.has(resolve(path)),
    list: (path) => (path === null ? listPlaces([resolve(sep)]) : listFolder(resolve(path), dirname(resolve(path)))),
    remember: (kind, paths) => {
      for (const path of paths.map((one) => resolve(one))) {
        if (kind === 'folder') folders.add(path);
        // The dialog asked before it named a file that is there.
        if (kind === 'save') replaceable.add(path);
      }
    },
  };
}

/**
 * Only what lies in the given folders, links followed.
 * @param roots absolute folders that exist: what the user named.
 * @param own folders of Vernier's own, whose files it opens (its sample, what it compressed) but neither lists nor lets be named
 * for writing.
 */
export function restrictedAccess(roots: readonly string[], own: readonly string[] = []): FileAccess {
  const realPaths = (folders: readonly string[]) => [...new Set(folders.map((folder) => realpathSync(folder)))];
  const places = realPaths(roots);
  const ownPlaces = realPaths(own);
  const assertNamed = (path: string) => {
    assertAbsolute(path);
    assertAllowed(path, places);
  };
  return {
    allowedFolders: [...places, ...ownPlaces],
    assertAllowed: (path) => {
      assertAbsolute(path);
      if (findAllowedFolder(path, ownPlaces) === undefined) assertAllowed(path, places);
    },
    assertWritable: assertNamed,
    assertHistoryPlace: assertNamed,
    mayReplace: () => false,
    list: (path) => {
      if (path === null) return listPlaces(places);
      assertNamed(path);
      const folder = realPathOf(path);
      const parent = dirname(folder);
      const isPlace = places.includes(folder) && !places.some((place) => place !== folder && isInside(place, folder));
      const listing = listFolder(folder, isPlace ? null : parent);
      // A link out of the roots is not shown: it could not be opened.
      return {
        ...listing,
        entries: listing.entries.filter((entry) => findAllowedFolder(entry.path, places) !== undefined),
      };
    },
  };
}

function assertAbsolute(path: string): void {
  if (isAbsolute(path) && !path.includes('\0')) return;
  throw new AppError('file-unreadable', tell('pathNotAbsolute', { path }));
}

function listPlaces(places: readonly string[]): FileListing {
  return {
    path: null,
    parent: null,
    entries: places.map((path) => ({ name: path, path, kind: 'folder', sizeBytes: null, modifiedTimestampMs: null })),
  };
}

function listFolder(path: string, parent: string | null): FileListing {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AppError('file-not-found', tell('folderMissing', { path }));
    throw new AppError('file-unreadable', tell('folderNotOpened', { path, reason: code ?? 'unknown reason' }));
  }
  const entries = names
    // Dot files are programs' own; models and data are never among them.
    .filter((name) => !name.startsWith('.'))
    .map((name) => describeEntry(path, name))
    .filter((entry) => entry !== null)
    .sort((a, b) =>
      a.kind === b.kind ? a.name.localeCompare(b.name, 'en', { numeric: true }) : a.kind === 'folder' ? -1 : 1,
    );
  return { path, parent: parent === path ? null : parent, entries };
}

function describeEntry(folder: string, name: string): FileEntry | null {
  const path = join(folder, name);
  try {
    const status = statSync(path);
    if (!status.isDirectory() && !status.isFile()) return null;
    const isFolder = status.isDirectory();
    return {
      name,
      path,
      kind: isFolder ? 'folder' : 'file',
      sizeBytes: isFolder ? null : status.size,
      modifiedTimestampMs: Math.round(status.mtimeMs),
    };
  } catch {
    // Gone since, or a dangling link.
    return null;
  }
}
