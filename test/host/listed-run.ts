import type { ExportableRun } from '../../electron/host/export-content.ts';
import type { EndedRunDocument, RunDocument } from '../../shared/run.ts';

/** A run as the history lists it, for what needs no more of it than its name. */
export function asListed(document: RunDocument | EndedRunDocument): ExportableRun {
  const row = { runId: document.runId, name: '', modelPath: '/models/net.onnx' };
  return { document, details: { row } } as unknown as ExportableRun;
}
