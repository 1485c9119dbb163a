import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import { observeTensors, type CalibrationSamples, type ObserveOptions } from '../3-calibrate/observe.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { shareOutside } from '../tensor/histogram.ts';
import { heldRange, int8SymmetricRange, uint8Range, type QuantizationParameters } from '../tensor/quantization.ts';

/** How much of a tensor lies beyond its range in samples that calibration did not see. */
export interface Clipping {
  /** Of its values, over the samples whose values were looked at. */
  readonly valueShare: number;
  /** Of `sampleCount` samples (batches where the model's batch size is fixed), those with any such value. */
  readonly sampleShare: number;
  readonly sampleCount: number;
}

/** The values that the 8 bits of a tensor stand for, half a step more at either end: what lies beyond is cut. */
interface HeldRange {
  readonly low: number;
  readonly high: number;
}

/** Samples worth about this many MACs have all their values looked at, at least 8 and at most 128. */
const valueMacs = 20e9;

export function countValueSamples(macs: number): number {
  return Math.max(8, Math.min(128, Math.floor(valueMacs / Math.max(1, macs))));
}

/** Of every tensor with a calibrated range. */
export function heldRanges(
  { activationType }: QuantizationPlan,
  calibrated: ReadonlyMap<string, unknown>,
  parameters: ReadonlyMap<string, QuantizationParameters>,
): Map<string, HeldRange> {
  const integers = activationType === 'uint8' ? uint8Range : int8SymmetricRange;
  const known = [...parameters].filter(([tensor]) => calibrated.has(tensor));
  return new Map(known.map(([tensor, values]) => [tensor, heldRange(values, integers)]));
}

export interface ClippingOptions {
  /** The float model whose tensors the ranges are for. */
  readonly model: OnnxModel;
  readonly ranges: ReadonlyMap<string, HeldRange>;
  /** Of these every sample's extremes are looked at. */
  readonly deciding: ReadonlySet<string>;
  readonly shapes: Shapes;
  readonly samples: CalibrationSamples;
  /** Of so many samples every value of every tensor is looked at. */
  readonly valueSamples: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Aborted when the samples so far are to be enough. */
  readonly enough?: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Runs the float model on unseen samples and counts what its ranges would cut. Values are counted in histograms, so that what lies
 * within an eighth of a step of an end may fall on either side.
 * @returns nothing of tensors that hold NaN or infinity in some sample.
 */
export async function measureClipping(options: ClippingOptions): Promise<Map<string, Clipping>> {
  const { model, ranges, deciding, samples, shapes, threads, signal } = options;
  const valueCount = Math.min(options.valueSamples, samples.count);
  const tensors = [...ranges.keys()];
  const decidingTensors = tensors.filter((tensor) => deciding.has(tensor));
  const isLooking = decidingTensors.length > 0 && samples.count > valueCount;
  const total = valueCount + (isLooking ? samples.count : 0);
  const observe = (
    names: readonly string[],
    statistics: ObserveOptions['statistics'],
    count: number,
    before: number,
  ) => {
    const bySample = new Set(names);
    const common = {
      channelAxes: new Map<string, number>(),
      shapes,
      threads,
      signal,
      ...(options.enough === undefined ? {} : { enough: options.enough }),
    };
    const onSample = (done: number, all: number) => options.onProgress(before + (done * count) / all, total);
    return observeTensors(
      model,
      { count, read: samples.read },
      { ...common, tensors: names, bySample, statistics, onNonFinite: 'leave-out', onSample },
    );
  };
  const values = await observe(tensors, 'histogram', valueCount, 0);
  const extremes = isLooking ? await observe(decidingTensors, 'extremes', samples.count, valueCount) : values;
  const result = new Map<string, Clipping>();
  for (const [tensor, { histogram, samples: seen }] of values) {
    const { low, high } = ranges.get(tensor)!;
    const { lows, highs } = extremes.get(tensor)?.samples ?? seen!;
    if (histogram === null || lows.length === 0) continue;
    const beyond = highs.filter((value, sample) => value > high || lows[sample]! < low).length;
    result.set(tensor, {
      valueShare: beyond === 0 ? 0 : shareOutside(histogram, low, high),
      sampleShare: beyond / lows.length,
      sampleCount: lows.length,
    });
  }
  return result;
}
