import { calibrateModel, makeWhileWanted, type CalibratedModel, type CalibrateOptions } from './calibrated-model.ts';
import { observeTensors } from './observe.ts';
import { isUneven, smoothChannels, triedStrengths } from './smooth.ts';
import { findSmoothingGroups, readTensors } from './smoothing-groups.ts';

/**
 * The model with what matrix products read smoothed, by strength: as asked for, or in a few strengths to be tried where channels of some
 * product are uneven. One pass over the samples for the channels, and one a strength for the tensors that differ then.
 * @returns none where nothing is to be smoothed.
 */
export async function calibrateSmoothed(
  base: CalibratedModel,
  options: CalibrateOptions,
  look: { readonly statistics: 'extremes' | 'histogram'; readonly channelAxes: ReadonlyMap<string, number> },
): Promise<ReadonlyMap<number, CalibratedModel>> {
  const { plan, graph, shapes, recipe } = options;
  const smoothed = new Map<number, CalibratedModel>();
  // Whether it is better is not going to be looked at any more once the time is over.
  const isWanted = (): boolean => recipe.smoothing === 'on' || options.enough?.aborted !== true;
  if (recipe.smoothing === 'off' || !isWanted()) return smoothed;
  const quantized = new Set(plan.tensors.map(({ tensor }) => tensor));
  const found = findSmoothingGroups(graph, shapes, quantized);
  if (found.length === 0) return smoothed;
  const read = found.flatMap(readTensors);
  const detail = 'observing channels';
  const seen = await observeTensors(base.model, options.samples, {
    tensors: [...new Set(read)],
    channelAxes: new Map(read.map((tensor) => [tensor, shapes.get(tensor)!.dims.length - 1])),
    bySample: new Set(),
    statistics: 'histogram',
    shapes,
    threads: options.threads,
    signal: options.signal,
    onNonFinite: 'leave-out',
    ...(options.enough === undefined ? {} : { enough: options.enough }),
    ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
    onSample: (done, total) => options.onSample(done, total, detail),
  });
  const maxAbs = new Map([...seen].map(([tensor, { channels }]) => [tensor, channels!.maxAbs]));
  const groups = found.filter((group) => readTensors(group).every((tensor) => maxAbs.has(tensor)));
  const isOn = recipe.smoothing === 'on';
  if (groups.length === 0 || (!isOn && !groups.some((group) => isUneven(group, maxAbs)))) return smoothed;
  const tensors = new Set(groups.flatMap(({ members }) => members));
  for (const strength of isOn ? [recipe.smoothingStrength] : triedStrengths) {
    if (!isWanted()) break;
    const model = await makeWhileWanted(() => smoothChannels(base.model, groups, maxAbs, strength), options, isWanted);
    if (model === null) break;
    const changed = { tensors, known: base.statistics };
    const whole = { ...look, detail: 'observing smoothed activations', onRange: undefined, changed };
    smoothed.set(strength, await calibrateModel(model, options, whole));
  }
  return smoothed;
}
