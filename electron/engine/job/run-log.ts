import { CancelledError } from '../../../shared/app-error.ts';
import { cutMessage } from '../../../shared/cut-text.ts';
import { takeApart } from '../../../shared/engine-texts/said.ts';
import type { Stage } from '../../../shared/events.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { EngineContext } from './engine-context.ts';

/** What a run tells its host on the way and its document in the end: stages in order, how long each took, diagnostics. */
export class RunLog {
  readonly stageDurationsMs: Record<string, number> = {};
  readonly diagnostics: Diagnostic[] = [];
  private stage: Stage = 'prepare';
  /** Null between stages. */
  private stageStartedMs: number | null = null;
  private readonly context: Pick<EngineContext, 'signal' | 'onEvent'>;

  constructor(context: Pick<EngineContext, 'signal' | 'onEvent'>) {
    this.context = context;
  }

  /** @throws CancelledError between two stages when the run was cancelled. */
  begin(stage: Stage, detail: string): void {
    if (this.context.signal.aborted) throw new CancelledError();
    this.end();
    this.stage = stage;
    this.stageStartedMs = performance.now();
    this.report(0, 1, 'steps', detail);
  }

  /** @param remainingMs as measured in this stage; null where it was not. */
  report(done: number, total: number, unit: string, detail: string, remainingMs: number | null = null): void {
    this.context.onEvent({ type: 'progress', stage: this.stage, done, total, unit, detail, remainingMs });
  }

  /** Ends the stage that is under way, if any. */
  end(): void {
    if (this.stageStartedMs === null) return;
    const earlierMs = this.stageDurationsMs[this.stage] ?? 0;
    this.stageDurationsMs[this.stage] = earlierMs + performance.now() - this.stageStartedMs;
    this.stageStartedMs = null;
  }

  add(diagnostics: readonly Diagnostic[]): void {
    for (const { message, ...rest } of diagnostics) {
      const cut = cutMessage(message);
      const diagnostic = { ...rest, message: cut, said: takeApart(cut) };
      this.diagnostics.push(diagnostic);
      this.context.onEvent({ type: 'diagnostic', diagnostic });
    }
  }
}
