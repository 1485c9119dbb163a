import type { CompressRequest } from '../../../shared/compress-request.ts';
import { settleRecipe } from '../../../shared/recipe.ts';
import type { Environment } from '../../../shared/run.ts';
import { ScratchWeights } from '../onnx/scratch-weights.ts';
import { hasInt8DotProduct, readEnvironment } from '../runtime/environment.ts';
import type { EngineContext } from './engine-context.ts';
import { RunLog } from './run-log.ts';

/** What every phase of one compression works with. */
export interface Run {
  readonly startedTimestampMs: number;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number;
  /** With the recipe as this CPU carries it out. */
  readonly request: CompressRequest;
  readonly environment: Environment;
  readonly hasInt8DotProduct: boolean;
  /** Threads for what is not timed: it may use what the machine has. */
  readonly fastThreads: number;
  /** For files that nobody needs afterwards. */
  readonly workFolder: string;
  /** Weights of all models of the run, in that folder. */
  readonly scratch: ScratchWeights;
  readonly log: RunLog;
  readonly context: EngineContext;
}

export async function beginRun(asked: CompressRequest, context: EngineContext, workFolder: string): Promise<Run> {
  const [startedTimestampMs, startedMs] = [Date.now(), performance.now()];
  const environment = await readEnvironment();
  const isExact = hasInt8DotProduct(environment);
  return {
    startedTimestampMs,
    startedMs,
    request: { ...asked, recipe: settleRecipe(asked.recipe, isExact) },
    environment,
    hasInt8DotProduct: isExact,
    fastThreads: Math.max(asked.threads, Math.min(environment.cores, 8)),
    workFolder,
    scratch: new ScratchWeights(workFolder),
    log: new RunLog(context),
    context,
  };
}
