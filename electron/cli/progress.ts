import cliProgress from 'cli-progress';
import type { EngineEvent, OnEvent, Stage } from '../../shared/events.ts';
import { formatDuration } from '../../shared/units.ts';
import { estimateRemainingMs } from './estimate-time.ts';
import { printNote } from './output.ts';
import { toOneLine } from './terminal-text.ts';

export interface Progress {
  readonly onEvent: OnEvent;
  /** Takes the bar off the screen. Safe to call twice. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  /** The stages this job goes through; all of a compression when left out. */
  readonly stages?: readonly Stage[];
}

/** Before this much time has passed the remaining time is anybody's guess. */
const firstEstimateMs = 1500;

const stageWidth = 9;
/** Between and around the parts, and the longest percentage and remaining time: ` 100 % | ETA 59 min`. */
const figuresWidth = 21;

/**
 * What a terminal does not hold is cut off at its edge: the detail comes last, and the bar gives way to stage, percentage and ETA.
 */
export function layOutBar(columns: number): { readonly format: string; readonly barsize: number } {
  const barsize = Math.max(4, Math.min(24, columns - stageWidth - 1 - figuresWidth));
  return { format: '{stage} {bar} {percentage} % | ETA {remaining} | {detail}', barsize };
}

/** Shows a running engine job on stderr: a bar on a terminal, one line per stage anywhere else, nothing when quiet. */
export function showProgress(options: ProgressOptions): Progress {
  const startedMs = performance.now();
  const finished = new Map<Stage, number>();
  const useBar = !options.quiet && process.stderr.isTTY;
  let current: Stage | null = null;
  let stageStartedMs = startedMs;
  /** Of the whole job, and of the current stage: a second pass over the samples starts counting anew, but is no new work. */
  let share = 0;
  let stageShare = 0;

  const bar = useBar
    ? new cliProgress.SingleBar(
        {
          ...layOutBar(process.stderr.columns || 80),
          hideCursor: true,
          clearOnComplete: true,
          stream: process.stderr,
          fps: 8,
          // The terminal's own width is respected: a long detail must not leave a trail of broken lines.
          linewrap: false,
          gracefulExit: false,
        },
        cliProgress.Presets.shades_classic,
      )
    : null;
  bar?.start(1000, 0, { stage: 'starting'.padEnd(stageWidth), detail: '', remaining: '–' });

  const report = (event: Extract<EngineEvent, { type: 'progress' }>) => {
    const { stage, done, total, unit } = event;
    const detail = toOneLine(event.detail);
    if (stage !== current) {
      if (current !== null) finished.set(current, (finished.get(current) ?? 0) + performance.now() - stageStartedMs);
      current = stage;
      stageStartedMs = performance.now();
      stageShare = 0;
      if (!options.quiet && bar === null) {
        printNote(
          `${formatDuration(performance.now() - startedMs).padStart(8)}  ${stage}${detail === '' ? '' : `: ${detail}`}`,
        );
      }
    }
    if (bar === null) return;
    const now = performance.now();
    stageShare = Math.max(stageShare, total > 0 ? Math.min(1, done / total) : 0);
    const remainingMs = estimateRemainingMs(
      finished,
      { stage, share: stageShare, elapsedMs: now - stageStartedMs, leftMs: event.remainingMs ?? null },
      options.stages ?? null,
    );
    const elapsedMs = now - startedMs;
    // What stages usually take says nothing of this model: no ETA before something of it was timed.
    const isMeasured = stage === 'quantize' ? event.remainingMs != null : stageShare > 0 || finished.has('calibrate');
    // Never backwards, though the estimate may grow: a bar that shrinks looks broken.
    share = Math.max(share, elapsedMs / (elapsedMs + remainingMs));
    const remaining =
      elapsedMs < firstEstimateMs || !isMeasured
        ? '–'
        : formatDuration(Math.ceil(remainingMs / 1000) * 1000).replace('.0 s', ' s');
    const counted = total > 1 && unit !== 'per mille' ? `${done}/${total} ${unit} ` : '';
    bar.update(Math.round(share * 1000), { stage: stage.padEnd(stageWidth), detail: `${counted}${detail}`, remaining });
  };

  return {
    onEvent: (event) => {
      switch (event.type) {
        case 'progress':
          report(event);
          return;
        case 'log':
          if (event.level === 'warning' && bar === null && !options.quiet) printNote(`warning: ${event.message}`);
          return;
        // In the result as well, where they are read in their context.
        case 'diagnostic':
        case 'candidate':
        case 'best':
        case 'range':
        case 'latency':
          return;
      }
    },
    stop: () => bar?.stop(),
  };
}
