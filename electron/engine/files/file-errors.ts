import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True when the error says that no such file or folder is there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A failed open, stat or read as an AppError: `file-not-found` or `file-unreadable`. AppErrors pass unchanged. */
export function readFailure(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isMissing(error)) {
    return new AppError('file-not-found', tell('fileMissingCheck', { path }), {
      cause: error,
    });
  }
  const reason = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
  return new AppError('file-unreadable', tell('fileUnreadable', { path, reason }), { cause: error });
}

/** A failed write as an AppError: `disk-full` or `write-failed`. AppErrors pass unchanged. */
export function writeFailure(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  // EFBIG: a limit on file size (ulimit -f), which for the user is no room either.
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('disk-full', tell('diskFull', { path }), {
      cause: error,
    });
  }
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return new AppError('write-failed', tell('fileNotWritten', { path, reason }), { cause: error });
}
