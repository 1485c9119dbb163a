import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../shared/app-error.ts';
import { externalFolderConfig } from './1-analyze/prepare.ts';
import type { CalibrationSamples } from './2-calibrate/observe.ts';
import type { QuantizedModel } from './3-quantize/apply.ts';
import type { WeightCache } from './3-quantize/weights.ts';
import { measureLayers } from './4-measure/measure-layers.ts';
import { compensateWeights } from './compensate-weights.ts';
import { cutModel } from './graph/edit.ts';
import { encodeModel } from './onnx/encode-model.ts';
import { writeModel } from './onnx/write-model.ts';
import type { SpawnChild } from './runtime/child-process.ts';
import { openSession, prepareFeeds, type Session } from './runtime/session.ts';
import { median } from './tensor/statistics.ts';
import type { Feeds, Tensor } from './tensor/tensor.ts';
import { buildVariant, chosenModel, type QuantizedVariant, type Variant, type VariantOptions } from './variant.ts';

export interface LaboratoryOptions extends VariantOptions {
  /** All calibration samples, for what has to be observed once a choice has been made. */
  readonly samples: CalibrationSamples;
  /** Calibration samples the candidates are compared on; never evaluation samples. */
  readonly tuning: readonly Feeds[];
  /** Where candidates are compared, and end, when their outputs cannot be; null when they can. */
  readonly comparedAt: readonly string[] | null;
  /** Threads of the final measurement: what is faster depends on them. */
  readonly threads: number;
  /** Threads for everything that is not timed. */
  readonly fastThreads: number;
  /** Starts the processes that layers are timed in. */
  readonly spawn: SpawnChild;
  readonly signal: AbortSignal;
}

export interface Quality {
  /** dB; Infinity when identical. */
  readonly sqnrDb: number;
  readonly top1Agreement: number;
}

function argmaxRow(data: ArrayLike<number>, start: number, length: number): number {
  let best = 0;
  for (let index = 1; index < length; index++) if (data[start + index]! > data[start + best]!) best = index;
  return best;
}

/** Enough for medians to choose by; the times that are reported come from longer profiles. */
const profileRuns = 20;
const profileMaxSeconds = 2;

/** Samples that match the float model better than this all count as this good. */
const largestSampleSqnrDb = 60;

/**
 * How close a candidate's outputs are to the float model's: the mean over samples of the SQNR in dB, so that a few samples
 * with large outputs do not decide alone, and the share of samples with the same first-ranked class. Of several outputs the
 * noise / signal ratios are averaged, so that boxes in pixels do not drown scores.
 */
function compareOutputs(reference: readonly Tensor[][], candidate: readonly Tensor[][]): Quality {
  let totalDb = 0;
  let agreeing = 0;
  let rows = 0;
  reference.forEach((outputs, sample) => {
    /** Of each output. */
    const noiseShares: number[] = [];
    outputs.forEach((expected, position) => {
      const actual = candidate[sample]![position]!;
      if (!(expected.data instanceof Float32Array) || !(actual.data instanceof Float32Array)) return;
      let signal = 0;
      let noise = 0;
      for (let index = 0; index < expected.data.length; index++) {
        const difference = expected.data[index]! - actual.data[index]!;
        signal += expected.data[index]! ** 2;
        noise += difference ** 2;
      }
      noiseShares.push(noise === 0 ? 0 : noise / signal);
      const classes = expected.dims.at(-1) ?? 1;
      if (position !== 0 || expected.dims.length !== 2 || classes < 2) return;
      for (let start = 0; start < expected.data.length; start += classes) {
        rows++;
        if (argmaxRow(expected.data, start, classes) === argmaxRow(actual.data, start, classes)) agreeing++;
      }
    });
    const noiseShare = noiseShares.reduce((sum, share) => sum + share, 0) / Math.max(1, noiseShares.length);
    const db = noiseShare === 0 ? largestSampleSqnrDb : -10 * Math.log10(noiseShare);
    totalDb += Number.isNaN(db) ? -Infinity : Math.max(-largestSampleSqnrDb, Math.min(largestSampleSqnrDb, db));
  });
  return { sqnrDb: totalDb / reference.length, top1Agreement: rows === 0 ? 1 : agreeing / rows };
}

/** Comparison of candidates by measurement: all of it on this CPU, with its own saturation and its own speeds. */
export class Laboratory {
  private readonly options: LaboratoryOptions;
  private reference: Tensor[][] | null = null;
  private compensated: WeightCache | null = null;
  private readonly qualities = new WeakMap<QuantizedModel, Quality>();

  constructor(options: LaboratoryOptions) {
    this.options = options;
  }

