import type { PlanNode } from '../../shared/contract/results.ts';
import { assertMayBeModel } from '../engine/onnx/read-model.ts';
import type { Store } from '../store/database.ts';
import type { Handlers } from './answer-request.ts';
import { assertDataAllowed, toCompressRequest } from './compress-requests.ts';
import type { FileAccess } from './file-access.ts';
import type { Look, LookOptions } from './looks.ts';
import type { RecentFiles } from './recent-files.ts';

function ends(signal: AbortSignal | undefined, lookId: string | null): LookOptions {
  return { lookId, ...(signal === undefined ? {} : { signal }) };
}

/** Looks at models and data before a run. */
export function createLookHandlers(context: {
  readonly store: Store;
  readonly files: FileAccess;
  readonly recent: RecentFiles;
  /** Something short, beside whatever runs. */
  readonly look: Look;
}): Handlers<'model.inspect' | 'data.preview' | 'plan.preview'> {
  const { store, files, recent, look } = context;
  return {
    'model.inspect': async ({ modelPath, dims, lookId }, signal) => {
      files.assertAllowed(modelPath);
      await assertMayBeModel(modelPath);
      const inspection = await look({ kind: 'inspect', modelPath, dims }, ends(signal, lookId));
      recent.add(modelPath, 'model');
      return inspection;
    },
    'data.preview': async ({ modelPath, data, dims, lookId }, signal) => {
      files.assertAllowed(modelPath);
      assertDataAllowed(files, data);
      await assertMayBeModel(modelPath);
      const preview = await look({ kind: 'preview', modelPath, data, dims }, ends(signal, lookId));
      if (data.path !== null) recent.add(data.path, 'data');
      return preview;
    },
    'plan.preview': async ({ request, lookId }, signal) => {
      const whole = toCompressRequest(request, files, store);
      await assertMayBeModel(whole.modelPath);
      const plan = await look({ kind: 'plan', request: whole }, ends(signal, lookId));
      return plan.nodes.map(({ node, opType, precision, foldedInto, reason }): PlanNode => ({
        node,
        opType,
        precision,
        foldedInto,
        reason,
      }));
    },
  };
}
