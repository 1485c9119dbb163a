import { mainRow } from '../../../shared/metric-row.ts';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatShare } from '../../../shared/units.ts';

/** Why figures of two runs must not be put side by side. */
export type Difference =
  'cpu' | 'threads' | 'onnxRuntime' | 'batch' | 'battery' | 'busy' | 'data' | 'model' | 'metric' | 'randomData';

export interface DifferenceFound {
  readonly difference: Difference;
  readonly baseline: string;
  readonly other: string;
  /** What cannot be compared because of it. */
  readonly affects: 'latency' | 'accuracy' | 'both';
}

function shortHash(hash: string | null): string {
  return hash === null ? '–' : hash.slice(0, 8);
}

/** Everything that keeps `other` from being fairly compared with `baseline`; empty when nothing does. */
export function findDifferences(baseline: RunDocument, other: RunDocument): DifferenceFound[] {
  const found: DifferenceFound[] = [];
  const compare = (difference: Difference, left: string, right: string, affects: DifferenceFound['affects']): void => {
    if (left !== right) found.push({ difference, baseline: left, other: right, affects });
  };
  compare('cpu', baseline.environment.cpuModel, other.environment.cpuModel, 'latency');
  compare('threads', String(baseline.latency.threads), String(other.latency.threads), 'latency');
  compare('onnxRuntime', baseline.environment.onnxRuntimeVersion, other.environment.onnxRuntimeVersion, 'latency');
  compare('batch', String(baseline.latency.batchSize), String(other.latency.batchSize), 'latency');
  compare('battery', String(baseline.environment.onBattery), String(other.environment.onBattery), 'latency');
  if (isMachineBusy(baseline.latency) || isMachineBusy(other.latency)) {
    const share = ({ latency }: RunDocument): string =>
      latency.processorShare === null ? '–' : formatShare(latency.processorShare);
    found.push({ difference: 'busy', baseline: share(baseline), other: share(other), affects: 'latency' });
  }
  compare('model', shortHash(baseline.model.original.sha256), shortHash(other.model.original.sha256), 'both');
  compare('data', shortHash(baseline.data.evaluationSha256), shortHash(other.data.evaluationSha256), 'accuracy');
  const judgedBy = ({ accuracy }: RunDocument): string => mainRow(accuracy)?.metric ?? 'agreement';
  compare('metric', judgedBy(baseline), judgedBy(other), 'accuracy');
  if (other.data.random || baseline.data.random) {
    found.push({
      difference: 'randomData',
      baseline: String(baseline.data.random),
      other: String(other.data.random),
      affects: 'accuracy',
    });
  }
  return found;
}
