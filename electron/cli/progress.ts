import cliProgress from 'cli-progress';
import type { EngineEvent, OnEvent, Stage } from '../../shared/events.ts';
import { formatDuration } from '../../shared/units.ts';
import { printNote } from './output.ts';

/** Usual shares of a run's wall time; they only smooth the bar and its ETA. */
const compressWeights: Readonly<Record<Stage, number>> = {
  prepare: 3,
  analyze: 1,
  data: 2,
  calibrate: 20,
  quantize: 24,
  accuracy: 20,
  latency: 22,
  profile: 7,
  judge: 1,
};

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

/** Before this share of the work is done the remaining time is anybody's guess. */
const firstEtaShare = 0.03;

/** Shows a running engine job on stderr: a bar on a terminal, one line per stage anywhere else, nothing when quiet. */
export function showProgress(options: ProgressOptions): Progress {
  const weights = Object.entries(compressWeights).filter(
    ([stage]) => options.stages === undefined || options.stages.includes(stage as Stage),
  ) as [Stage, number][];
  const totalWeight = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const startedMs = performance.now();
  const useBar = !options.quiet && process.stderr.isTTY;
  let current: Stage | null = null;
  let share = 0;

  const bar = useBar
    ? new cliProgress.SingleBar(
        {
          format: '{stage} {bar} {percentage} % | {detail} | ETA {remaining}',
          barsize: 24,
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
  bar?.start(1000, 0, { stage: 'starting ', detail: '', remaining: '–' });

  const report = (event: Extract<EngineEvent, { type: 'progress' }>) => {
    const { stage, done, total, unit, detail } = event;
    if (stage !== current) {
      current = stage;
      if (!options.quiet && bar === null) {
        printNote(
          `${formatDuration(performance.now() - startedMs).padStart(8)}  ${stage}${detail === '' ? '' : `: ${detail}`}`,
        );
      }
    }
    if (bar === null) return;
    const index = weights.findIndex(([name]) => name === stage);
    if (index < 0) return;
    const before = weights.slice(0, index).reduce((sum, [, weight]) => sum + weight, 0);
    const within = total > 0 ? Math.min(1, done / total) * weights[index]![1] : 0;
    // Never backwards: a search goes through calibrate and quantize more than once.
    share = Math.max(share, (before + within) / totalWeight);
    const elapsedMs = performance.now() - startedMs;
    const remaining =
      share < firstEtaShare ? '–' : formatDuration(Math.round((elapsedMs * (1 - share)) / share / 1000) * 1000);
    const counted = total > 1 ? `${done}/${total} ${unit} ` : '';
    bar.update(Math.round(share * 1000), { stage: stage.padEnd(9), detail: `${counted}${detail}`, remaining });
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
        case 'range':
        case 'latency':
          return;
      }
    },
    stop: () => bar?.stop(),
  };
}
