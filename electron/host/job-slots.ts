/** Lets a few jobs run at a time; the others wait their turn. */
export class JobSlots {
  private free: number;
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Promise<unknown>>();

  constructor(count: number) {
    this.free = count;
  }

  async use<Result>(job: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    // A job that throws before it is a promise gives its slot back, too.
    const result = (async () => job())();
    this.running.add(result);
    try {
      return await result;
    } finally {
      this.running.delete(result);
      const next = this.waiting.shift();
      // The slot goes straight to the next one.
      if (next === undefined) this.free += 1;
      else next();
    }
  }

  /** Resolves when nothing runs or waits any more, however it ended. */
  async drained(): Promise<void> {
    while (this.running.size > 0 || this.waiting.length > 0) {
      await Promise.allSettled(this.running);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
