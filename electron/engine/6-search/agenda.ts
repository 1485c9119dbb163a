/** A choice that a search may make, and how many alternatives it tries at most. */
export interface OpenChoice {
  readonly choice: string;
  readonly most: number;
}

/** What a search may still try, and how long that takes at most. */
export interface Remaining {
  /** Alternatives that were tried. */
  readonly done: number;
  /** Those and all that may follow. */
  readonly total: number;
  /** At the pace of the last ones; null while too few were timed to say. */
  readonly ms: number | null;
}

/** So many alternatives are timed before their pace is told, and the pace is that of so many. */
const [leastTimed, mostTimed] = [3, 12];

/**
 * The choices of a search in the order they are made. Nobody counts them together by hand: the total is the sum of what is open, and
 * a choice that is made with fewer alternatives, or passed over, takes the rest of its own away.
 */
export class Agenda {
  private open: OpenChoice[];
  /** Alternatives left of the choice that is being made. */
  private left = 0;
  private done = 0;
  private readonly tookMs: number[] = [];
  private lastMs: number;
  private readonly now: () => number;

  /** @param now milliseconds. */
  constructor(choices: readonly OpenChoice[], now = () => performance.now()) {
    this.open = [...choices];
    this.now = now;
    this.lastMs = now();
  }

  /** From here on what is tried belongs to `choice`; those before it are over. */
  begin(choice: string): void {
    const index = this.open.findIndex((one) => one.choice === choice);
    if (index < 0) return;
    this.left = this.open[index]!.most;
    this.open = this.open.slice(index + 1);
  }

  /** One more was tried. */
  step(): void {
    this.done++;
    this.left = Math.max(0, this.left - 1);
    const now = this.now();
    this.tookMs.push(now - this.lastMs);
    if (this.tookMs.length > mostTimed) this.tookMs.shift();
    this.lastMs = now;
  }

  remaining(): Remaining {
    const more = this.open.reduce((sum, { most }) => sum + most, this.left);
    const { length } = this.tookMs;
    const paceMs = this.tookMs.reduce((sum, ms) => sum + ms, 0) / length;
    return { done: this.done, total: this.done + more, ms: length < leastTimed ? null : paceMs * more };
  }
}
