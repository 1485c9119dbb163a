import { foldedInto } from './engine-texts.ts';
import { isReducedLayer } from './precision.ts';
import type { Prediction } from './prediction.ts';
import type { Layer, RunDocument } from './run.ts';
import { sampleSqnrLimitDb } from './units.ts';

/*
 * What a run would come to with some of its layers in float, from what was measured of single layers. Sizes and times add up. So do noises,
 * as long as they are small and not alike: what the output loses of its noise without each layer is taken off, but never more than
 * leaves what the other layers make by themselves.
 */

const noiseOf = (sqnrDb: number): number => 10 ** (-sqnrDb / 10);

/** Whether flipping it can be foretold at all. */
export const isFlippable = (layer: Layer): boolean =>
  isReducedLayer(layer) && layer.parameters > 0 && foldedInto(layer.reason) === null;

function predictNoise(run: RunDocument, flipped: ReadonlySet<string>): number | null {
  const { layers, effects } = run;
  if (effects === null) return null;
  const chosen = layers.filter(({ name }) => flipped.has(name));
  if (chosen.some(({ effect }) => effect === null)) return null;
  const whole = noiseOf(effects.wholeSqnrDb);
  const left = chosen.reduce((noise, { effect }) => noise - (whole - noiseOf(effect!.withoutSqnrDb)), whole);
  // Several layers may hand out one tensor: what was folded into another says what that says.
  const others = new Map(
    layers.flatMap(({ name, effect, outputTensor }) =>
      effect === null || flipped.has(name) ? [] : [[outputTensor ?? name, noiseOf(effect.onlySqnrDb)] as const],
    ),
  );
  for (const { name, outputTensor } of [...chosen, ...alsoInFloat(run, flipped)]) others.delete(outputTensor ?? name);
  const ofOthers = [...others.values()].reduce((sum, noise) => sum + noise, 0);
  // Measured as it is asked for.
  if (chosen.length === 1) return left;
  // More layers in float cost nothing.
  const best = Math.min(whole, ...chosen.map(({ effect }) => noiseOf(effect!.withoutSqnrDb)));
  return Math.max(left, Math.min(ofOthers, best));
}

/** Layers that are not asked for but would be in float with those that are. */
export function alsoInFloat({ layers }: RunDocument, flipped: ReadonlySet<string>): Layer[] {
  const named = new Set(layers.flatMap(({ name, effect }) => (flipped.has(name) ? (effect?.alsoFloat ?? []) : [])));
  return layers.filter((layer) => named.has(layer.name) && !flipped.has(layer.name) && isReducedLayer(layer));
}

/** @param flipped names of quantized layers that would be in float. */
export function predictFloat(run: RunDocument, flipped: ReadonlySet<string>): Prediction {
  const chosen = run.layers.filter(({ name }) => flipped.has(name));
  const changed = [...chosen, ...alsoInFloat(run, flipped)];
  const bytes = changed.reduce((sum, { bytesBefore, bytesAfter }) => sum + bytesBefore - bytesAfter, 0);
  const ms = changed.reduce(
    (sum, { latencyBeforeMs, latencyAfterMs }) => sum + (latencyBeforeMs ?? 0) - (latencyAfterMs ?? 0),
    0,
  );
  const { afterSumMs } = run.profile;
  const noise = predictNoise(run, flipped);
  return {
    runId: run.runId,
    layers: chosen.map(({ name }) => name),
    sizeBytes: run.model.compressed.sizeBytes + bytes,
    // Profiling makes every layer slower: only shares of its times are times of the model.
    medianMs: run.latency.after.medianMs * (afterSumMs === 0 ? 1 : Math.max(0, 1 + ms / afterSumMs)),
    sqnrDb: noise === null ? null : Math.min(sampleSqnrLimitDb, -10 * Math.log10(Math.max(noise, 1e-12))),
  };
}
