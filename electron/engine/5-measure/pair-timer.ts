import type { PreparedFeeds, Session } from '../runtime/session.ts';
import { median } from '../tensor/statistics.ts';

/** Pairs of runs by which two sessions are compared, and how long that takes unless it is a slow spell. */
const [pairsPerBlock, leastPairs, mostPairs] = [6, 12, 60];
const timingMs = 800;
/** A session slower than its own fastest by more than this share is in a slow spell of the machine. */
const slowSpell = 0.08;
/** How long a timer waits in all for slow spells to pass. */
const patienceMs = 6000;

/** A ratio of times and its 95 % bounds. */
export interface RatioBounds {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

interface Block {
  readonly firstMs: number;
  readonly ratios: readonly number[];
}

/** The median, and the order statistics that enclose it with 95 % confidence (sign test, normal approximation). */
function boundMedian(values: readonly number[]): RatioBounds {
  const sorted = values.toSorted((left, right) => left - right);
  const half = 0.98 * Math.sqrt(sorted.length);
  const low = sorted[Math.max(0, Math.floor(sorted.length / 2 - half))]!;
  const high = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + half))]!;
  return { ratio: median(sorted), low, high };
}

/**
 * Times pairs of sessions by alternating runs in this process: good enough to choose by, while the figures that are reported
 * come from fresh processes (latency.ts). Machines have slow spells of seconds, in which other ratios hold: runs count while
 * the first session is about as fast as it ever was, if there are enough of them.
 */
export class PairTimer {
  private readonly feeds: PreparedFeeds;
  /** Lets others run, and throws when they want an end. */
  private readonly pause: () => Promise<void>;
  /** Milliseconds. */
  private readonly now: () => number;
  /** Milliseconds of a session's fastest block of runs. */
  private readonly fastestMs = new WeakMap<Session, number>();
  private patienceMs = patienceMs;

  constructor(feeds: PreparedFeeds, pause: () => Promise<void>, now = () => performance.now()) {
    this.feeds = feeds;
    this.pause = pause;
    this.now = now;
  }

  /** @returns time of `first` / time of `second`. */
  async compare(first: Session, second: Session): Promise<RatioBounds> {
    for (let round = 0; round < 3; round++) {
      await this.time(first);
      await this.time(second);
    }
    const blocks: Block[] = [];
    const quiet = (): number[] => {
      const limit = (this.fastestMs.get(first) ?? Infinity) * (1 + slowSpell);
      return blocks.filter(({ firstMs }) => firstMs <= limit).flatMap(({ ratios }) => ratios);
    };
    const started = this.now();
    for (;;) {
      const count = quiet().length;
      const isOver = this.now() - started >= timingMs && blocks.length * pairsPerBlock >= leastPairs;
      if (count >= mostPairs || (isOver && (count >= leastPairs || this.patienceMs <= 0))) break;
      const blockStarted = this.now();
      blocks.push(await this.timeBlock(first, second));
      if (isOver) this.patienceMs -= this.now() - blockStarted;
    }
    return boundMedian(quiet().length >= leastPairs ? quiet() : blocks.flatMap(({ ratios }) => ratios));
  }

  private async time(session: Session): Promise<number> {
    const start = this.now();
    await session.runPrepared(this.feeds);
    return this.now() - start;
  }

  private async timeBlock(first: Session, second: Session): Promise<Block> {
    const times: number[] = [];
    const ratios: number[] = [];
    for (let pair = 0; pair < pairsPerBlock; pair++) {
      await this.pause();
      const swap = pair % 2 === 1;
      const a = await this.time(swap ? second : first);
      const b = await this.time(swap ? first : second);
      times.push(swap ? b : a);
      ratios.push(swap ? b / a : a / b);
    }
    const firstMs = median(times);
    this.fastestMs.set(first, Math.min(firstMs, this.fastestMs.get(first) ?? Infinity));
    return { firstMs, ratios };
  }
}
