import { say } from '../../../shared/engine-texts/say.ts';
import type { RunLog } from '../job/run-log.ts';
import { measureLayerEffects, type LayerEffects, type LayerEffectsOptions } from './layer-effects.ts';
import type { LayerError } from './layer-error.ts';
import type { MeasuredModels } from './measured-models.ts';

export type MeasuredEffects = LayerEffects & { readonly spentMs: number };

/** What each layer of a run's model costs its output: layers with the largest errors of their own first, and those that make the outputs. */
export async function measureEffects(
  { clipping, compressed, pairs, floatWith, comparedTensors, calibrationCount }: MeasuredModels,
  options: Pick<LayerEffectsOptions, 'samples' | 'threads' | 'dims' | 'signal' | 'enough'> & {
    /** By the twin's tensor name; the order of the graph where it is left out. */
    readonly introduced?: ReadonlyMap<string, LayerError>;
    readonly log: RunLog;
  },
): Promise<MeasuredEffects | null> {
  const startedMs = performance.now();
  const { introduced, log, ...running } = options;
  const erring = [...(introduced ?? [])].filter(([, { sqnrDb }]) => sqnrDb !== null);
  const worst = erring.toSorted(([, left], [, right]) => left.sqnrDb! - right.sqnrDb!).map(([tensor]) => tensor);
  const inOrder = introduced === undefined ? pairs.map(({ before }) => before) : worst;
  const effects = await measureLayerEffects({
    ...running,
    float: clipping.model,
    compressed,
    pairs,
    floatWith,
    compared: comparedTensors,
    shapes: clipping.shapes,
    worst: [...new Set([...comparedTensors, ...inOrder])],
    calibrationCount,
    onProgress: (done, total) => log.report(done, total, 'runs', 'what each layer costs the output'),
  });
  if (effects?.isStopped === true) {
    const message = say('effectsStopped', { done: effects.layers.size, samples: effects.samples });
    log.add([{ severity: 'info', code: 'effects-stopped', message, node: null }]);
  }
  return effects === null ? null : { ...effects, spentMs: performance.now() - startedMs };
}
