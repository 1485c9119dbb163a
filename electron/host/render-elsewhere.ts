import { tell } from '../../shared/engine-texts/tell.ts';
import { siblingEntry } from '../engine/runtime/child-process.ts';
import { runInThread } from '../engine/runtime/thread.ts';
import type { ExportContent } from './export-content.ts';
import type { RenderTask } from './render-runs.ts';

/**
 * `renderRuns` in a thread of its own: the PDF of a model with 5,000 layers takes seconds.
 * @throws AppError as `renderRuns`.
 */
export function renderElsewhere(task: RenderTask): Promise<ExportContent> {
  return runInThread(siblingEntry(import.meta.url, 'render-thread'), task, tell('taskReport'));
}
