import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { ComparedAt } from '../1-analyze/find-compared.ts';
import { externalFolderConfig } from '../1-analyze/prepare.ts';
import type { CalibrationSamples } from '../3-calibrate/observe.ts';
import { isRoundedLayer, type QuantizedModel } from '../schemes/apply-plan.ts';
import { comparedTypes } from '../metrics/float-types.ts';
import { chooseClassOutput } from '../metrics/class-scores.ts';
import { measureLayers } from '../5-measure/measure-layers.ts';
import type { TaskLoss } from '../5-measure/task-loss.ts';
import { isSurelyBehind, type SampleOutputs } from '../metrics/output-quality.ts';
import { PairTimer, type RatioBounds } from '../5-measure/pair-timer.ts';
import { compensateWeights } from '../4-quantize/compensate-weights.ts';
import { compensatePacked } from '../schemes/packed-weights/compensate-packed.ts';
import { cutModel } from '../graph/edit.ts';
import { stepByStep, type Steps } from '../job/steps.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { ScratchWeights } from '../onnx/scratch-weights.ts';
import { writeModel } from '../onnx/write-model.ts';
import type { SpawnChild } from '../runtime/child-process.ts';
import { openSession, prepareFeeds, type Session, type ValueInfo } from '../runtime/session.ts';
import { createCandidateMeter, type CandidateQuality } from './candidate-quality.ts';
import { EnoughError } from './enough.ts';
import { KeptSamples, type SampleList } from './kept-samples.ts';
import { objectiveOf, type Objective } from './objective.ts';
import type { Variant } from '../schemes/choice.ts';
import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import {
  buildVariant,
  chosenModel,
  planVariant,
  type QuantizedVariant,
  type RoundedWeights,
  type VariantOptions,
} from './variant.ts';

export interface LaboratoryOptions extends VariantOptions {
  /** All calibration samples, for what has to be observed once a choice has been made. */
  readonly samples: CalibrationSamples;
  /** True where they are noise: what inputs do together is not to be learned from them. */
  readonly areNoise?: boolean;
  /** Calibration samples the candidates are compared on; never evaluation samples. */
  readonly tuning: SampleList;
  /** The right class of a tuning sample, null where nobody knows; given where it is asked for what answers are lost. */
  readonly rightClass?: (sample: number) => number | null;
  /** What candidates lose in the terms of the task; null, or not there, where SQNR says it. */
  readonly taskLoss?: TaskLoss | null;
  /** Nodes that stay in float whatever is found: name to reason. */
  readonly keepFloat: ReadonlyMap<string, Reason>;
  /** Where candidates are compared, and end, when their outputs cannot be; null when they can. */
  readonly comparedAt: ComparedAt | null;
  /** Threads of the final measurement: what is faster depends on them. */
  readonly threads: number;
  /** Threads for everything that is not timed. */
  readonly fastThreads: number;
  /** Starts the processes that layers are timed in. */
  readonly spawn: SpawnChild;
  readonly signal: AbortSignal;
  /** Where weights of candidates are kept, in the folder of the prepared model; default: in memory, a copy for each candidate. */
  readonly scratch?: ScratchWeights;
  /** Aborted when no further candidate is to be tried. */
  readonly enough?: AbortSignal;
  /** Told now and then of a variant that has to be made: layers done of all, and whether it should be over already. */
  readonly onLayers?: (done: number, total: number, isLate: boolean) => void;
  readonly now?: () => number; // Milliseconds.
}

/** Enough for medians to choose by; the times that are reported come from longer profiles. */
const profileRuns = 20;
const profileMaxSeconds = 2;
/** While a variant is made others have their turn so often: timers, and whoever says that it is enough. */
const turnMs = 100;

/** Comparison of candidates by measurement: all of it on this CPU, with its own saturation and its own speeds. */
export class Laboratory {
  /** By which candidates are compared. */
  readonly objective: Objective;
  readonly recipe: Recipe;
  readonly areNoise: boolean;
  readonly options: LaboratoryOptions;
  private reference: SampleList | null = null;
  private rounded: RoundedWeights = { nearest: new Map(), compensated: null };
  private readonly qualities = new WeakMap<QuantizedModel, CandidateQuality>();
  private readonly timer: PairTimer;
  private readonly now: () => number;
  /** Since when a variant is being made though it should be over. */
  private lateSinceMs: number | null = null;

