import { featuresOf, type DeviceFeatures } from '../../../shared/device-features.ts';
import type { Environment } from '../../../shared/run.ts';
import { readEnvironment } from './environment.ts';

/** The machine that a job runs on. */
export interface Device {
  /** As the run document tells of it. */
  readonly environment: Environment;
  readonly features: DeviceFeatures;
  /** Threads for what is not timed: at least as many as `asked` for what is, and what the machine has, up to 8. */
  fastThreads(asked: number): number;
}

export async function readDevice(): Promise<Device> {
  const environment = await readEnvironment();
  return {
    environment,
    features: featuresOf(environment),
    fastThreads: (asked) => Math.max(asked, Math.min(environment.cores, 8)),
  };
}
