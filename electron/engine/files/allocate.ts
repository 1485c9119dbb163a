import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';

/**
 * Zeroed memory for `sizeBytes` that were proven to be there to fill it.
 * @param what the bytes are for, for the message.
 * @throws AppError `out-of-memory`.
 */
export function allocate(sizeBytes: number, what: Told): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(sizeBytes);
  } catch (error) {
    throw new AppError('out-of-memory', tell('memoryShortFor', { size: Math.ceil(sizeBytes / 1e6), what }), {
      cause: error,
    });
  }
}
