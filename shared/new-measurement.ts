import { isMachineBusy } from './busy-machine.ts';
import type { Measurement } from './measurement.ts';
import type { Latency } from './run.ts';

/** What an engine hands back that measured the models of a run once more. */
export interface NewMeasurement {
  readonly measuredTimestampMs: number;
  readonly latency: Latency;
}

/**
 * The latest quiet measurement decides, and the latest of all while none was quiet: never the one whose figure is best, or measuring
 * until it pleases would prove anything.
 */
export function replaces(next: Pick<Latency, 'processorShare'>, current: Pick<Latency, 'processorShare'>): boolean {
  return !isMachineBusy(next) || isMachineBusy(current);
}

export function describeMeasurement({ measuredTimestampMs, latency }: NewMeasurement, decides: boolean): Measurement {
  return {
    measuredTimestampMs,
    speedup: latency.speedup,
    beforeMedianMs: latency.before.medianMs,
    afterMedianMs: latency.after.medianMs,
    processorShare: latency.processorShare,
    decides,
  };
}
