import { say } from '../../../shared/engine-texts/say.ts';
import { AppError } from '../../../shared/app-error.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { SourceModel } from '../onnx/source-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { openSession } from '../runtime/session.ts';

export interface RunnableModel {
  /** The user's file, or a copy of it. */
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A file that ONNX Runtime loads: the user's own wherever it does, for that is what is measured against; else a copy with the
 * same nodes, in order, and with its small tensors inside.
 * @throws AppError those of `writeModel`.
 */
export async function makeRunnable(source: SourceModel, copyPath: string): Promise<RunnableModel> {
  if (source.isPlain || (await doesLoad(source.path))) return { path: source.path, diagnostics: [] };
  await writeModel(source.proto, copyPath, { externalData: 'auto', sourceFolder: source.folder });
  return {
    path: copyPath,
    diagnostics: [
      {
        severity: 'info',
        code: 'original-copied',
        message: say('originalCopied'),
        node: null,
      },
    ],
  };
}

async function doesLoad(path: string): Promise<boolean> {
  try {
    await (await openSession(path, { threads: 1, optimization: 'disabled' })).release();
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
