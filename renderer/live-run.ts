import type { Failure } from '../shared/app-error.ts';
import type { QueueEntry } from '../shared/contract/results.ts';
import {
  measuringStages,
  provingStages,
  stagePlan,
  stages,
  type EngineEvent,
  type LiveCandidate,
  type Stage,
  type TimedVariant,
} from '../shared/events.ts';
import type { Diagnostic } from '../shared/run.ts';

/** What a run in progress has told so far, bounded however long it runs. */
export interface LiveRun {
  readonly stage: Stage | null;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly detail: string;
  /** Of the stage, at most, as the engine has measured it; null where it has not. */
  readonly stageLeftMs: number | null;
  readonly finishedStages: ReadonlySet<Stage>;
  readonly ranges: ReadonlyMap<string, LiveRange>;
  readonly latency: Readonly<Record<TimedVariant, LiveSamples>>;
  /** Of the search, in the order they were compared, and the name of the best so far. */
  readonly candidates: readonly LiveCandidate[];
  readonly best: string | null;
  /** Newest last. */
  readonly log: readonly LogLine[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface LiveRange {
  readonly tensor: string;
  readonly min: number;
  readonly max: number;
}

/** The newest samples, and how many there were in all. */
export interface LiveSamples {
  readonly count: number;
  readonly newestMs: readonly number[];
}

export interface LogLine extends Failure {
  readonly number: number;
  readonly level: 'info' | 'warning';
}

const keptSamples = 400;
const keptLogLines = 500;
/** More than any search tries. */
const keptCandidates = 500;
const noSamples: LiveSamples = { count: 0, newestMs: [] };

export const emptyLiveRun: LiveRun = {
  stage: null,
  done: 0,
  total: 0,
  unit: '',
  detail: '',
  stageLeftMs: null,
  finishedStages: new Set(),
  ranges: new Map(),
  latency: { before: noSamples, prepared: noSamples, after: noSamples },
  candidates: [],
  best: null,
  log: [],
  diagnostics: [],
};

function addSamples(samples: LiveSamples, added: readonly number[]): LiveSamples {
  if (added.length === 0) return samples;
  return { count: samples.count + added.length, newestMs: [...samples.newestMs, ...added].slice(-keptSamples) };
}

/** One state for a whole batch of events: a busy engine sends thousands a second, the window draws five times. */
export function applyEvents(run: LiveRun, events: readonly EngineEvent[]): LiveRun {
  if (events.length === 0) return run;
  let { stage, done, total, unit, detail, stageLeftMs, finishedStages } = run;
  let ranges: Map<string, LiveRange> | null = null;
  let { best } = run;
  const candidates = [...run.candidates];
  const added: Record<TimedVariant, number[]> = { before: [], prepared: [], after: [] };
  const log = [...run.log];
  const diagnostics = [...run.diagnostics];
  for (const event of events) {
    switch (event.type) {
      case 'progress':
        if (event.stage !== stage) {
          const index = stages.indexOf(event.stage);
          finishedStages = new Set(stages.filter((other, at) => at < index || finishedStages.has(other)));
        }
        ({ stage, done, total, unit, detail, remainingMs: stageLeftMs = null } = event);
        break;
      case 'log':
        log.push({
          number: (log.at(-1)?.number ?? 0) + 1,
          level: event.level,
          message: event.message,
          said: event.said,
        });
        break;
      case 'diagnostic':
        diagnostics.push(event.diagnostic);
        break;
      case 'range':
        ranges ??= new Map(run.ranges);
        ranges.set(event.tensor, { tensor: event.tensor, min: event.min, max: event.max });
        break;
      case 'candidate':
        candidates.push(event.candidate);
        break;
      case 'best':
        best = event.name;
        break;
      case 'latency':
        added[event.variant].push(...event.samplesMs);
        break;
    }
  }
  return {
    stage,
    done,
    total,
    unit,
    detail,
    stageLeftMs,
    finishedStages,
    ranges: ranges ?? run.ranges,
    latency: {
      before: addSamples(run.latency.before, added.before),
      prepared: addSamples(run.latency.prepared, added.prepared),
      after: addSamples(run.latency.after, added.after),
    },
    candidates: candidates.slice(-keptCandidates),
    best,
    log: log.slice(-keptLogLines),
    diagnostics,
  };
}

/** 0–1 over all that is to be done. */
export function overallProgress(run: LiveRun, planned = stages): number {
  let [doneMs, usualTotalMs] = [0, 0];
  for (const { stage, usualMs } of stagePlan) {
    if (!planned.includes(stage)) continue;
    usualTotalMs += usualMs;
    if (stage === run.stage) doneMs += usualMs * stageProgress(run);
    else if (run.finishedStages.has(stage)) doneMs += usualMs;
  }
  return Math.min(1, doneMs / usualTotalMs);
}

/** What an entry of the queue goes through. */
export const stagesOf = ({ work }: Pick<QueueEntry, 'work'>): readonly Stage[] =>
  ({ compress: stages, measure: measuringStages, prove: provingStages })[work];

/** 0–1 inside the current stage. */
export function stageProgress(run: LiveRun): number {
  return run.total > 0 ? Math.min(1, run.done / run.total) : 0;
}

/** Of a search nobody knows how long it takes but itself; what follows it is scaled by how long it takes in all. */
function afterSearchMs(elapsedMs: number, leftMs: number): number {
  const index = stages.indexOf('quantize');
  const usualMs = (from: number, to: number): number =>
    stagePlan.slice(from, to).reduce((sum, stage) => sum + ('fixed' in stage ? 0 : stage.usualMs), 0);
  const fixedMs = stagePlan.slice(index + 1).reduce((sum, stage) => sum + ('fixed' in stage ? stage.usualMs : 0), 0);
  const scale = (elapsedMs + leftMs) / usualMs(0, index + 1);
  return leftMs + fixedMs + scale * usualMs(index + 1, stagePlan.length);
}

/** What a page says of the time that is left: it goes down, or says why it went up. */
export interface TimeLeft {
  readonly endMs: number;
  /** The stage that takes longer than it seemed to; null while none does. */
  readonly longer: Stage | null;
}

/** A guess that grew by less than this, in parts of what was left and milliseconds, is no news: what is shown goes on down. */
const [noNewsShare, noNewsMs] = [0.2, 5000];

/**
 * @param left of the latest guess, null where there is none.
 * @param now on the clock that `endMs` is of.
 * @returns `shown` itself where nothing changes.
 */
export function nextTimeLeft(
  shown: TimeLeft | null,
  left: number | null,
  now: number,
  stage: Stage | null,
): TimeLeft | null {
  if (left === null) return shown === null || shown.endMs < now ? null : shown;
  const endMs = now + left;
  if (shown === null || endMs < shown.endMs) return { endMs, longer: shown?.longer === stage ? stage : null };
  const news = Math.max(noNewsMs, noNewsShare * Math.max(0, shown.endMs - now));
  const isNoNews = endMs === shown.endMs || (endMs - shown.endMs < news && shown.endMs > now);
  return isNoNews ? shown : { endMs, longer: stage };
}

/** Milliseconds still to go, or null while a guess would be a lie. */
export function remainingMs(run: LiveRun, elapsedMs: number, planned = stages): number | null {
  if (run.stage === 'quantize') return run.stageLeftMs === null ? null : afterSearchMs(elapsedMs, run.stageLeftMs);
  const progress = overallProgress(run, planned);
  if (elapsedMs < 3000 || progress < 0.08) return null;
  return (elapsedMs * (1 - progress)) / progress;
}
