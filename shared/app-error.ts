import { cutMessage } from './cut-text.ts';

/** Every way Vernier can refuse or fail, as data: hosts switch on `code`, people read `message`. */
export const appErrorCodes = [
  'file-not-found',
  'file-unreadable',
  'file-exists',
  'input-changed',
  'model-malformed',
  'model-unsupported',
  'model-unsafe-path',
  'external-data-missing',
  'model-run-failed',
  'data-missing',
  'data-malformed',
  'data-shape-mismatch',
  'labels-malformed',
  'options-invalid',
  'recipe-invalid',
  'calibration-failed',
  'quantization-failed',
  'disk-full',
  'write-failed',
  'engine-crashed',
  'out-of-memory',
  'time-limit',
  'database-corrupt',
  'database-newer',
  'database-busy',
  'database-unwritable',
  'run-not-found',
  'bundle-malformed',
  'bundle-unsafe',
  'lab-unreachable',
  'lab-denied',
  'lab-artifact',
  'lab-cache-full',
  'lab-version',
  'lab-name-taken',
  'lab-job',
  'internal',
] as const;

export type AppErrorCode = (typeof appErrorCodes)[number];

/**
 * An error a user can act on. `message` says what went wrong, where (file, node or tensor) and what to do next.
 * `details` is for machines; it must survive structured cloning.
 */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AppErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(cutMessage(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Thrown when the user asked to stop. Not a failure: hosts record it as "cancelled" and exit with 130. */
export class CancelledError extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'CancelledError';
  }
}

export interface SerializedError {
  readonly code: AppErrorCode | 'cancelled';
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Turns anything thrown into plain data for process boundaries. Unknown errors become `internal`, never lost. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof CancelledError) return { code: 'cancelled', message: error.message };
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `Internal error: ${message}`,
    details: error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {},
  };
}

export function deserializeError(error: SerializedError): Error {
  if (error.code === 'cancelled') return new CancelledError();
  return new AppError(error.code, error.message, error.details === undefined ? {} : { details: { ...error.details } });
}

/** Compile-time exhaustiveness for `switch` over unions. */
export function assertNever(value: never): never {
  throw new AppError('internal', `Unexpected value ${JSON.stringify(value)}.`);
}