  build(variant: Variant): QuantizedVariant {
    return buildVariant(this.options, variant, this.compensated);
  }

  /** From here on variants of the same float model can have their weights rounded with compensation. */
  async prepareCompensation({ variant, plan }: QuantizedVariant): Promise<void> {
    const { samples, shapes, fastThreads, signal } = this.options;
    const model = chosenModel(this.options, variant);
    this.compensated = await compensateWeights(model, plan, { samples, shapes, threads: fastThreads, signal });
  }

  /** Opens a candidate; with the threads of the final measurement unless its speed does not matter. */
  open(model: QuantizedModel | null, threads = this.options.threads): Promise<Session> {
    const { comparedAt, prepared } = this.options;
    const whole = model === null ? prepared.model.proto : model.model;
    return openSession(encodeModel(comparedAt === null ? whole : cutModel(whole, comparedAt)), {
      threads,
      config: externalFolderConfig(prepared.model),
    });
  }

  private async outputsOf(session: Session): Promise<Tensor[][]> {
    const names = session.outputs.filter((output) => output.dataType === 'float32').map((output) => output.name);
    const results: Tensor[][] = [];
    for (const feeds of this.options.tuning) {
      await this.pause();
      const outputs = await session.run(feeds, names);
      results.push(names.map((name) => outputs[name]!));
    }
    return results;
  }

  async pause(): Promise<void> {
    await yieldToEvents();
    if (this.options.signal.aborted) throw new CancelledError();
  }

  /** How close a candidate's outputs are; `session` is the candidate, opened. Each is looked at once. */
  async quality(candidate: QuantizedModel, session: Session): Promise<Quality> {
    const known = this.qualities.get(candidate);
    if (known !== undefined) return known;
    if (this.reference === null) {
      const float = await this.open(null, this.options.fastThreads);
      this.reference = await this.outputsOf(float).finally(() => float.release());
    }
    const quality = compareOutputs(this.reference, await this.outputsOf(session));
    this.qualities.set(candidate, quality);
    return quality;
  }

  /** Opens a variant only to see how close its outputs are. */
  async assess({ quantized }: QuantizedVariant): Promise<Quality> {
    const known = this.qualities.get(quantized);
    if (known !== undefined) return known;
    const session = await this.open(quantized, this.options.fastThreads);
    return this.quality(quantized, session).finally(() => session.release());
  }

  /**
   * Paired, alternating runs of two sessions in this process: good enough to choose by, while the figures that are
   * reported come from fresh processes. @returns time of `first` / time of `second`, and its 95 % bounds by sign test.
   */
  async latencyRatio(first: Session, second: Session): Promise<{ ratio: number; low: number; high: number }> {
    const feeds = prepareFeeds(this.options.tuning[0]!);
    const timed = async (session: Session): Promise<number> => {
      const start = performance.now();
      await session.runPrepared(feeds);
      return performance.now() - start;
    };
    for (let round = 0; round < 3; round++) {
      await timed(first);
      await timed(second);
    }
    const ratios: number[] = [];
    const started = performance.now();
    while (ratios.length < 12 || (ratios.length < 60 && performance.now() - started < 800)) {
      await this.pause();
      const swap = ratios.length % 2 === 1;
      const a = swap ? await timed(second) : await timed(first);
      const b = swap ? await timed(first) : await timed(second);
      ratios.push(swap ? b / a : a / b);
    }
    ratios.sort((left, right) => left - right);
    // Order statistics around the median that enclose it with 95 % confidence (binomial, normal approximation).
    const half = 0.98 * Math.sqrt(ratios.length);
    const low = ratios[Math.max(0, Math.floor(ratios.length / 2 - half))]!;
    const high = ratios[Math.min(ratios.length - 1, Math.ceil(ratios.length / 2 + half))]!;
    return { ratio: median(ratios), low, high };
  }

  /** Milliseconds each layer takes in a variant, or in the float model; conversions count for the layer they serve. */
  async layerTimes(model: QuantizedModel | null): Promise<ReadonlyMap<string, number>> {
    const { prepared, graph, threads, tuning, spawn, signal } = this.options;
    const folder = await mkdtemp(join(tmpdir(), 'vernier-layers-'));
    try {
      const modelPath = join(folder, 'candidate.onnx');
      await writeModel(model?.model ?? prepared.model.proto, modelPath, {
        externalData: 'auto',
        sourceFolder: prepared.model.folder,
      });
      const limits = { runs: profileRuns, maxSeconds: profileMaxSeconds };
      const { layers } = await measureLayers(graph, {
        modelPath,
        threads,
        feeds: tuning[0]!,
        ...limits,
        spawn,
        signal,
      });
      return layers;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
