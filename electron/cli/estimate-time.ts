import { stagePlan, type Stage } from '../../shared/events.ts';

export interface StageProgress {
  readonly stage: Stage;
  /** 0 to 1 within the stage. */
  readonly share: number;
  readonly elapsedMs: number;
  /** What is left of it, where the engine has measured that. */
  readonly leftMs?: number | null;
}

/**
 * What is left to do after the finished stages (with the time each took) and the current one. Stages that depend on model
 * and data are scaled by how long the ones before them took; the current one is extrapolated from its own pace.
 */
export function estimateRemainingMs(
  finished: ReadonlyMap<Stage, number>,
  current: StageProgress,
  stages: readonly Stage[] | null,
): number {
  const planned = stagePlan.filter(({ stage }) => stages === null || stages.includes(stage));
  const usualOf = (stage: Stage) => planned.find((usual) => usual.stage === stage)?.usualMs ?? 0;
  const byPaceMs = current.share > 0.02 ? current.elapsedMs / current.share : null;
  const ownPaceMs = current.leftMs == null ? byPaceMs : current.elapsedMs + current.leftMs;

  let seenMs = 0;
  let usualMs = 0;
  for (const stage of ['calibrate', 'quantize', 'accuracy'] as const) {
    const tookMs = finished.get(stage) ?? (stage === current.stage ? ownPaceMs : null);
    if (tookMs === null) continue;
    seenMs += tookMs;
    usualMs += usualOf(stage);
  }
  const scale = usualMs === 0 ? 1 : seenMs / usualMs;
  const expectMs = (usual: (typeof stagePlan)[number]) => usual.usualMs * ('fixed' in usual ? 1 : scale);

  const index = planned.findIndex(({ stage }) => stage === current.stage);
  if (index < 0) return 0;
  const currentMs = ownPaceMs ?? Math.max(expectMs(planned[index]!), current.elapsedMs);
  const laterMs = planned.slice(index + 1).reduce((sum, usual) => sum + expectMs(usual), 0);
  return Math.max(0, currentMs - current.elapsedMs) + laterMs;
}
