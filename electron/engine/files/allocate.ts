import { AppError } from '../../../shared/app-error.ts';

/**
 * Zeroed memory for `sizeBytes` that were proven to be there to fill it.
 * @param what the bytes are for, for the message.
 * @throws AppError `out-of-memory`.
 */
export function allocate(sizeBytes: number, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(sizeBytes);
  } catch (error) {
    throw new AppError(
      'out-of-memory',
      `There is no memory for the ${Math.ceil(sizeBytes / 1e6)} MB of ${what}. Close other programs, or use a machine with more.`,
      { cause: error },
    );
  }
}
