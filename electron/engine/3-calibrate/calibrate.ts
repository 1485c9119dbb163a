import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Shapes } from '../graph/shapes.ts';
import { equalizeChannels, findChannelGroups, type ChannelGroup } from './equalize.ts';
import {
  assertFinite,
  nonFiniteTensors,
  observeTensors,
  type CalibrationSamples,
  type TensorStatistics,
} from './observe.ts';
import { needsHistogram, type Range } from './ranges.ts';
import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import { correctionInputs } from '../schemes/int8-static/plan.ts';
import type { Graph } from '../graph/graph.ts';
import type { Steps } from '../job/steps.ts';
import type { ModelProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';

/** A float model with what calibration saw of it. */
export interface CalibratedModel {
  readonly model: OnnxModel;
  /** Ranges by tensor and method: many variants ask for the same, and some methods search long. */
  readonly rangeCache: Map<string, Range>;
  /**
   * Of every tensor the plan quantizes. Those that only carry another's values on (behind a MaxPool or Flatten) share its
   * statistics: with fewer layers in int8 one of them may have to stand for the rest.
   */
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
}

export interface CalibratedModels {
  readonly prepared: CalibratedModel;
  /** The same with channels equalized; null when there is nothing to equalize or the recipe says no. */
  readonly equalized: CalibratedModel | null;
}

export interface CalibrateOptions {
  readonly plan: QuantizationPlan;
  /** Of the prepared model. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly recipe: Recipe;
  readonly samples: CalibrationSamples;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Aborted when the samples so far are to be enough. */
  readonly enough?: AbortSignal;
  /** How many there were then; of several passes over them each may be stopped. */
  readonly onStopped?: (seen: number) => void;
  readonly onSample: (done: number, total: number, detail: string) => void;
  readonly onRange?: (tensor: string, min: number, max: number) => void;
  /** Puts the weights of an equalized model where those of the prepared one are; default: they stay in memory. */
  readonly place?: (proto: ModelProto) => Steps<ModelProto>;
}

/** Runs the calibration samples and gathers what the recipe's open and settled choices need to know of them. */
export async function calibrateModels(prepared: OnnxModel, options: CalibrateOptions): Promise<CalibratedModels> {
  const { plan, graph, shapes, recipe } = options;
  const wantsMeans = recipe.biasCorrection !== 'off';
  const groups = recipe.equalization === 'off' ? [] : findChannelGroups(graph, shapes, new Set(plan.observe));
  const groupTensors = groups.flatMap((group) => group.tensors);
  const channelAxes = wantsMeans ? correctionInputs(plan, graph, shapes) : new Map<string, number>();
  const wantsHistograms =
    wantsMeans ||
    recipe.equalization !== 'off' ||
    recipe.calibrationMethod === 'auto' ||
    needsHistogram(recipe.calibrationMethod);
  const ends = new Set([...prepared.proto.graph!.input, ...prepared.proto.graph!.output].map(({ name }) => name));
  const calibrate = async (
    model: OnnxModel,
    axes: ReadonlyMap<string, number>,
    detail: string,
    onRange: CalibrateOptions['onRange'],
  ): Promise<CalibratedModel> => {
    const tensors = [...new Set([...plan.observe, ...axes.keys()])].filter((name) => !graph.constants.has(name));
    // Schemes that look at weights alone run nothing.
    if (tensors.length === 0) return { model, rangeCache: new Map(), statistics: new Map() };
    const observed = await observeTensors(model, options.samples, {
      tensors,
      channelAxes: axes,
      bySample: new Set(plan.deciding.map(({ group }) => group)),
      statistics: wantsHistograms ? 'histogram' : 'extremes',
      shapes,
      threads: options.threads,
      signal: options.signal,
      // Attention masks hold infinity on purpose. What reads or makes them stays in float; what is fed or handed out is at fault.
      onNonFinite: 'keep',
      ...(options.enough === undefined ? {} : { enough: options.enough }),
      ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
      onSample: (done, total) => options.onSample(done, total, detail),
      ...(onRange === undefined ? {} : { onRange }),
    });
    assertFinite(
      nonFiniteTensors(observed).filter((tensor) => ends.has(tensor)),
      model,
    );
    const statistics = new Map(observed);
    for (const { tensor, group } of plan.tensors) {
      const seen = observed.get(group);
      // Its channels may lie on another axis.
      if (seen !== undefined && !statistics.has(tensor)) statistics.set(tensor, { ...seen, channels: null });
    }
    return { model, rangeCache: new Map(), statistics };
  };
  const groupAxes = groupTensors.map((tensor) => [tensor, 1] as const);
  const calibrated = await calibrate(
    prepared,
    new Map([...channelAxes, ...groupAxes]),
    'observing activations',
    options.onRange,
  );
  const finiteGroups = groups.filter(({ tensors }) =>
    tensors.every((tensor) => calibrated.statistics.get(tensor)!.nonFiniteCount === 0),
  );
  // Whether it is better is not going to be looked at any more.
  const isOver = recipe.equalization === 'auto' && options.enough?.aborted === true;
  if (finiteGroups.length === 0 || isOver) return { prepared: calibrated, equalized: null };
  const maxAbs = new Map(
    finiteGroups
      .flatMap(({ tensors }) => tensors)
      .map((tensor) => [tensor, calibrated.statistics.get(tensor)!.channels!.maxAbs] as const),
  );
  const equalized = await equalizeUnlessOver(prepared, { ...options, groups: finiteGroups, maxAbs });
  return {
    prepared: calibrated,
    equalized: equalized && (await calibrate(equalized, channelAxes, 'observing equalized activations', undefined)),
  };
}

/** @returns null where the time is over before it is made, and nobody has asked for it. */
async function equalizeUnlessOver(
  prepared: OnnxModel,
  {
    groups,
    maxAbs,
    ...options
  }: CalibrateOptions & {
    readonly groups: readonly ChannelGroup[];
    readonly maxAbs: ReadonlyMap<string, Float64Array>;
  },
): Promise<OnnxModel | null> {
  const { recipe, signal, enough, place } = options;
  function* make(): Steps<OnnxModel> {
    const made = yield* equalizeChannels(prepared, groups, maxAbs);
    return place === undefined ? made : { ...made, proto: yield* place(made.proto) };
  }
  const steps = make();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await yieldToEvents();
    if (signal.aborted) throw new CancelledError();
    if (recipe.equalization === 'auto' && enough?.aborted === true) return null;
  }
}
