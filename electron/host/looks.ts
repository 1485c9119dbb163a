import { runEngineJob, type EngineJobOptions } from '../worker/engine-client.ts';
import type { EngineJob, EngineJobKind, EngineJobResults } from '../worker/protocol.ts';
import { JobSlots } from './job-slots.ts';

/** Beside a run: enough to stay usable, few enough not to disturb what is being measured. */
const slotOptions = { count: 2, patienceMs: 5000, most: 6 };

export interface LookOptions {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** What whoever asks calls it, to be able to give it up. */
  readonly lookId?: string | null;
}

/** Something short in an engine of its own, beside whatever runs. */
export type Look = <Kind extends EngineJobKind>(
  job: Extract<EngineJob, { kind: Kind }>,
  options?: LookOptions,
) => Promise<EngineJobResults[Kind]>;

/** Looks at models and data: a few at a time, each with a limit, and each to be given up. */
export class Looks {
  private readonly slots = new JobSlots(slotOptions);
  private readonly byId = new Map<string, AbortController>();
  private readonly closing = new AbortController();
  private readonly engineOptions: () => Omit<EngineJobOptions, 'signal' | 'onEvent'>;

  constructor(engineOptions: () => Omit<EngineJobOptions, 'signal' | 'onEvent'>) {
    this.engineOptions = engineOptions;
  }

  readonly look: Look = async (job, { signal, lookId = null } = {}) => {
    const controller = new AbortController();
    if (lookId !== null) this.byId.set(lookId, controller);
    const signals = [this.closing.signal, controller.signal, ...(signal === undefined ? [] : [signal])];
    try {
      return await this.slots.use(() =>
        runEngineJob(job, { ...this.engineOptions(), signal: AbortSignal.any(signals), onEvent: () => undefined }),
      );
    } finally {
      if (lookId !== null && this.byId.get(lookId) === controller) this.byId.delete(lookId);
    }
  };

  /** @returns whether anything of that name was under way. */
  cancel(lookId: string): boolean {
    const controller = this.byId.get(lookId);
    controller?.abort();
    return controller !== undefined;
  }

  /** Gives up all there are and resolves when they have ended. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.slots.drained();
  }
}
