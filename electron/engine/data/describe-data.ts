import type { DataFacts } from '../../../shared/run.ts';
import type { Dataset } from './dataset.ts';
import type { DataSplit } from './split.ts';

/** The data part of the run document. */
export function describeData(dataset: Dataset, split: DataSplit, seed: number): DataFacts {
  return {
    path: dataset.path,
    kind: dataset.kind,
    sha256: dataset.sha256,
    labelled: dataset.labels !== null,
    sampleCount: dataset.count,
    calibrationCount: split.calibration.length,
    evaluationCount: split.evaluation.length,
    calibrationSha256: split.calibrationSha256,
    evaluationSha256: split.evaluationSha256,
    seed,
    random: dataset.kind === 'random',
  };
}
