import { cutMessage } from './cut-text.ts';
import { isKnown, quoteText, readTold, tell, type Told } from './engine-texts/tell.ts';

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
 * An error a user can act on. `said` says what went wrong, where (file, node or tensor) and what to do next, in any language;
 * `message` is its English. `details` is for machines; it must survive structured cloning.
 */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly said: Told;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: AppErrorCode, said: Told, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(cutMessage(readTold(said, 'en')), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.said = said;
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

/** What is shown of an error or a warning. */
export interface Failure {
  /** In English. */
  readonly message: string;
  /** Missing in what was written before errors had codes for their sentences, and when cancelled. */
  readonly said?: Told | null | undefined;
}

export interface SerializedError extends Failure {
  readonly code: AppErrorCode | 'cancelled';
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Turns anything thrown into plain data for process boundaries. Unknown errors become `internal`, never lost. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof CancelledError) return { code: 'cancelled', message: error.message };
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, said: error.said, details: error.details };
  }
  const said = tell('internalError', { message: error instanceof Error ? error.message : String(error) });
  return {
    code: 'internal',
    message: readTold(said, 'en'),
    said,
    details: error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {},
  };
}

/** What anything thrown says, also as a part of what another error says. What is no `AppError` speaks for itself. */
export function saidOf(error: unknown): Told {
  if (error instanceof AppError) return error.said;
  return quoteText(error instanceof Error ? error.message : String(error));
}

/** What is shown of anything thrown, as plain data. */
export function failureOf(error: unknown): Failure {
  return showTold(saidOf(error));
}

export function showTold(said: Told): Failure {
  return { message: readTold(said, 'en'), said };
}

/** An error as documents and machines far away keep it. */
export interface ErrorRecord extends Failure {
  readonly code: string;
}

export function recordError(error: unknown): {
  readonly code: SerializedError['code'];
  readonly message: string;
  readonly said: Told | null;
} {
  const { code, message, said = null } = serializeError(error);
  return { code, message, said };
}

export function deserializeError(error: SerializedError): Error {
  if (error.code === 'cancelled') return new CancelledError();
  const said = error.said != null && isKnown(error.said) ? error.said : quoteText(error.message);
  return new AppError(error.code, said, error.details === undefined ? {} : { details: { ...error.details } });
}

/** Compile-time exhaustiveness for `switch` over unions. */
export function assertNever(value: never): never {
  throw new AppError('internal', tell('unexpectedValue', { value: JSON.stringify(value) }));
}
