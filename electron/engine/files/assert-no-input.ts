import { realpathSync } from 'node:fs';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Reading } from './readings.ts';

/**
 * Proves that an output, and the file its weights may take beside it, replace nothing the model is made of.
 * @throws AppError `options-invalid`.
 */
export function assertNoInput(outPath: string, { readings }: { readonly readings: readonly Reading[] }): void {
  const inputs = new Set(readings.map(({ path }) => realpathSync(path)));
  for (const path of [outPath, `${outPath}.data`]) {
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      // Nothing there to be replaced.
      continue;
    }
    if (!inputs.has(real)) continue;
    throw new AppError('options-invalid', tell('outReplacesInput', { output: outPath, path }));
  }
}
