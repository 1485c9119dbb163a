import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** The only folders a job may read from and write to, by their real paths; null for all that the operating system lets it. */
export type AllowedFolders = readonly string[] | null;

/**
 * The allowed folder that a path leads into, links followed: neither `..` nor a symbolic link leads out. What does not exist
 * yet is judged by the nearest folder above it that does.
 * @throws AppError `file-unreadable` for a link to nothing: where it would lead when written to is not known.
 */
export function findAllowedFolder(path: string, folders: readonly string[]): string | undefined {
  const real = realPathOf(path);
  return folders.find((folder) => isInside(folder, real));
}

/** @throws AppError `file-unreadable` when the path leads out of the allowed folders. */
export function assertAllowed(path: string, allowed: AllowedFolders): void {
  if (allowed === null || findAllowedFolder(path, allowed) !== undefined) return;
  throw new AppError('file-unreadable', tell('outsideAllowedFolders', { path, folders: allowed.join(', ') }));
}

/**
 * A model may name files beside it, so its folder has to be allowed as well: a link from elsewhere to an allowed model is not.
 * @throws AppError `file-unreadable`.
 */
export function assertModelAllowed(path: string, allowed: AllowedFolders): void {
  assertAllowed(path, allowed);
  assertAllowed(dirname(path), allowed);
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

export function realPathOf(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (error) {
    const parent = dirname(absolute);
    if (parent === absolute) return absolute;
    // Not "no such file" (a loop of links, no permission to look): the path above decides, and opening it will fail.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isBrokenLink(absolute)) {
      throw new AppError('file-unreadable', tell('linkToNothing', { path }), { cause: error });
    }
    return join(realPathOf(parent), basename(absolute));
  }
}

/** A dangling link must not be written through: where it leads is not known yet. */
function isBrokenLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
