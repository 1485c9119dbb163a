import type { EngineEvent, Stage } from '../../shared/events.ts';
import type { EndedLogLine } from '../../shared/run.ts';

/** Enough to see what came before an end; a run of days would tell without bound. */
const keptLines = 200;

/** The last of what a run told, for the case that it fails: stages as they begin, messages, diagnostics. */
export class EndedLog {
  private readonly kept: EndedLogLine[] = [];
  private stage: Stage | null = null;
  private readonly now: () => number;

  /** @param now milliseconds since the run started. */
  constructor(now: () => number) {
    this.now = now;
  }

  add(event: EngineEvent): void {
    if (event.type === 'progress') {
      if (event.stage === this.stage) return;
      this.stage = event.stage;
      this.keep({ kind: 'stage', level: 'info', message: event.stage, said: null });
    } else if (event.type === 'log') {
      this.keep({ kind: 'message', level: event.level, message: event.message, said: event.said ?? null });
    } else if (event.type === 'diagnostic') {
      const { severity, message } = event.diagnostic;
      // What it says by code follows from its English.
      this.keep({ kind: 'diagnostic', level: severity === 'info' ? 'info' : 'warning', message, said: null });
    }
  }

  get lines(): readonly EndedLogLine[] {
    return this.kept;
  }

  private keep(line: Omit<EndedLogLine, 'atMs'>): void {
    this.kept.push({ atMs: this.now(), ...line });
    if (this.kept.length > keptLines) this.kept.shift();
  }
}
