import { CancelledError, AppError, type AppErrorCode } from '../../shared/app-error.ts';

/** What the shell sees. Documented in the README; scripts depend on them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, gateNotMet: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Thrown for a command line that makes no sense in itself, before any work is done. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Errors that lie in what was typed, not in what was found. */
const usageCodes: ReadonlySet<AppErrorCode> = new Set<AppErrorCode>(['options-invalid', 'recipe-invalid']);

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CancelledError) return exitCodes.interrupted;
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof AppError && usageCodes.has(error.code)) return exitCodes.usage;
  return exitCodes.failed;
}
