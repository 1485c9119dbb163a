import { z } from 'zod';
import { toldSchema } from '../../shared/engine-texts/said.ts';
import { stages, timedVariants, type EngineEvent, type OnEvent } from '../../shared/events.ts';
import { candidateSchema } from '../../shared/candidate.ts';
import { diagnosticSchema } from '../../shared/run.ts';
import type { Lab } from './connect-lab.ts';
import { decodeShown } from './lab-messages.ts';
import { eventSubject } from './lab-names.ts';

/*
 * What a running job says on its way: the engine's own events, gathered, so that a job says a few messages a second however much its engine
 * tells. Nobody keeps them, and nothing depends on their coming.
 */

const gatherMs = 200;
const mostInBunch = 100;
const longestBunchBytes = 64 << 10;
/** The newest of a model's times: more than a picture has points. */
const mostSamples = 200;

const text = (length: number) => z.string().max(length);
const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    stage: z.enum(stages as [(typeof stages)[number]]),
    done: z.number().nonnegative(),
    total: z.number().nonnegative(),
    unit: text(40),
    detail: text(300),
    remainingMs: z.number().nonnegative().nullable().default(null),
  }),
  z.strictObject({
    type: z.literal('log'),
    level: z.enum(['info', 'warning']),
    message: text(4000),
    said: toldSchema.nullish(),
  }),
  z.strictObject({ type: z.literal('diagnostic'), diagnostic: diagnosticSchema }),
  z.strictObject({
    type: z.literal('candidate'),
    candidate: candidateSchema.pick({ name: true, nameSaid: true, sqnrDb: true, latencyRatio: true, sizeBytes: true }),
  }),
  z.strictObject({ type: z.literal('best'), name: text(1000) }),
  z.strictObject({ type: z.literal('range'), tensor: text(1000), min: z.number(), max: z.number() }),
  z.strictObject({
    type: z.literal('latency'),
    variant: z.enum(timedVariants),
    samplesMs: z.array(z.number().nonnegative()).max(mostSamples),
  }),
]);
export const jobEventsSchema = z.strictObject({ events: z.array(eventSchema).max(mostInBunch) });

/** What of an event replaces an earlier one of the same bunch. */
function keyOf(event: EngineEvent, count: number): string {
  if (event.type === 'progress') return `progress ${event.stage}`;
  if (event.type === 'best') return 'best';
  if (event.type === 'range') return `range ${event.tensor}`;
  return event.type === 'latency' ? `latency ${event.variant}` : String(count);
}

/** Gathers a job's events and says them to whoever listens. */
export class JobSpeaker {
  private readonly say: (message: string) => void;
  private gathered = new Map<string, EngineEvent>();
  private timer: NodeJS.Timeout | null = null;
  private count = 0;

  constructor(lab: Lab, jobId: string) {
    this.say = (message) => {
      if (!lab.connection.isClosed()) lab.connection.publish(eventSubject(jobId), message);
    };
  }

  add(event: EngineEvent): void {
    const key = keyOf(event, ++this.count);
    const before = this.gathered.get(key);
    // What is said last comes last, as the engine told it.
    this.gathered.delete(key);
    this.gathered.set(key, event.type === 'latency' ? joinSamples(before, event) : event);
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const events = [...this.gathered.values()].slice(-mostInBunch).map(shorten);
    this.gathered = new Map();
    if (events.length === 0) return;
    const message = JSON.stringify({ events });
    const isShort = Buffer.byteLength(message) <= longestBunchBytes;
    this.say(isShort ? message : JSON.stringify({ events: events.filter(({ type }) => type === 'progress') }));
  }
}

type LatencyEvent = Extract<EngineEvent, { type: 'latency' }>;

function joinSamples(before: EngineEvent | undefined, event: LatencyEvent): LatencyEvent {
  const earlier = before?.type === 'latency' ? before.samplesMs : [];
  return { ...event, samplesMs: [...earlier, ...event.samplesMs].slice(-mostSamples) };
}

function shorten(event: EngineEvent): EngineEvent {
  return event.type === 'progress' ? { ...event, detail: event.detail.slice(0, 300) } : event;
}

/** More than any agent says in a second; what comes beyond is not even read. */
const mostBunchesPerSecond = 50;

/**
 * Hears what a running job says from now on, from whoever may write to the server: read by its shape, no faster than a machine can bear, its
 * texts made visible.
 * @returns ends it.
 */
export function hearJob(lab: Lab, jobId: string, onEvent: OnEvent): () => void {
  let second = 0;
  let heard = 0;
  const events = lab.connection.subscribe(eventSubject(jobId), {
    callback: (_error, { data }) => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) [second, heard] = [now, 0];
      if (++heard > mostBunchesPerSecond || data.byteLength > longestBunchBytes) return;
      for (const event of decodeShown(jobEventsSchema, data)?.events ?? []) onEvent(event);
    },
  });
  return () => events.unsubscribe();
}
