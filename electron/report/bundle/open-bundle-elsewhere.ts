import { tell } from '../../../shared/engine-texts/tell.ts';
import { siblingEntry } from '../../engine/runtime/child-process.ts';
import { openThread } from '../../engine/runtime/thread.ts';
import type { BundleCalls } from './bundle-thread.ts';
import type { Bundle } from './read-bundle.ts';

/** A document of the largest size allowed takes about ten times that while it is parsed and checked. */
const threadMemoryMb = 1500;

/**
 * `openBundle` in a thread of its own, with memory of its own: parsing what a stranger sent must neither stop the window nor
 * take the process down in which experiments run.
 * @throws AppError as `openBundle`; `out-of-memory`.
 */
export async function openBundleElsewhere(path: string): Promise<Bundle> {
  const thread = openThread<BundleCalls>(
    siblingEntry(import.meta.url, 'bundle-thread'),
    tell('taskBundle', { path }),
    threadMemoryMb,
  );
  try {
    const { createdBy, runs } = await thread.call('open', path);
    return {
      createdBy,
      runs,
      readRun: (runId) => thread.call('readRun', runId),
      verifyModels: () => thread.call('verifyModels', null),
      unpackModel: (runId, fileName, targetPath) => thread.call('unpackModel', { runId, fileName, targetPath }),
      close: () => thread.close(),
    };
  } catch (error) {
    thread.close();
    throw error;
  }
}
