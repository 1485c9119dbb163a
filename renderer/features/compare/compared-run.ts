import type { RunDocument } from '../../../shared/run.ts';
import type { DifferenceFound } from './comparability.ts';

/** One of the runs side by side. */
export interface ComparedRun {
  readonly runId: string;
  readonly title: string;
  readonly letter: string;
  readonly color: string;
  readonly document: RunDocument;
  /** Why it cannot be fairly compared with the first. */
  readonly differences: readonly DifferenceFound[];
}
