import { join } from 'node:path';
import { writeModel } from '../onnx/write-model.ts';
import type { PreparedModel } from './prepare.ts';

/**
 * Writes the float model as prepared where it can be timed beside the others.
 * @returns its path; null where it runs as the original does, and timing it would say nothing.
 * @throws AppError `disk-full`, `write-failed`.
 */
export async function writeTimedPrepared(
  { prepared, isChanged }: PreparedModel,
  workFolder: string,
): Promise<string | null> {
  if (!isChanged) return null;
  const path = join(workFolder, 'float-prepared.onnx');
  await writeModel(prepared.proto, path, { externalData: 'auto', sourceFolder: prepared.folder });
  return path;
}
