export interface JobSlotsOptions {
  /** Jobs at a time. */
  readonly count: number;
  /** A job that takes longer than this no longer keeps others waiting: it may never end. */
  readonly patienceMs: number;
  /** Jobs at a time with those that took longer. */
  readonly most: number;
}

interface Slot {
  isLate: boolean;
}

/** Lets a few jobs run at a time; the others wait their turn, but not for ever. */
export class JobSlots {
  private readonly options: JobSlotsOptions;
  private readonly waiting: { readonly slot: Slot; readonly begin: () => void }[] = [];
  private readonly running = new Set<Slot>();
  private readonly drainedListeners: (() => void)[] = [];

  constructor(options: JobSlotsOptions) {
    this.options = options;
  }

  async use<Result>(job: () => Promise<Result>): Promise<Result> {
    const slot: Slot = { isLate: false };
    await new Promise<void>((begin) => {
      this.waiting.push({ slot, begin });
      this.admit();
    });
    const timer = setTimeout(() => {
      slot.isLate = true;
      this.admit();
    }, this.options.patienceMs);
    try {
      return await job();
    } finally {
      clearTimeout(timer);
      this.running.delete(slot);
      this.admit();
      if (this.isIdle()) for (const listener of this.drainedListeners.splice(0)) listener();
    }
  }

  /** Resolves when nothing runs or waits any more, however it ended. */
  async drained(): Promise<void> {
    if (!this.isIdle()) await new Promise<void>((resolve) => this.drainedListeners.push(resolve));
  }

  private isIdle(): boolean {
    return this.running.size === 0 && this.waiting.length === 0;
  }

  private admit(): void {
    const { count, most } = this.options;
    while (this.waiting.length > 0 && this.running.size < most) {
      if ([...this.running].filter((slot) => !slot.isLate).length >= count) return;
      const { slot, begin } = this.waiting.shift()!;
      this.running.add(slot);
      begin();
    }
  }
}
