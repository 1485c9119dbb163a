import type { CompressRequest } from '../../../shared/compress-request.ts';
import { settleRecipe } from '../../../shared/recipe.ts';
import { ScratchWeights } from '../onnx/scratch-weights.ts';
import { readDevice, type Device } from '../runtime/device.ts';
import type { EngineContext } from './engine-context.ts';
import { RunLog } from './run-log.ts';
import { readTimingLimits, type TimingLimits } from './timing-limits.ts';

/** What every phase of one compression works with. */
export interface Run {
  readonly startedTimestampMs: number;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number;
  /** With the recipe as this CPU carries it out. */
  readonly request: CompressRequest;
  readonly device: Device;
  /** Threads for what is not timed. */
  readonly fastThreads: number;
  readonly timing: TimingLimits;
  /** For files that nobody needs afterwards. */
  readonly workFolder: string;
  /** Weights of all models of the run, in that folder. */
  readonly scratch: ScratchWeights;
  readonly log: RunLog;
  readonly context: EngineContext;
}

export async function beginRun(asked: CompressRequest, context: EngineContext, workFolder: string): Promise<Run> {
  const [startedTimestampMs, startedMs] = [Date.now(), performance.now()];
  const device = await readDevice();
  const timing = readTimingLimits();
  const log = new RunLog(context);
  log.add(timing.diagnostics);
  return {
    startedTimestampMs,
    startedMs,
    request: { ...asked, recipe: settleRecipe(asked.recipe, device.features) },
    device,
    fastThreads: device.fastThreads(asked.threads),
    timing: timing.limits,
    workFolder,
    scratch: new ScratchWeights(workFolder),
    log,
    context,
  };
}