  constructor(options: LaboratoryOptions) {
    this.options = options;
    this.objective = objectiveOf(options.recipe);
    this.recipe = options.recipe;
    this.areNoise = options.areNoise === true;
    this.now = options.now ?? (() => performance.now());
    this.timer = new PairTimer(prepareFeeds(options.tuning.read(0)), () => this.pause());
  }

  /**
   * Runs what looks at one signal alone, which is aborted when the job is cancelled and when no further candidate is to be tried.
   * @throws EnoughError in the second case.
   */
  private async untilEnough<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { signal, enough } = this.options;
    try {
      return await work(enough === undefined ? signal : AbortSignal.any([signal, enough]));
    } catch (error) {
      if (error instanceof CancelledError && !signal.aborted) this.assertNotEnough();
      throw error;
    }
  }

  plan(variant: Variant): QuantizationPlan {
    return planVariant(this.options, variant);
  }

  /**
   * Makes a variant, its weights where those of all others are.
   * @param isNeeded it is made whatever the time, for there is nothing else to end with.
   * @throws CancelledError; EnoughError where it is not needed.
   */
  async build(variant: Variant, isNeeded = false): Promise<QuantizedVariant> {
    const total = isNeeded ? this.plan(variant).nodes.filter(isRoundedLayer).length : 0;
    let turnAtMs = this.now();
    if (isNeeded && this.options.enough?.aborted === true) this.lateSinceMs ??= turnAtMs;
    return stepByStep(this.buildInSteps(variant), async (done) => {
      if (this.options.signal.aborted) throw new CancelledError();
      const isLate = this.options.enough?.aborted === true;
      if (isLate && !isNeeded) throw new EnoughError();
      const nowMs = this.now();
      if (isLate) this.lateSinceMs ??= nowMs;
      if (nowMs - turnAtMs < turnMs) return;
      if (isNeeded) this.options.onLayers?.(done, total, isLate);
      await yieldToEvents();
      turnAtMs = this.now();
    });
  }

  private *buildInSteps(variant: Variant): Steps<QuantizedVariant> {
    const built = yield* buildVariant(this.options, variant, this.rounded);
    const { scratch } = this.options;
    if (scratch === undefined) return built;
    const { quantized, plan } = built;
    const model = yield* scratch.placeInSteps(quantized.model, plan.nodes.filter(isRoundedLayer).length);
    return { ...built, quantized: { ...quantized, model } };
  }

  /** How long the search has gone on for a variant that it could not end without; 0 where it did not have to. */
  lateMs(): number {
    return this.lateSinceMs === null ? 0 : this.now() - this.lateSinceMs;
  }

  /** @throws EnoughError where no further candidate is to be tried. */
  assertNotEnough(): void {
    if (this.options.enough?.aborted === true) throw new EnoughError();
  }

  /** From here on variants of the same float model can have their weights rounded with compensation. */
  async prepareCompensation({ variant, plan }: QuantizedVariant): Promise<void> {
    const { samples, shapes, fastThreads } = this.options;
    const { model } = chosenModel(this.options, variant);
    const { nearest } = this.rounded;
    const before = this.rounded.compensated;
    const [made, packed] = await this.untilEnough(async (signal) => {
      const observing = { samples, shapes, threads: fastThreads, signal };
      return [
        await compensateWeights(model, plan, nearest, observing),
        await compensatePacked(model, plan, observing),
      ] as const;
    });
    // Variants with another weight range keep theirs.
    const integers = new Map(
      [...made].map(([weight, rounded]) => [weight, new Map([...(before?.integers.get(weight) ?? []), ...rounded])]),
    );
    const blocks = new Map([...(before?.blocks ?? []), ...packed].map(([weight]) => [weight, new Map([...(before?.blocks.get(weight) ?? []), ...(packed.get(weight) ?? [])])])); // prettier-ignore
    this.rounded = { nearest, compensated: { integers, blocks } };
  }

  /** Opens a candidate; with the threads of the final measurement unless its speed does not matter. */
  open(model: QuantizedModel | null, threads = this.options.threads): Promise<Session> {
    const { comparedAt, prepared } = this.options;
    const whole = model === null ? prepared.model.proto : model.model;
    return openSession(encodeModel(comparedAt === null ? whole : cutModel(whole, comparedAt.tensors)), {
      threads,
      config: externalFolderConfig(prepared.model),
    });
  }

  /** What ranks classes; null where nothing does, and what a selection reads does not. */
  private classOutputOf(session: Session): string | null {
    if (this.options.comparedAt?.ranksClasses === false) return null;
    return chooseClassOutput(session.outputs, { ...this.options, inputs: session.inputs });
  }

  private async *outputsOf(session: Session): AsyncGenerator<SampleOutputs> {
    const classOutput = this.classOutputOf(session);
    const isCompared = ({ name, dataType }: ValueInfo) => comparedTypes.includes(dataType) || name === classOutput;
    const names = session.outputs.filter(isCompared).map(({ name }) => name);
    const { tuning } = this.options;
    for (let index = 0; index < tuning.count; index++) {
      await this.pause();
      yield await session.run(tuning.read(index), names);
    }
  }

  /** Between two runs. @throws CancelledError; EnoughError where no further candidate is to be tried, nor this one to its end. */
  async pause(): Promise<void> {
    await yieldToEvents();
    if (this.options.signal.aborted) throw new CancelledError();
    this.assertNotEnough();
  }

  private async referenceOutputs(): Promise<SampleList> {
    if (this.reference !== null) return this.reference;
    const float = await this.open(null, this.options.fastThreads);
    try {
      const { scratch } = this.options;
      const outputs = new KeptSamples(scratch === undefined ? null : join(scratch.folder, 'reference-outputs.data'));
      for await (const ofSample of this.outputsOf(float)) outputs.add(ofSample);
      this.reference = outputs;
      return outputs;
    } finally {
      await float.release();
    }
  }

  /** How close a candidate's outputs are; `session` is the candidate, opened. Each is looked at once. */
  async quality(candidate: QuantizedModel, session: Session): Promise<CandidateQuality> {
    return (await this.qualityUnlessBehind(candidate, session, null))!;
  }

  /** Null as soon as the samples leave no doubt that the outputs of a rival, if there is one, are closer. */
  private async qualityUnlessBehind(
    candidate: QuantizedModel,
    session: Session,
    rival: CandidateQuality | null,
  ): Promise<CandidateQuality | null> {
    const known = this.qualities.get(candidate);
    if (known !== undefined) return known;
    this.assertNotEnough();
    const reference = await this.referenceOutputs();
    const meter = createCandidateMeter(reference.read(0), this.classOutputOf(session), this.options);
    for await (const outputs of this.outputsOf(session)) {
      meter.add(reference.read(meter.comparedDb.length), outputs);
      if (rival !== null && isSurelyBehind(meter.comparedDb, rival.comparedDb)) return null;
    }
    const quality = meter.quality();
    this.qualities.set(candidate, quality);
    return quality;
  }

  /** Opens a variant only to see how close its outputs are. */
  async assess(candidate: QuantizedVariant): Promise<CandidateQuality> {
    return (await this.assessAgainst(null, candidate))!;
  }

  /** As `assess`, but null, and sooner, where the outputs of `rival` are surely closer. */
  async assessAgainst(
    rival: CandidateQuality | null,
    { quantized }: QuantizedVariant,
  ): Promise<CandidateQuality | null> {
    const known = this.qualities.get(quantized);
    if (known !== undefined) return known;
    this.assertNotEnough();
    const session = await this.open(quantized, this.options.fastThreads);
    return this.qualityUnlessBehind(quantized, session, rival).finally(() => session.release());
  }

  /** Time of `first` / time of `second`, in runs of one tuning sample, and its 95 % bounds. */
  latencyRatio(first: Session, second: Session): Promise<RatioBounds> {
    this.assertNotEnough();
    return this.timer.compare(first, second);
  }

  /** Milliseconds each layer takes in a variant, or in the float model; conversions count for the layer they serve. */
  async layerTimes(model: QuantizedModel | null): Promise<ReadonlyMap<string, number>> {
    this.assertNotEnough();
    const { prepared, graph, threads, tuning, scratch, spawn } = this.options;
    const folder = await mkdtemp(join(tmpdir(), 'vernier-layers-'));
    try {
      const proto = model?.model ?? prepared.model.proto;
      const modelPath = join(scratch?.folder ?? folder, 'timed-candidate.onnx');
      // Its weights are beside it already.
      if (scratch !== undefined) await writeFile(modelPath, encodeModel(proto));
      else await writeModel(proto, modelPath, { externalData: 'auto', sourceFolder: prepared.model.folder });
      const limits = { runs: profileRuns, maxSeconds: profileMaxSeconds };
      const feeds = tuning.read(0);
      const { layers } = await this.untilEnough((signal) =>
        measureLayers(graph, { modelPath, threads, feeds, ...limits, spawn, signal }),
      );
      return layers;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
