import type { EventBatch, LiveEvents } from '../../shared/contract/results.ts';
import type { EngineEvent } from '../../shared/events.ts';

/** Events are sent on in bunches: a bar that moves twenty times a second is smooth, and the window stays idle. */
const gatherMs = 50;

/** What a run reports on its way: sent on in bunches, and kept as far as a window that opens now needs it to catch up. */
export class LiveFeed {
  private readonly kept = new EventSummary();
  private readonly onBatch: (batch: EventBatch) => void;
  private gathered: EngineEvent[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(onBatch: (batch: EventBatch) => void) {
    this.onBatch = onBatch;
  }

  add(event: EngineEvent): void {
    this.kept.add(event);
    this.gathered.push(event);
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  /** Sends what is gathered now. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.gathered.length === 0) return;
    const events = this.gathered;
    this.gathered = [];
    this.onBatch({ first: this.kept.count - events.length, events });
  }

  now(): LiveEvents {
    return { count: this.kept.count, events: this.kept.list() };
  }
}

/** A run tells some hundred; a device of a lab that goes on and on is heard, and not kept. */
const mostKept = 5000;

/** Keeps what matters of a run's events: of each stage only the last progress, of each tensor only the last range. */
class EventSummary {
  private readonly kept = new Map<string, EngineEvent>();
  /** Of all events, kept or not. */
  count = 0;

  add(event: EngineEvent): void {
    this.count += 1;
    if (event.type === 'progress') this.replace(`progress ${event.stage}`, event);
    else if (event.type === 'best') this.replace('best', event);
    else if (event.type === 'range') this.replace(`range ${event.tensor}`, event);
    else this.kept.set(`${this.count}`, event);
    if (this.kept.size > mostKept) this.kept.delete(this.kept.keys().next().value!);
  }

  /** In the order of the last change: what comes last is what the run does now. */
  list(): EngineEvent[] {
    return [...this.kept.values()];
  }

  private replace(key: string, event: EngineEvent): void {
    this.kept.delete(key);
    this.kept.set(key, event);
  }
}
