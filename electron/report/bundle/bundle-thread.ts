/** Entry of the thread that reads a bundle (open-bundle-elsewhere.ts). */
import { serveAsThread } from '../../engine/runtime/thread.ts';
import { openBundle, type Bundle, type ReceivedRun } from './read-bundle.ts';

let bundle: Bundle | null = null;

function opened(): Bundle {
  if (bundle === null) throw new Error('No bundle is open.');
  return bundle;
}

const calls = {
  open: async (path: string): Promise<{ readonly createdBy: string; readonly runs: readonly ReceivedRun[] }> => {
    bundle = await openBundle(path);
    return { createdBy: bundle.createdBy, runs: bundle.runs };
  },
  readRun: async (runId: string) => opened().readRun(runId),
  verifyModels: async (_nothing: null) => opened().verifyModels(),
  unpackModel: async ({ runId, fileName, targetPath }: UnpackRequest) =>
    opened().unpackModel(runId, fileName, targetPath),
};
export type BundleCalls = typeof calls;

interface UnpackRequest {
  readonly runId: string;
  readonly fileName: string;
  readonly targetPath: string;
}

serveAsThread(calls);
