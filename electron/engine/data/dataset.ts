import type { DataFacts } from '../../../shared/run.ts';
import type { Feeds } from '../tensor/tensor.ts';

/**
 * A source of samples for one model. Samples are read one at a time, so memory does not grow with their number.
 * `read` returns feeds for exactly one sample, each tensor with leading dimension 1 (or the model's own fixed shape
 * when its inputs have no batch dimension).
 */
export interface Dataset {
  readonly path: string | null;
  readonly kind: DataFacts['kind'];
  readonly count: number;
  /** Class index per sample; null without labels. */
  readonly labels: Int32Array | null;
  /** Over the sorted relative paths and contents of everything read. */
  readonly sha256: string | null;
  /** Stable identity of one sample (hash of its content), for the split's hash. */
  readonly sampleSha256: (index: number) => Promise<string>;
  readonly read: (index: number) => Promise<Feeds>;
  readonly close: () => Promise<void>;
}
